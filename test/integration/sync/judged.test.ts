import { beforeEach, describe, expect, it } from 'vitest';
import { planHash } from '../../../src/database/plan/plan-facts.ts';
import { createPlans } from '../../../src/database/plan/plans.ts';
import { locationIn } from '../../../src/database/reports/targets.ts';
import type { LeasedRun } from '../../../src/sync/ports/runs.ts';
import type { Target } from '../../../src/sync/ports/source.ts';
import type { Declaration } from '../../../src/sync/rules/approval.ts';
import type { Actor, Run } from '../../../src/sync/run/run.ts';
import type { Confirmation } from '../../../src/sync/use-cases/execute.ts';
import { createRollback } from '../../../src/sync/use-cases/rollback.ts';
import { listOf } from '../database/support/rows.ts';
import { AYU, BUDI, rules } from '../database/support/runs.ts';
import { AS_BY_DEFAULT, useTestbed } from '../database/support/testbed.ts';
import { type Core, type CoreOptions, createCore } from './support/core.ts';
import { scriptedSource, whole } from './support/scripted-source.ts';

/** Two replicas on one database, whose settings differ: the stricter of preview, Confirm and execution decides. */
const testbed = useTestbed();

const running = new AbortController().signal;
const STAY = Array.from({ length: 20 }, (_, n) => `stays${n}@dkm`);
const REASON: Pick<Declaration, 'reason'> = { reason: 'the depot closed' };

let target: Target;
beforeEach(async () => {
  target = await testbed.location();
  const active = [...STAY, 'gone@dkm', 'root@dkm'].map((email) => [email, 'active'] as const);
  await testbed.addUsers(target, Object.fromEntries(active));
});

/** One process with settings of its own. */
function replica(options: CoreOptions = {}): Core {
  const list = whole(listOf(...STAY, 'new@dkm'));
  const { targets = [target], codes = Object.fromEntries(targets.map(({ name }) => [name, name])) } = options;
  const locationOf = locationIn(new Map(Object.entries(codes)));
  const plans = createPlans(testbed.bot.db, { ...AS_BY_DEFAULT, locationOf });
  return createCore({ ...testbed.bot, plans }, { source: scriptedSource(list, list), ...options, targets });
}

/** A preview that Ayu asked for: new@dkm is added, gone@dkm and root@dkm go. */
async function preview(core: Core, name = target.name): Promise<Run> {
  const request = { target: name, channelId: 'C1', actor: AYU, requestKey: `${name} ${Math.random()}` };
  const requested = await core.preview.request(request);
  if (requested.outcome !== 'requested') throw new Error(requested.outcome);
  await core.preview.read(requested, running);
  return stored(requested.run);
}

async function stored({ id }: Run): Promise<Run> {
  const run = await testbed.bot.runs.find(id);
  if (run === undefined) throw new Error('The run is gone');
  return run;
}

const confirm = (core: Core, { id }: Run, actor: Actor = BUDI, declaration?: Declaration) =>
  core.execution.confirm({ runId: id, actor, message: undefined }, { declaration });

function claimed(confirmed: Confirmation): LeasedRun {
  if (confirmed.outcome !== 'claimed') throw new Error(JSON.stringify(confirmed));
  return confirmed;
}

async function execute(core: Core, confirmed: Confirmation): Promise<Run> {
  const work = claimed(confirmed);
  await core.execution.execute(work, running);
  return stored(work.run);
}

const nobodyElse = () =>
  testbed.sql("UPDATE users SET status = 'inactive' WHERE location_id = ? AND email LIKE 'stays%'", [
    target.locationId,
  ]);

/** Another run has deactivated so many here within the last day. */
const wentBefore = async (many: number) => {
  await testbed.sql(
    `INSERT INTO sync_runs (target, location_id, location_name, status, channel_id, request_key, requested_by_id,
       requested_by_name, requested_at, finished_at, deactivate_count)
     VALUES ('other', ?, 'x', 'completed', 'C1', UUID(), 'U', 'u', UTC_TIMESTAMP(3), UTC_TIMESTAMP(3), ?)`,
    [target.locationId, many],
  );
};

