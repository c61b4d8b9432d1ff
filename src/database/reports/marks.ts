import type { Reminders } from '../../sync/automation/schedule.ts';
import type { HomeViewers } from '../../sync/ports/ports.ts';
import { type Database, reaching } from '../client.ts';

export function createHomeViewers(db: Database): HomeViewers {
  return {
    saw: async (userId) => {
      await reaching(
        () => db.$executeRaw`
          INSERT INTO sync_home_viewers (user_id, seen_at) VALUES (${userId}, UTC_TIMESTAMP(3))
          ON DUPLICATE KEY UPDATE seen_at = UTC_TIMESTAMP(3)`,
      );
    },
    recent: async (limit) => {
      const rows = await reaching(
        () => db.$queryRaw<{ userId: string }[]>`
          SELECT user_id AS userId FROM sync_home_viewers
          WHERE seen_at > UTC_TIMESTAMP(3) - INTERVAL 1 DAY ORDER BY seen_at DESC LIMIT ${limit}`,
      );
      return rows.map(({ userId }) => userId);
    },
  };
}

export function createReminders(db: Database): Reminders {
  return {
    claim: async (week) => {
      const inserted = await reaching(
        () =>
          db.$executeRaw`INSERT IGNORE INTO sync_reminders (week, told_at) VALUES (${week}, UTC_TIMESTAMP(3))`,
      );
      return inserted === 1;
    },
    release: async (week) => {
      await reaching(() => db.$executeRaw`DELETE FROM sync_reminders WHERE week = ${week}`);
    },
  };
}
