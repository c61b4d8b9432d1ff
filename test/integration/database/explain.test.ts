import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createPauses } from '../../../src/database/automation.ts';
import { createOutbox } from '../../../src/database/outbox.ts';
import { createPlans } from '../../../src/database/plan/plans.ts';
import { createStaging } from '../../../src/database/plan/staging.ts';
import { createOverview } from '../../../src/database/reports/overview.ts';
import { createRetention } from '../../../src/database/reports/retention.ts';
import { createRuns } from '../../../src/database/runs/runs.ts';
import type { Target } from '../../../src/sync/ports/source.ts';
import type { Run } from '../../../src/sync/run/run.ts';
import { listOf } from './support/rows.ts';
import {
  AYU,
  apply,
  claim,
  claimedRun,
  claimOf,
  factsOf,
  openRun,
  present,
  readyRun,
  rolledBack,
  rules,
  stage,
  step,
  takingUp,
} from './support/runs.ts';
import { type Recorder, recordStatements, type StatementPlan } from './support/statements.ts';
import { AS_BY_DEFAULT, type BotProcess, useTestbed } from './support/testbed.ts';
import { seedYearOfUse } from './support/year-of-use.ts';

const testbed = useTestbed();

/** 800 of the location's 1,000 users and 100 new ones. */
const LIST = listOf(...Array.from({ length: 900 }, (_, n) => `user${n + 200}@dkm`));

/** Tables of a few rows, the pauses, the reminders and the approvals, which a server reads from end to end. */
const SHORT = [
  'deciding p: ALL',
  'claimingByRule p: ALL',
  'purging sync_reminders: ALL',
  'purging sync_approvals: ALL',
];

/** What a rule must know of other runs of the location, and of their plans. */
const BY_RULE = [
  'n: sync_runs_location_id_status_finished_at_idx',
  'd: sync_runs_location_id_status_finished_at_idx',
  'o: PRIMARY',
  'c: PRIMARY',
];

let recorder: Recorder;
let bot: BotProcess;
let target: Target;

beforeAll(async () => {
  target = await seedYearOfUse(testbed);
  recorder = recordStatements(testbed.database.url);
  const { db } = recorder;
  const { owner, audit } = testbed.bot;
  bot = {
    owner,
    db,
    audit,
    runs: createRuns(db, owner),
    plans: createPlans(db, AS_BY_DEFAULT),
    staging: createStaging(db),
    outbox: createOutbox(db, owner),
    pauses: createPauses(db),
  };
  bot.outbox.hold(true);
});
afterAll(() => recorder.db.$disconnect());

/** Everything that a preview, an execution and housekeeping do, with the plans of their statements. */
async function lifeOfARun(): Promise<Record<string, StatementPlan[]>> {
  const { explain } = recorder;
  const opened = await openRun(bot, target);
  const { run, lease } = opened;
  const staging = await explain(() => stage(bot, opened, 1, LIST));
  await stage(bot, opened, 2, LIST);
  const counting = await explain(() => bot.staging.countDistinct(run.id, 1));
  const drafting = await explain(() =>
    bot.plans.draft(lease, { reads: [1, 2], rules: rules({ protectedEmails: ['admin@*'] }) }),
  );
  const facts = await factsOf(bot.plans.draft(lease, { reads: [1, 2], rules: rules() }));
  // Where a run's rows are most of the table, a server may as well read all of it: somebody else's longer list is there too.
  const other = await openRun(bot, await testbed.location());
  await testbed.sql(
    `INSERT INTO sync_staged_users (run_id, read_no, source_id, page_no, row_no, email, active)
    SELECT ?, 1, n, 1, n, CONCAT('user', n, '@dkm'), 1 FROM numbers`,
    [other.run.id],
  );
  const clearing = await explain(() => bot.staging.clear(lease));
  const clearingAll = await explain(() => createRetention(bot.db).clearStaged());
  await readyRun(bot, target, LIST);
  const presenting = await explain(() => present(bot, { ...opened, facts, plan: [] }));
  const claiming = await explain(() => claim(bot, run));
  const renewing = await explain(() => bot.runs.renew(lease));
  const applying = await explain(() => apply(bot, opened));
  const listing = await explain(() => bot.plans.list(run.id, 'add', 0, 100));
  const unchanged = await explain(() => bot.plans.listUnchanged(run, 'u', 100));
  const inverse = await openRun(bot, target);
  const inverting = await explain(() =>
    bot.plans.invert(inverse.lease, run.id, rules({ protectedEmails: ['admin@*'] })),
  );
  return {
    ...{ staging, counting, drafting, presenting, claiming, renewing, applying },
    ...{ listing, unchanged, clearing, clearingAll, inverting },
    ...(await staleRun()),
    ...(await takingBack(run)),
    ...(await housekeeping()),
    ...(await lookUps()),
    ...(await byRule()),
  };
}

