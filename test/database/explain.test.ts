import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createOutbox } from '../../src/database/outbox.ts';
import { createPlans } from '../../src/database/plans.ts';
import { createRuns } from '../../src/database/runs.ts';
import { createStaging } from '../../src/database/staging.ts';
import type { Target } from '../../src/sync/ports.ts';
import { type BotProcess, useRoom } from './support/room.ts';
import { listOf } from './support/rows.ts';
import { AYU, apply, claim, claimedRun, draftRun, openRun, present, readyRun, runDraft, stage, step } from './support/runs.ts';
import { type Access, type Recorder, recordStatements } from './support/statements.ts';

const room = useRoom();

let recorder: Recorder;
let bot: BotProcess;
let target: Target;
let other: Target;

const LIST = listOf(...Array.from({ length: 900 }, (_, n) => `user${n + 200}@dkm`));

/** A year of use: 20 locations of 1000 users, 2000 runs with 10 changes each, and what they left behind. */
beforeAll(async () => {
  const digits = Array.from({ length: 10 }, (_, n) => `SELECT ${n} AS n`).join(' UNION ALL ');
  await room.sql(`CREATE TABLE numbers (n INT PRIMARY KEY) SELECT a.n + 10 * b.n + 100 * c.n + 1000 * d.n + 10000 * e.n AS n
    FROM (${digits}) a, (${digits}) b, (${digits}) c, (${digits}) d, (SELECT 0 AS n UNION ALL SELECT 1) e`);
  for (let n = 0; n < 20; n += 1) target = await room.location();
  other = await room.location();
  await room.sql(`INSERT INTO users (email, location_id, status)
    SELECT CONCAT('user', n DIV 20, '@dkm'), 1 + n MOD 20, IF(n MOD 7 = 0, 'inactive', 'active') FROM numbers`);
  await room.sql(`INSERT INTO sync_runs (target, location_id, location_name, status, channel_id, request_key,
      requested_by_id, requested_by_name, requested_at, expires_at, finished_at, lease_until, deactivate_count)
    SELECT 'dev', 1 + n MOD 20, 'Dev', ELT(1 + n MOD 4, 'completed', 'expired', 'failed', 'cancelled'), 'C1', CONCAT('old ', n), 'U1', 'Ayu',
      NOW() - INTERVAL n HOUR, NOW() - INTERVAL n HOUR, NOW() - INTERVAL n HOUR, NULL, 3 FROM numbers WHERE n < 2000`);
  await room.sql(`INSERT INTO sync_changes (run_id, seq, action, email, status_after)
    SELECT 1 + n MOD 2000, 1 + n DIV 2000, 'add', CONCAT('user', n, '@dkm'), 'active' FROM numbers`);
  await room.sql(`INSERT INTO sync_staged_users (run_id, read_no, source_id, page_no, row_no, email, active)
    SELECT 1 + n MOD 20, 1, n, 1, n, CONCAT('user', n, '@dkm'), 1 FROM numbers`);
  await room.sql(`INSERT INTO sync_outbox (run_id, kind, created_at, next_attempt_at, closed_at)
    SELECT 1 + n MOD 2000, 'message', NOW() - INTERVAL n HOUR, NOW() - INTERVAL n HOUR, NOW() - INTERVAL n HOUR FROM numbers WHERE n < 6000`);
  await room.sql('ANALYZE TABLE users, sync_runs, sync_changes, sync_staged_users, sync_outbox');
  recorder = recordStatements(room.database.url, room.database.connection);
  const { db } = recorder;
  const { owner, audit } = room.bot;
  bot = { owner, db, audit, runs: createRuns(db, owner), plans: createPlans(db), staging: createStaging(db), outbox: createOutbox(db, owner) };
});
afterAll(() => recorder.db.$disconnect());

const short = ({ table, type, key, sql }: Access) => `${table} ${type} ${key}   ${sql.slice(0, 60).replace(/\s+/g, ' ')}`;
const show = (name: string, plans: readonly Access[]) => console.log([name, ...plans.map(short)].join('\n  '));

describe('x', () => {
  it('y', async () => {
    show('request', await recorder.explain(() => openRun(bot, target)));
    const opened = await openRun(bot, target);
    show('stage', await recorder.explain(() => stage(bot, opened, 1, LIST)));
    await room.sql('ANALYZE TABLE sync_staged_users');
    show('stage2', await recorder.explain(() => stage(bot, opened, 2, LIST)));
    show('distinct', await recorder.explain(() => bot.staging.countDistinct(opened.run.id, 1)));
    show('compare', await recorder.explain(() => bot.plans.compare(opened.lease, 1)));
    show('draft', await recorder.explain(() => bot.plans.draft(opened.lease, [1, 2], ['admin@*'])));
    const facts = await bot.plans.draft(opened.lease, [1, 2], []);
    await readyRun(bot, target, LIST);
    show('present', await recorder.explain(() => present(bot, { ...opened, facts, plan: [] })));
    show('claim', await recorder.explain(() => claim(bot, opened.run)));
    const claimed = { run: opened.run, lease: opened.lease };
    show('renew', await recorder.explain(() => bot.runs.renew(claimed.lease)));
    show('apply', await recorder.explain(() => apply(bot, claimed)));
    show('list', await recorder.explain(() => bot.plans.list(opened.run.id, 'add', 0, 100)));
    show('unchanged', await recorder.explain(() => bot.plans.listUnchanged(opened.run, 'u', 100)));
    show('clear', await recorder.explain(() => bot.staging.clear(opened.run.id)));
    const inverse = await openRun(bot, target);
    show('invert', await recorder.explain(() => bot.plans.invert(inverse.lease, opened.run.id, ['x@*'])));
    show('last', await recorder.explain(() => bot.runs.findLastCompleted()));
    const stale = await claimedRun(bot, other, LIST);
    await room.addUsers(other, { 'user300@dkm': 'active' });
    show('stale', await recorder.explain(() => apply(bot, stale).catch(() => {})));
    show('expireDue', await recorder.explain(() => bot.runs.expireDue(step('expired'))));
    await bot.runs.release(stale.lease);
    show('takeOver', await recorder.explain(() => bot.runs.takeOver(step('taken_over', ['message']))));
    show('claimDue', await recorder.explain(() => bot.outbox.claimDue(5)));
  });
});