describe('a plan that nothing has made stricter', () => {
  it.each<[string, CoreOptions]>([
    ['the same', {}],
    ['wider ones', { guard: { count: 50, percent: 90 } }],
  ])('is executed by a replica with %s settings', async (_, settings) => {
    const run = await preview(replica());
    const ended = await execute(replica(settings), await confirm(replica(settings), run));
    expect(ended).toMatchObject({ status: 'completed', reason: undefined });
    expect(await testbed.usersAt(target)).toMatchObject({ 'gone@dkm': 'inactive', 'root@dkm': 'inactive' });
  });

  it('needs the reason that the preview asked for, though the replica that is asked would not', async () => {
    const run = await preview(replica({ guard: { count: 1, percent: 1 } }));
    expect(run.guard).toMatchObject({ tripped: true, why: 'limits' });
    expect(await confirm(replica(), run)).toMatchObject({ refusal: { code: 'guard_tripped' } });
    const ended = await execute(
      replica(),
      await confirm(replica(), run, BUDI, { target: target.name, ...REASON }),
    );
    expect(ended).toMatchObject({ status: 'completed', reason: REASON.reason });
  });
});

describe('two people', () => {
  const named = () => ({ approvals: { [target.name]: 2 } });
  const again = () => ({ approvals: { again: 2 }, codes: { again: target.name } });

  it.each<[string, () => CoreOptions, () => CoreOptions]>([
    ['the preview’s replica has the rule', named, () => ({})],
    ['the confirming replica has it', () => ({}), named],
    ['the preview’s replica has it for another name of the location', again, () => ({})],
    ['the confirming replica has it for another name of the location', () => ({}), again],
  ])('are needed where %s', async (_, first, second) => {
    const run = await preview(replica(first()));
    expect(await confirm(replica(second()), run, AYU)).toMatchObject({
      refusal: { code: 'second_person_needed' },
    });
    expect((await execute(replica(), await confirm(replica(second()), run, BUDI))).status).toBe('completed');
  });

  it('are needed where a run was asked for by a second name of the location', async () => {
    const settings = { ...named(), codes: { again: target.name } };
    const run = await preview(replica(settings), 'again');
    expect(run.rules).toMatchObject({ people: 2 });
    expect(await confirm(replica(settings), run, AYU)).toMatchObject({
      refusal: { code: 'second_person_needed' },
    });
  });

  it('and more are needed where another name of the location says so', async () => {
    const run = await preview(replica({ ...again(), approvals: { [target.name]: 2, again: 3 } }));
    expect(run.rules).toMatchObject({ people: 3 });
  });

  it('are not needed at another location', async () => {
    const elsewhere = await testbed.location();
    const settings = { targets: [target, elsewhere], approvals: { [elsewhere.name]: 2 } };
    const run = await preview(replica(settings));
    expect(await confirm(replica(settings), run, AYU)).toMatchObject({ outcome: 'claimed' });
  });

  it('are needed where only the replica that executes has the rule', async () => {
    const run = await preview(replica());
    const before = await testbed.everyUser();
    const ended = await execute(replica(named()), await confirm(replica(), run, AYU));
    expect(ended).toMatchObject({ status: 'failed', failure: { code: 'second_person_needed' } });
    expect(await testbed.everyUser()).toEqual(before);
  });
});

describe('a user who is protected since the preview', () => {
  const protecting = { protectedEmails: ['root@*'] };

  it.each<[string, CoreOptions, CoreOptions]>([
    ['by the replica that confirms', protecting, {}],
    ['by the replica that executes', {}, protecting],
    ['by both', protecting, protecting],
  ])('is not deactivated: %s', async (_, confirming, executing) => {
    const run = await preview(replica());
    const before = await testbed.everyUser();
    const ended = await execute(replica(executing), await confirm(replica(confirming), run));
    expect(ended).toMatchObject({
      status: 'failed',
      failure: { code: 'protected_since', total: 1, emails: ['root@dkm'] },
    });
    expect(await testbed.everyUser()).toEqual(before);
  });

  it('is not deactivated where the preview’s replica alone protects them', async () => {
    const run = await preview(replica(protecting));
    await execute(replica(), await confirm(replica(), run));
    expect(await testbed.usersAt(target)).toMatchObject({ 'root@dkm': 'active', 'gone@dkm': 'inactive' });
  });

  it('may be added and reactivated all the same', async () => {
    const run = await preview(replica());
    const settings = { protectedEmails: ['new@dkm'] };
    expect((await execute(replica(settings), await confirm(replica(settings), run))).status).toBe(
      'completed',
    );
  });
});