/** What people ask for, and what the bot shows by itself. */
async function lookUps(): Promise<Record<string, StatementPlan[]>> {
  const { explain, db } = recorder;
  const overview = createOverview(db, new Map([[target.name, target.name]]));
  const overviewing = await explain(() => overview.targets([target.name]));
  const reminding = await explain(() => overview.lastSyncs([target.name]));
  const lookingBack = await explain(() => overview.history(target.name, undefined, 11));
  const findingStanding = await explain(() => bot.runs.standingSyncs([target.locationId]));
  return { overviewing, reminding, lookingBack, findingStanding };
}

async function takingBack(run: Run): Promise<Record<string, StatementPlan[]>> {
  const marking = await recorder.explain(() => rolledBack(bot, target, run));
  return { marking };
}

async function staleRun(): Promise<Record<string, StatementPlan[]>> {
  const elsewhere = await testbed.location();
  const claimed = await claimedRun(bot, elsewhere, LIST);
  await testbed.addUsers(elsewhere, { 'user300@dkm': 'active' });
  const refusing = await recorder.explain(() => apply(bot, claimed).catch(() => {}));
  await bot.runs.release(claimed.lease);
  const takingOver = await recorder.explain(() =>
    bot.runs.takeOver(takingUp({ step: step('taken_over', ['message']) })),
  );
  return { refusing, takingOver };
}

async function housekeeping(): Promise<Record<string, StatementPlan[]>> {
  const run = await readyRun(bot, await testbed.location(), LIST);
  await testbed.sql('UPDATE sync_runs SET expires_at = UTC_TIMESTAMP(3) WHERE id = ?', [run.id]);
  const expiring = await recorder.explain(() => bot.runs.expireDue(step('expired', ['message'])));
  const claimingNotices = await recorder.explain(() =>
    bot.outbox.claimDue({ thread: 5, message: 5, list: 5, summary: 5, call: 5, digest: 5 }, [1, 2]),
  );
  const untold = await recorder.explain(() => bot.outbox.untold());
  const measuring = await recorder.explain(() => bot.outbox.backlog());
  const cancelling = await recorder.explain(() => bot.runs.cancel(run.id, AYU, step('cancelled')));
  const purging = await recorder.explain(() =>
    createRetention(bot.db).purge({ unconfirmedDays: 300, completedDays: undefined }),
  );
  return { expiring, claimingNotices, untold, measuring, cancelling, purging };
}

