import { describe, expect, inject, it } from 'vitest';
import { query } from '../../../sandbox/database/database-server.ts';
import type { Adjustment, AdjustOutcome } from '../../../src/sync/ports/runs.ts';
import type { Omission } from '../../../src/sync/run/change.ts';
import type { Run } from '../../../src/sync/run/run.ts';
import { listOf, sourceRow } from './support/rows.ts';
import {
  AYU,
  apply,
  BUDI,
  claim,
  draftRun,
  planLines,
  present,
  readyRun,
  rules,
  statusOf,
} from './support/runs.ts';
import { type BotProcess, useTestbed } from './support/testbed.ts';

const testbed = useTestbed();

/** MariaDB has no Japanese one. */
const collations = await query<{ name: string }>(
  inject('databaseServerUrl'),
  `SELECT COLLATION_NAME AS name FROM information_schema.COLLATIONS
   WHERE COLLATION_NAME IN ('utf8mb4_bin', 'utf8mb4_unicode_ci', 'utf8mb4_ja_0900_as_cs_ks')`,
).then((rows) => rows.map(({ name }) => name));

const LIST = listOf('new1@dkm', 'new2@dkm', 'back@dkm', 'stays@dkm');

async function shown() {
  const target = await testbed.location();
  await testbed.addUsers(target, {
    'back@dkm': 'inactive',
    'gone1@dkm': 'active',
    'gone2@dkm': 'active',
    'stays@dkm': 'active',
  });
  return { target, run: await readyRun(testbed.bot, target, LIST) };
}

let requests = 0;
function adjust(
  run: Run,
  omission: Partial<Omission>,
  more: { bot?: BotProcess; requestKey?: string; picked?: Adjustment['picked'] } = {},
) {
  requests += 1;
  const { bot = testbed.bot, requestKey = `adjustment ${requests}`, picked = [] } = more;
  return bot.runs.adjust(run.id, {
    actor: BUDI,
    omission: { emails: [], actions: [], ...omission },
    picked,
    requestKey,
    rules: rules(),
  });
}

function adjusted(outcome: AdjustOutcome): Run {
  if (outcome.outcome !== 'adjusted') throw new Error(`The plan was not adjusted: ${outcome.outcome}`);
  return outcome.run;
}