describe('the guard', () => {
  const low = { guard: { count: 1, percent: 1 } };

  it.each<[string, CoreOptions, () => Promise<unknown>, 'limits' | 'everyone', number]>([
    ['a limit was lowered', low, async () => {}, 'limits', 22],
    ['others went within the day', {}, () => wentBefore(4), 'limits', 22],
    ['everybody else became inactive', {}, nobodyElse, 'everyone', 2],
  ])('asks for a reason at Confirm where since the preview %s', async (_, settings, change, why, active) => {
    const run = await preview(replica());
    expect(run.guard).toEqual({ tripped: false });
    await change();
    const before = await testbed.everyUser();
    const refused = await confirm(replica(settings), run);
    expect(refused).toMatchObject({
      refusal: { code: 'guard_tripped_since', facts: { deactivate: 2, active } },
    });
    const shown = await stored(run);
    expect(shown).toMatchObject({ status: 'ready', guard: { tripped: true, why, deactivate: 2, active } });
    expect(shown.planHash).toBe(run.planHash);
    expect(
      await testbed.sql('SELECT kind FROM sync_outbox WHERE run_id = ? ORDER BY id DESC LIMIT 1', [run.id]),
    ).toEqual([{ kind: 'message' }]);
    expect(
      await testbed.sql(
        'SELECT step, outcome, actor_id FROM audit_logs WHERE run_id = ? ORDER BY seq DESC LIMIT 1',
        [run.id],
      ),
    ).toEqual([{ step: 'refused', outcome: 'guard_tripped_since', actor_id: BUDI.id }]);

    // Whoever is asked next knows of it, with any settings.
    expect(await confirm(replica(), run)).toMatchObject({ refusal: { code: 'guard_tripped' } });
    expect(await testbed.everyUser()).toEqual(before);
    const declared = await confirm(replica(settings), run, BUDI, { target: target.name, ...REASON });
    expect(await execute(replica(settings), declared)).toMatchObject({
      status: 'completed',
      reason: REASON.reason,
    });
  });

  it.each<[string, CoreOptions]>([
    ['without a reason', {}],
    ['with a reason for the limits', low],
  ])('withdraws an approval that was given %s before everybody else became inactive', async (_, settings) => {
    const two = { approvals: { [target.name]: 3 } };
    const core = replica({ ...settings, ...two });
    const run = await preview(core);
    const declaration = { target: target.name, ...REASON };
    const citra = { id: 'U-CITRA', name: 'Citra' };
    expect(await confirm(core, run, BUDI, declaration)).toMatchObject({ outcome: 'approved', people: 2 });
    await nobodyElse();
    expect(await confirm(core, run, citra, declaration)).toMatchObject({
      refusal: { code: 'guard_tripped_since' },
    });
    expect(await testbed.bot.runs.approvals(await stored(run))).toEqual([]);
    // Another form that shows less does not withdraw what was given for the verdict that is stored by now.
    const graver = { ...declaration, shown: 'everyone' } as const;
    expect(await confirm(core, run, BUDI, graver)).toMatchObject({ outcome: 'approved' });
    const stale = { ...declaration, shown: 'passes' } as const;
    expect(await confirm(core, run, citra, stale)).toMatchObject({
      refusal: { code: 'guard_tripped_since' },
    });
    expect(await confirm(core, run, citra, graver)).toMatchObject({ outcome: 'claimed' });
  });

  it('asks for a reason at once where others went within the day before the preview', async () => {
    await wentBefore(4);
    expect((await preview(replica())).guard).toMatchObject({ why: 'limits', recentlyDeactivated: 4 });
  });

  it('names the limits by which it stopped the plan', async () => {
    const run = await preview(replica());
    await confirm(replica(low), run);
    expect((await stored(run)).guard).toMatchObject({ limits: low.guard });
  });

  it('takes no reason that was given for less: everybody else became inactive after the modal was opened', async () => {
    const run = await preview(replica(low));
    await nobodyElse();
    const declaration = { target: target.name, ...REASON };
    expect(await confirm(replica(), run, BUDI, declaration)).toMatchObject({
      refusal: { code: 'guard_tripped_since' },
    });
    expect((await stored(run)).guard).toMatchObject({ why: 'everyone' });
    expect(await confirm(replica(), run, BUDI, declaration)).toMatchObject({ outcome: 'claimed' });
  });

  it.each<[string, CoreOptions, () => Promise<unknown>]>([
    ['the replica that executes has lower limits', low, async () => {}],
    ['others went within the day', {}, () => wentBefore(4)],
    ['everybody else became inactive', {}, nobodyElse],
  ])('stops the execution where after Confirm %s', async (_, settings, change) => {
    const confirmed = await confirm(replica(), await preview(replica()));
    await change();
    const before = await testbed.everyUser();
    expect(await execute(replica(settings), confirmed)).toMatchObject({
      status: 'failed',
      failure: { code: 'guard_tripped', deactivate: 2 },
    });
    expect(await testbed.everyUser()).toEqual(before);
  });

  it('stops the execution where everybody else became inactive after a reason was given for less', async () => {
    const declaration = { target: target.name, ...REASON };
    const confirmed = await confirm(replica(), await preview(replica(low)), BUDI, declaration);
    await nobodyElse();
    expect((await execute(replica(), confirmed)).failure).toMatchObject({ code: 'guard_tripped' });
  });

  it('holds where the stored verdict was edited: the plan is judged anew', async () => {
    const run = await preview(replica(low));
    await testbed.sql('UPDATE sync_runs SET guard = ? WHERE id = ?', [
      JSON.stringify({ tripped: false }),
      run.id,
    ]);
    expect(await confirm(replica(low), run)).toMatchObject({ refusal: { code: 'guard_tripped_since' } });
  });

  it('judges a rollback in the same way', async () => {
    const core = replica();
    const done = await execute(core, await confirm(core, await preview(core)));
    await testbed.sql("UPDATE users SET status = 'active' WHERE location_id = ? AND email = 'new@dkm'", [
      target.locationId,
    ]);
    const rollback = createRollback({ ...testbed.bot, ...core });
    const requested = await rollback({
      runId: done.id,
      channelId: 'C1',
      actor: AYU,
      requestKey: `back ${done.id}`,
    });
    if (requested.outcome !== 'requested') throw new Error(requested.outcome);
    await core.preview.read(requested, running);
    const run = await stored(requested.run);
    expect(run).toMatchObject({
      status: 'ready',
      counts: { deactivate: 1, reactivate: 2 },
      guard: { tripped: false },
    });
    await nobodyElse();
    expect(await confirm(core, run)).toMatchObject({ refusal: { code: 'guard_tripped_since' } });
    expect((await stored(run)).guard).toMatchObject({ tripped: true, why: 'everyone' });
  });

  it('leaves a run alone that ended meanwhile, and says how', async () => {
    const run = await preview(replica());
    const bot = {
      ...testbed.bot,
      plans: {
        ...testbed.bot.plans,
        guardFacts: async (each: Run) => {
          await testbed.bot.runs.cancel(each.id, AYU, {
            audit: { step: 'cancelled', actor: AYU, outcome: 'x' },
            notices: [],
          });
          return { deactivate: 2, recentlyDeactivated: 0, active: 2 };
        },
      },
    };
    expect(await confirm(createCore(bot, { targets: [target] }), run)).toMatchObject({
      refusal: { code: 'not_ready', run: { status: 'cancelled' } },
    });
    expect((await stored(run)).guard).toEqual({ tripped: false });
  });
});