/** A rule looks at a plan, of a location where plans ended in every way, most of them without a person, and claims it. */
async function byRule(): Promise<Record<string, StatementPlan[]>> {
  const { id } = await readyRun(bot, target, LIST);
  const rule = { id: 'rule:of all', name: 'dev=add:2000' };
  await testbed.sql(
    `UPDATE sync_runs SET status = ELT(1 + id DIV 20 MOD 5, 'completed', 'expired', 'failed', 'cancelled', 'superseded'),
       requested_by_id = IF(id DIV 100 MOD 3 = 0, 'U-AYU', 'usersync'), confirmed_by_id = IF(id < 100, 'U-AYU', 'rule:of all'),
       confirmed_at = finished_at, next_run_id = id + 100
     WHERE location_id = ? AND finished_at IS NOT NULL`,
    [target.locationId],
  );
  await testbed.sql(`INSERT INTO sync_approvals (run_id, actor_id, actor_name, plan_hash, approved_at)
    SELECT n, 'U-BUDI', 'Budi', '', NOW() FROM numbers WHERE n < 2000`);
  await testbed.sql('ANALYZE TABLE sync_runs, sync_changes, sync_approvals');
  await testbed.sql("UPDATE sync_runs SET auto_rule = 'dev=add:2000' WHERE id = ?", [id]);
  const deciding = await recorder.explain(async () => {
    expect((await bot.runs.awaitingRule()).map(({ run }) => run.id)).toEqual([id]);
  });
  const claimingByRule = await recorder.explain(() =>
    bot.runs.claim(claimOf(id, rule, undefined, step('confirmed'), rules())),
  );
  return { deciding, claimingByRule };
}

describe('a database that was used for a year', () => {
  it('is never searched from end to end, whatever a run needs of it', async () => {
    const life = await lifeOfARun();
    const statements = Object.entries(life).flatMap(([step, plans]) =>
      plans.map((plan) => ({ step, ...plan })),
    );
    const searched = statements.filter(({ step, reads }) =>
      reads.some((read) => read.endsWith(': ALL') && !SHORT.includes(`${step} ${read}`)),
    );
    expect(searched).toEqual([]);
    const readsOf = (name: string) => life[name]?.flatMap(({ reads }) => reads) ?? [];
    expect(readsOf('staging')).toEqual(['sync_runs: PRIMARY']);
    expect(readsOf('drafting')).toEqual(
      expect.arrayContaining([
        's: PRIMARY',
        'u: users_email_location_unique',
        'p: users_email_location_unique',
      ]),
    );
    expect(readsOf('applying')).toEqual(expect.arrayContaining(['c: PRIMARY', 'u: PRIMARY']));
    expect(readsOf('refusing')).toContain('u: users_email_location_unique');
    expect(readsOf('expiring')).toContainEqual(expect.stringMatching(/^sync_runs: sync_runs_status_/));
    expect(readsOf('overviewing')).toContain('users: users_location_id_index');
    expect(readsOf('lookingBack')).toContainEqual(
      expect.stringMatching(/^sync_runs: .*sync_runs_target_idx/),
    );
    // Of the few runs in work, both indexes that begin with the status find each at the same cost.
    expect(readsOf('takingOver')).toContainEqual(
      expect.stringMatching(/^sync_runs: sync_runs_status_(lease_until|expires_at)_idx$/),
    );
    expect(readsOf('claimingNotices')).toEqual([
      'o: sync_outbox_closed_at_next_attempt_at_idx',
      'p: sync_outbox_run_id_closed_at_idx',
      'p: sync_outbox_run_id_closed_at_idx',
      'o: PRIMARY',
    ]);
    expect(readsOf('marking')).toContain('r: sync_runs_reverts_run_id_idx');
    for (const asked of ['findingStanding', 'reminding', 'overviewing'])
      expect(readsOf(asked)).toContain('r: sync_runs_location_id_status_finished_at_idx');
    for (const asked of ['deciding', 'claimingByRule'])
      expect(readsOf(asked)).toEqual(expect.arrayContaining(BY_RULE));
    // The plan would else be read once for each user who is active.
    expect(life['unchanged']?.flatMap(({ perRow }) => perRow)).toEqual([]);
    expect(readsOf('measuring')).toEqual(['sync_outbox: sync_outbox_closed_at_next_attempt_at_idx']);
  });
});