describe('a plan that is adjusted', () => {
  it('leaves users and kinds of change out, in a new run that takes the place of the old one', async () => {
    const { run } = await shown();
    const outcome = await adjust(run, { emails: ['NEW1@dkm'], actions: ['deactivate'] });
    const next = adjusted(outcome);
    expect(await planLines(testbed.bot, next.id)).toEqual([
      'omitted new1@dkm',
      'add new2@dkm',
      'reactivate back@dkm',
      'omitted gone1@dkm',
      'omitted gone2@dkm',
    ]);
    const omitted = await testbed.bot.plans.list(next.id, 'omitted', 0, 10);
    expect(omitted.map(({ statusBefore, statusAfter }) => [statusBefore, statusAfter])).toEqual([
      [undefined, undefined],
      ['active', 'active'],
      ['active', 'active'],
    ]);
    expect(next).toMatchObject({ status: 'ready', requestedBy: BUDI, expiresAt: run.expiresAt });
    expect(next.counts).toMatchObject({ add: 1, reactivate: 1, deactivate: 0, omitted: 3 });
    expect(next.planHash).not.toBe(run.planHash);
    const superseded = await testbed.bot.runs.find(run.id);
    expect(superseded).toMatchObject({ status: 'superseded', nextRunId: next.id });
    expect(outcome).toEqual({ outcome: 'adjusted', run: next, superseded });
  });

  it.each(collations)('leaves out a user written in capitals, under %s', async (collation) => {
    const alter = (to: string) =>
      testbed.sql(`ALTER TABLE users MODIFY email VARCHAR(255) CHARACTER SET utf8mb4 COLLATE ${to} NOT NULL`);
    await alter(collation);
    try {
      const target = await testbed.location();
      await testbed.addUsers(target, { 'Rini@dkm': 'active', 'Sari@dkm': 'active' });
      const run = await readyRun(testbed.bot, target, listOf('new@dkm'));
      const next = adjusted(await adjust(run, { emails: ['rini@dkm'] }));
      expect(await planLines(testbed.bot, next.id)).toContain('omitted Rini@dkm');
      expect(await planLines(testbed.bot, next.id)).toContain('deactivate Sari@dkm');
    } finally {
      await alter('utf8mb4_unicode_ci');
    }
  });

  it('counts nobody as unchanged or inactive already who was left out', async () => {
    const { run } = await shown();
    const next = adjusted(await adjust(run, { actions: ['deactivate', 'reactivate'] }));
    expect(next.counts).toMatchObject({ omitted: 3, unchanged: 1, alreadyInactive: 0 });
    expect(await testbed.bot.plans.listUnchanged(next, '', 10)).toEqual(['stays@dkm']);
  });

  it('is executed without those who were left out', async () => {
    const { target, run } = await shown();
    const next = adjusted(await adjust(run, { emails: ['gone1@dkm', 'new2@dkm', 'back@dkm'] }));
    await apply(testbed.bot, await claim(testbed.bot, next));
    expect(await testbed.usersAt(target)).toEqual({
      'back@dkm': 'inactive',
      'gone1@dkm': 'active',
      'gone2@dkm': 'inactive',
      'stays@dkm': 'active',
      'new1@dkm': 'active',
    });
  });

  it('names the emails that it does not have, and stays as it is', async () => {
    const { run } = await shown();
    const outcome = await adjust(run, { emails: ['new1@dkm', 'stays@dkm', "x'@dkm"] });
    expect(outcome).toEqual({ outcome: 'not_in_plan', emails: ['stays@dkm', "x'@dkm"] });
    expect(await statusOf(testbed.bot, run)).toBe('ready');
  });

  it('that is listed, and not changed, cannot be left out', async () => {
    const target = await testbed.location();
    await testbed.addUsers(target, { 'admin@dkm': 'active' });
    const run = await present(testbed.bot, await draftRun(testbed.bot, target, [LIST], ['admin@*']));
    expect(await adjust(run, { emails: ['admin@dkm'] })).toEqual({
      outcome: 'not_in_plan',
      emails: ['admin@dkm'],
    });
    expect(await statusOf(testbed.bot, run)).toBe('ready');
  });

  it('stays as it is where nothing would be left of it', async () => {
    const { run } = await shown();
    const outcome = await adjust(run, { actions: ['add', 'reactivate', 'deactivate'] });
    expect(outcome).toEqual({ outcome: 'nothing_left' });
    expect(await statusOf(testbed.bot, run)).toBe('ready');
  });

  it('is adjusted once by a request that comes twice', async () => {
    const { run } = await shown();
    const twice = { requestKey: 'the same trigger' };
    const outcomes = await Promise.all([
      adjust(run, { emails: ['new1@dkm'] }, twice),
      adjust(run, { emails: ['new1@dkm'] }, { ...twice, bot: testbed.another() }),
    ]);
    expect(outcomes.map(({ outcome }) => outcome).sort()).toEqual(['adjusted', 'not_ready']);
  });

  it.each([
    ['its time is over', 'expires_at = UTC_TIMESTAMP(3)'],
    ['it is being executed', "status = 'executing'"],
  ])('is refused where %s', async (_, change) => {
    const { run } = await shown();
    await testbed.sql(`UPDATE sync_runs SET ${change} WHERE id = ?`, [run.id]);
    expect((await adjust(run, { emails: ['new1@dkm'] })).outcome).toBe('not_ready');
  });

  it('leaves one plan ready where a newer preview is presented at the same instant', async () => {
    const bot = testbed.another();
    for (let n = 0; n < 6; n += 1) {
      const { target, run } = await shown();
      const newer = await draftRun(testbed.bot, target, [LIST]);
      await Promise.all([present(testbed.bot, newer), adjust(run, { emails: ['new1@dkm'] }, { bot })]);
      const ready = await testbed.sql("SELECT id FROM sync_runs WHERE status = 'ready' AND location_id = ?", [
        target.locationId,
      ]);
      expect(ready).toEqual([{ id: newer.run.id }]);
    }
  });

  it('says who adjusted it and how', async () => {
    const { run } = await shown();
    const next = adjusted(await adjust(run, { emails: ['new1@dkm'], actions: ['reactivate'] }));
    const trail = await testbed.sql<{ facts: string }>(
      'SELECT step, actor_id, reason, facts FROM audit_logs WHERE run_id = ?',
      [next.id],
    );
    expect(trail).toMatchObject([{ step: 'adjusted', actor_id: BUDI.id, reason: null }]);
    expect(JSON.parse(trail[0]?.facts ?? '')).toEqual({
      kind: 'adjusted',
      ofRunId: run.id,
      omission: { emails: ['new1@dkm'], actions: ['reactivate'] },
      planHash: next.planHash,
    });
    expect(next.requestedBy).not.toEqual(AYU);
  });
});

// Last, because it changes the table for the whole file.
describe('under a collation that tells capitals apart, a plan that is adjusted', () => {
  it('leaves out a user, and no other row of the list with the same email', async () => {
    const unclear = sourceRow({ id: 9, email: 'new1@dkm', rawEmail: 'new1@dkm', skip: 'bad_status' });
    const run = await readyRun(testbed.bot, await testbed.location(), [...LIST, unclear]);
    const next = adjusted(await adjust(run, { emails: ['new1@dkm'] }));
    const lines = await planLines(testbed.bot, next.id);
    expect(lines.filter((line) => line.endsWith(' new1@dkm'))).toEqual([
      'omitted new1@dkm',
      'skipped new1@dkm',
    ]);
    expect(next.counts).toMatchObject({ omitted: 1, skipped: 1 });
  });

  it('leaves out whom the admin picked, and nobody of the same email in other capitals', async () => {
    await testbed.sql('ALTER TABLE users CONVERT TO CHARACTER SET utf8mb4 COLLATE utf8mb4_bin');
    const target = await testbed.location();
    await testbed.addUsers(target, {
      'Zoe@dkm': 'active',
      'zoe@dkm': 'active',
      'Anna@DKM': 'active',
      'stays@dkm': 'active',
    });
    const list = listOf('stays@dkm');
    const run = await readyRun(testbed.bot, target, list, list);
    const plan = await testbed.bot.plans.list(run.id, undefined, 0, 100);
    const picked = plan.filter(({ email }) => email === 'Anna@DKM' || email === 'zoe@dkm');
    const next = adjusted(await adjust(run, {}, { picked }));
    expect(await planLines(testbed.bot, next.id)).toEqual([
      'omitted Anna@DKM',
      'deactivate Zoe@dkm',
      'omitted zoe@dkm',
    ]);
    const [row] = await testbed.sql<{ facts: string }>(
      "SELECT facts FROM audit_logs WHERE step = 'adjusted' AND run_id = ?",
      [next.id],
    );
    expect(JSON.parse(row?.facts ?? '').omission.emails).toEqual(['Anna@DKM', 'zoe@dkm']);
  });
});