describe('a plan that is adjusted', () => {
  it('stays under the rules of the preview, and comes under those of whoever adjusts', async () => {
    const first = {
      guard: { count: 3, percent: 30 },
      protectedEmails: ['a@dkm'],
      approvals: { [target.name]: 2 },
    };
    const run = await preview(replica(first));
    const adjusted = await testbed.bot.runs.adjust(run.id, {
      actor: BUDI,
      omission: { emails: ['root@dkm'], actions: [] },
      requestKey: `adjust ${run.id}`,
      rules: rules({ limits: [{ count: 0, percent: 0 }], protectedEmails: ['b@dkm'] }),
    });
    if (adjusted.outcome !== 'adjusted') throw new Error(adjusted.outcome);
    expect(adjusted.run.rules).toEqual({
      limits: [
        { count: 3, percent: 30 },
        { count: 0, percent: 0 },
      ],
      protectedEmails: ['a@dkm', 'b@dkm'],
      people: 2,
      readFrom: target.baseUrl,
    });
    expect(adjusted.run.guard).toMatchObject({ tripped: true, limits: { count: 0, percent: 0 } });
    expect(await confirm(replica(), adjusted.run, BUDI)).toMatchObject({
      refusal: { code: 'second_person_needed' },
    });
  });
});

describe('a preview whose target now stands for another location', () => {
  const named = (code: string): CoreOptions => ({ targets: [], codes: { [target.name]: code } });
  const renamed = async () => {
    await testbed.sql("UPDATE locations SET location_code = 'former' WHERE id = ?", [target.locationId]);
    return {};
  };

  it.each<[string, () => Promise<CoreOptions>]>([
    ['another one, by the settings', async () => named((await testbed.location()).name)],
    ['none, by the settings', async () => ({ targets: [] })],
    ['none, by the table', renamed],
  ])('is not executed, but fails, where the name means %s', async (_, change) => {
    const run = await preview(replica());
    const before = await testbed.usersAt(target);
    const core = replica(await change());
    expect(await execute(core, await confirm(core, run))).toMatchObject({
      status: 'failed',
      failure: { code: 'location_changed' },
    });
    expect(await testbed.usersAt(target)).toEqual(before);
    await testbed.sql("UPDATE locations SET location_code = ? WHERE location_code = 'former'", [target.name]);
  });

  it('is executed where it takes back a run: that stays possible', async () => {
    const done = await execute(replica(), await confirm(replica(), await preview(replica())));
    const core = replica(named((await testbed.location()).name));
    const requested = await createRollback({ ...testbed.bot, ...core })({
      runId: done.id,
      channelId: 'C1',
      actor: AYU,
      requestKey: `moved back ${done.id}`,
    });
    if (requested.outcome !== 'requested') throw new Error(requested.outcome);
    await core.preview.read(requested, running);
    expect((await execute(core, await confirm(core, requested.run))).status).toBe('completed');
    expect(await testbed.usersAt(target)).toMatchObject({ 'new@dkm': 'inactive', 'gone@dkm': 'active' });
  });

  it('is not read: the server of one is never compared with the users of the other', async () => {
    const elsewhere = await testbed.location();
    const requested = await replica().preview.request({
      target: target.name,
      channelId: 'C1',
      actor: AYU,
      requestKey: `moved ${target.name}`,
    });
    if (requested.outcome !== 'requested') throw new Error(requested.outcome);
    const other = createCore(testbed.bot, { codes: { [target.name]: elsewhere.name } });
    await other.preview.read(requested, running);
    expect(await stored(requested.run)).toMatchObject({
      status: 'failed',
      failure: { code: 'location_changed' },
    });
  });
});

