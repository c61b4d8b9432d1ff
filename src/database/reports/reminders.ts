import type { Reminders } from '../../sync/remind.ts';
import { type Database, reaching } from '../client.ts';

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
