import { describe, expect, it } from 'vitest';
import { statementsOf } from '../../../docs/check/commands.ts';
import { readPage } from '../../../docs/check/pages.ts';
import { AYU } from '../../../sandbox/local-slack/workspace.ts';
import { verifyAudit } from '../../../src/database/audit/verify-audit.ts';
import { openDatabase } from '../../../src/database/client.ts';
import { FAR_SCHEDULE } from '../../support/far-weekday.ts';
import { newMessage, preview, replies, sees } from '../../support/strict-conversation.ts';
import { IMPATIENT, inStrictWorld, type StrictWorld } from '../../support/strict-world.ts';

const TESTS = 'SELECT email, status FROM users WHERE location_id = 7 ORDER BY email';

/** Carries out blocks of docs/backup.md, by the name in the comment before each; the rows of the last statement. */
async function carryOut({ sql }: StrictWorld, ...names: readonly string[]): Promise<unknown[]> {
  const { blocks } = readPage('docs/backup.md');
  let rows: unknown[] = [];
  for (const name of names) {
    const block = blocks.find((each) => each.name === `restore: ${name}`);
    if (block === undefined) throw new Error(`The page has no block "restore: ${name}"`);
    for (const statement of statementsOf(block)) rows = await sql(statement);
  }
  return rows;
}

/** A database as a backup may bring it back: one preview waits, one run was confirmed and not executed yet. */
async function inWork(world: StrictWorld) {
  await preview(world, world.ayu, 'dev');
  const message = await preview(world, world.ayu, 'test');
  await world.bot.stop();
  await world.sql(
    `UPDATE sync_runs SET status = 'executing', executing_location_id = location_id, confirmed_by_id = ?, confirmed_by_name = 'Ayu',
       confirmed_at = UTC_TIMESTAMP(3), lease_until = UTC_TIMESTAMP(3) - INTERVAL 1 DAY WHERE target = 'test'`,
    [AYU.id],
  );
  await world.sql(
    "INSERT INTO sync_outbox (run_id, kind, created_at, next_attempt_at) SELECT id, 'thread', requested_at, requested_at FROM sync_runs",
  );
  return message;
}

const statuses = ({ sql }: StrictWorld) =>
  sql<{ target: string; status: string }>('SELECT target, status FROM sync_runs ORDER BY id');

describe.concurrent('a database that was restored while runs were in work', () => {
  it('shows them to the statement of the page', () =>
    inStrictWorld(async (world) => {
      await inWork(world);
      expect(await carryOut(world, 'look')).toMatchObject([
        { target: 'dev', status: 'ready' },
        { target: 'test', status: 'executing' },
      ]);
    }));

  it('has what an admin had confirmed executed by the next bot, as the page warns', () =>
    inStrictWorld(
      async (world) => {
        await inWork(world);
        await world.anotherBot();
        await sees(world, 'the end of the run', async () =>
          (await statuses(world)).some(({ target, status }) => target === 'test' && status === 'completed'),
        );
      },
      { timing: IMPATIENT },
    ));

  it('changes nobody and tells nobody after the statements of the page, and counts runs anew', () =>
    inStrictWorld(
      async (world) => {
        const message = await inWork(world);
        await world.sql(
          `INSERT INTO sync_batches (channel_id, request_key, created_at, targets, requested_by_id, requested_by_name, lease_owner, lease_until)
           VALUES ('C0DEVSUP01', 'half open', UTC_TIMESTAMP(3), 'prod', ?, 'Ayu', UUID(), UTC_TIMESTAMP(3) - INTERVAL 1 DAY)`,
          [AYU.id],
        );
        const before = await world.sql(TESTS);
        await carryOut(world, 'end', 'outbox', 'numbers');
        const bot = await world.anotherBot();
        await sees(world, 'the end of the preview', async () =>
          (await statuses(world)).some(({ target, status }) => target === 'dev' && status === 'expired'),
        );
        expect(await statuses(world)).toContainEqual({ target: 'test', status: 'failed' });
        expect(await world.sql(TESTS)).toEqual(before);
        expect(replies(world, message.ts)).toEqual([]);

        const shown = world.slack.messages('C0DEVSUP01');
        await world.person(AYU.id, bot).command('test');
        await newMessage(world, shown);
        expect(await world.sql('SELECT id, target FROM sync_runs ORDER BY id DESC LIMIT 1')).toEqual([
          { id: 100_000, target: 'test' },
        ]);
        const db = openDatabase(world.database.url);
        expect(await verifyAudit(db)).toMatchObject({ outcome: 'whole' });
        await db.$disconnect();
        expect(await carryOut(world, 'compare')).toHaveLength(1);
      },
      { timing: IMPATIENT },
    ));

  const RULES = {
    SYNC_SCHEDULE: FAR_SCHEDULE,
    SYNC_SCHEDULE_CHANNEL_ID: 'C0DEVSUP01',
    SYNC_AUTO: 'dev=add+reactivate+deactivate:1000',
  };
  const scheduled = (world: StrictWorld, outcome: string) =>
    sees(world, `the scheduled run of dev: ${outcome}`, async () => {
      const runs = await world.sql(
        `SELECT 1 FROM sync_runs WHERE target = 'dev' AND request_key LIKE 'schedule %' AND ${outcome}`,
      );
      return runs.length > 0;
    });

  it('has a missed due time applied by its rule, as the page warns', () =>
    inStrictWorld(
      async (world) => {
        await world.bot.stop();
        await world.anotherBot(RULES);
        await scheduled(world, "status = 'completed'");
      },
      { timing: IMPATIENT },
    ));

  it('leaves a missed due time to people after the statement of the page, until somebody resumes the rules', () =>
    inStrictWorld(
      async (world) => {
        await world.bot.stop();
        const before = await world.sql('SELECT email, status FROM users WHERE location_id = 8');
        await carryOut(world, 'rules', 'rules');
        const bot = await world.anotherBot(RULES);
        await scheduled(world, "auto_held = 'paused'");
        expect(await world.sql('SELECT email, status FROM users WHERE location_id = 8')).toEqual(before);
        await world.person(AYU.id, bot).command('resume');
        await sees(
          world,
          'the end of the pause',
          async () => (await world.sql('SELECT 1 FROM sync_pauses')).length === 0,
        );
      },
      { timing: IMPATIENT },
    ));
});