describe('a preview whose list came from another address than the location has now', () => {
  const moves = () =>
    testbed.sql("UPDATE locations SET online_url = 'https://right.example.com' WHERE id = ?", [
      target.locationId,
    ]);
  const otherServer = { status: 'failed', failure: { code: 'location_changed', otherServer: true } };

  it.each<[string, (core: Core, run: Run) => Promise<Confirmation>]>([
    [
      'before Confirm',
      async (core, run) => {
        await moves();
        return confirm(core, run);
      },
    ],
    [
      'after Confirm',
      async (core, run) => {
        const confirmed = await confirm(core, run);
        await moves();
        return confirmed;
      },
    ],
  ])('is not executed, but fails, where the address changed %s', async (_, confirmed) => {
    const [core, before] = [replica(), await testbed.usersAt(target)];
    const run = await preview(core);
    expect(await execute(core, await confirmed(core, run))).toMatchObject(otherServer);
    expect(await testbed.usersAt(target)).toEqual(before);
  });

  it('is not executed after Adjust either', async () => {
    const core = replica();
    const adjusted = await testbed.bot.runs.adjust((await preview(core)).id, {
      actor: BUDI,
      omission: { emails: ['root@dkm'], actions: [] },
      requestKey: `adjust at ${target.name}`,
      rules: rules(),
    });
    if (adjusted.outcome !== 'adjusted') throw new Error(adjusted.outcome);
    await moves();
    expect(await execute(core, await confirm(core, adjusted.run))).toMatchObject(otherServer);
  });

  it('is executed where an older version made it, which stored no address', async () => {
    const core = replica();
    const run = await preview(core);
    const { readFrom: _, ...older } = run.rules ?? rules();
    await testbed.sql('UPDATE sync_runs SET rules = ? WHERE id = ?', [JSON.stringify(older), run.id]);
    await testbed.sql('UPDATE sync_runs SET plan_hash = ? WHERE id = ?', [
      await planHash(testbed.bot.db, run.id),
      run.id,
    ]);
    await moves();
    expect(await execute(core, await confirm(core, run))).toMatchObject({ status: 'completed' });
  });

  it('is taken back all the same: that reads no list', async () => {
    const core = replica();
    const done = await execute(core, await confirm(core, await preview(core)));
    const requested = await createRollback({ ...testbed.bot, ...core })({
      runId: done.id,
      channelId: 'C1',
      actor: AYU,
      requestKey: `back at another address ${done.id}`,
    });
    if (requested.outcome !== 'requested') throw new Error(requested.outcome);
    await core.preview.read(requested, running);
    await moves();
    expect((await execute(core, await confirm(core, requested.run))).status).toBe('completed');
  });
});
