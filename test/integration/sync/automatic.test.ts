import { beforeEach, describe, expect, it } from 'vitest';
import { createRetention } from '../../../src/database/reports/retention.ts';
import type { SourceRow, Target } from '../../../src/sync/ports/source.ts';
import { type AutoRule, actorOf } from '../../../src/sync/rules/rules.ts';
import { type Run, SYSTEM } from '../../../src/sync/run/run.ts';
import { createSwitch, EVERY_TARGET } from '../../../src/sync/use-cases/pause.ts';
import { listOf, sourceRow } from '../database/support/rows.ts';
import { AYU, apply, BUDI, claim, rolledBack } from '../database/support/runs.ts';
import { useTestbed } from '../database/support/testbed.ts';
import { type CoreOptions, createCore } from './support/core.ts';
import { nightsOf } from './support/nights.ts';
import { type ScriptedRead, scriptedSource, whole } from './support/scripted-source.ts';

const testbed = useTestbed();

let target: Target;
beforeEach(async () => {
  target = await testbed.location();
});

const { ruleOf, replica, withRule, stored, preview, confirmed, decided, night } = nightsOf(
  testbed,
  () => target,
);

const auditOf = (run: Run) =>
  testbed.sql<{ step: string; outcome: string; reason: string | null; actor: string; name: string }>(
    'SELECT step, outcome, reason, actor_id AS actor, actor_name AS name FROM audit_logs WHERE run_id = ? ORDER BY seq',
    [run.id],
  );

/** As if the plan had been made so long ago. */
const age = ({ id }: Run, interval: string) =>
  testbed.sql(`UPDATE sync_runs SET ready_at = ready_at - INTERVAL ${interval} WHERE id = ?`, [id]);

/** What was known before the claim leaves no refused claim behind. */
async function expectHeldAtOnce(run: Run, why: string): Promise<void> {
  expect(run).toMatchObject({ status: 'ready', autoHeld: why });
  const rows = await auditOf(run);
  expect(rows.map(({ step }) => step)).toEqual(['requested', 'previewed', 'held']);
  expect(rows[2]).toMatchObject({ outcome: why, actor: SYSTEM.id });
}

/** The run of a plan that its rule confirmed, in a process that died then. */
async function confirmedAndLeft(): Promise<Run> {
  const dying = replica(listOf('new@dkm'), { ...withRule(ruleOf(['add'])), dies: true });
  const run = await preview(dying);
  await dying.automation.tick();
  expect((await stored(run.id)).status).toBe('executing');
  await testbed.sql("UPDATE sync_runs SET lease_until = '2025-01-01' WHERE id = ?", [run.id]);
  return run;
}

/** Another process with these settings takes over what is left. */
async function takeOver(settings: CoreOptions): Promise<void> {
  const core = replica([], settings);
  await core.queue.startWaiting();
  await core.idle();
}

describe('a scheduled preview under a rule', () => {
  it('is applied where the rule names all that it does, with the rule as the actor', async () => {
    await testbed.addUsers(target, { 'back@dkm': 'inactive' });
    const rule = ruleOf(['add', 'reactivate'], 2);
    const run = await night(replica(listOf('new@dkm', 'back@dkm'), withRule(rule)));
    expect(run).toMatchObject({ status: 'completed', autoRule: rule.text, confirmedBy: actorOf(rule) });
    expect(await testbed.usersAt(target)).toEqual({ 'new@dkm': 'active', 'back@dkm': 'active' });
    const rows = await auditOf(run);
    expect(rows.map(({ step }) => step)).toEqual(['requested', 'previewed', 'confirmed', 'completed']);
    expect(rows[2]).toMatchObject({ actor: actorOf(rule).id, name: rule.text });
  });

  it('deactivates only where the rule names deactivations', async () => {
    const users = Object.fromEntries(
      Array.from({ length: 10 }, (_, n) => [`user${n}@dkm`, 'active' as const]),
    );
    await testbed.addUsers(target, { ...users, 'left@dkm': 'active' });
    const list = listOf(...Object.keys(users));
    expect(await night(replica(list, withRule(ruleOf(['add'])))).then(({ autoHeld }) => autoHeld)).toBe(
      'other_changes',
    );
    const run = await night(replica(list, withRule(ruleOf(['deactivate']))));
    expect(run.status).toBe('completed');
    const calls = "SELECT reason FROM sync_outbox WHERE run_id = ? AND kind = 'call'";
    expect(await testbed.sql(calls, [run.id])).toEqual([]);
    expect(await testbed.usersAt(target)).toMatchObject({ 'left@dkm': 'inactive', 'user1@dkm': 'active' });
  });

  /** A person confirms a plan from which one of two new users was left out. */
  async function leftOutOnce(rule: CoreOptions): Promise<Run> {
    const waiting = await preview(replica(listOf('new@dkm', 'left-out@dkm'), rule), AYU);
    const adjusted = await testbed.bot.runs.adjust(waiting.id, {
      actor: AYU,
      omission: { emails: ['left-out@dkm'], actions: [] },
      requestKey: `adjust ${waiting.id}`,
      rules: waiting.rules ?? { limits: [], protectedEmails: [], people: 1 },
    });
    if (adjusted.outcome !== 'adjusted') throw new Error(adjusted.outcome);
    return confirmed(replica(listOf('new@dkm', 'left-out@dkm'), rule), adjusted.run);
  }

  /** Another run of the location ends after the rule has looked at this one, and before it claims it. */
  async function afterTheLook(run: Run, rule: AutoRule, ends: () => Promise<unknown>): Promise<void> {
    const { awaitingRule } = testbed.bot.runs;
    const runs = {
      ...testbed.bot.runs,
      awaitingRule: async () => {
        const found = await awaitingRule();
        // A new preview would take the place of this one, so the other run has been presented before it.
        await testbed.sql("UPDATE sync_runs SET status = 'reading' WHERE id = ?", [run.id]);
        await ends();
        await testbed.sql("UPDATE sync_runs SET status = 'ready' WHERE id = ?", [run.id]);
        return found;
      },
    };
    const late = createCore({ ...testbed.bot, runs }, { targets: [target], ...withRule(rule) });
    await late.automation.tick();
    await late.idle();
  }

  it('waits for a person where it changes a user whom an admin left out of the last plan that a person confirmed', async () => {
    const rule = withRule(ruleOf(['add']));
    expect((await leftOutOnce(rule)).status).toBe('completed');
    await expectHeldAtOnce(await night(replica(listOf('new@dkm', 'left-out@dkm'), rule)), 'left_out');
    const others = await night(replica(listOf('new@dkm', 'another@dkm'), rule));
    expect(others.status).toBe('completed');
    expect(await night(replica(listOf('new@dkm', 'another@dkm', 'left-out@dkm'), rule))).toMatchObject({
      autoHeld: 'left_out',
    });
  });

  it('waits for a person, too, once RETENTION_DAYS has removed whom an admin left out, until a person confirms a plan', async () => {
    const rule = withRule(ruleOf(['add']));
    const { id } = await leftOutOnce(rule);
    await testbed.sql('UPDATE sync_runs SET finished_at = finished_at - INTERVAL 8 DAY WHERE id = ?', [id]);
    await createRetention(testbed.bot.db).purge({ unconfirmedDays: 30, completedDays: 7 });
    const list = listOf('new@dkm', 'left-out@dkm');
    const held = await night(replica(list, rule));
    expect(held).toMatchObject({ status: 'ready', autoHeld: 'left_out' });
    expect((await confirmed(replica(list, rule), held)).status).toBe('completed');
    const later = await night(replica(listOf('new@dkm', 'left-out@dkm', 'another@dkm'), rule));
    expect(later.status).toBe('completed');
  });

  it('waits for a person where a newer version stored of its list what this version cannot read', async () => {
    const core = replica(listOf('new@dkm'), withRule(ruleOf(['add'])));
    const run = await preview(core);
    await testbed.sql('UPDATE sync_runs SET undecided = ? WHERE id = ?', ['{"doubt":"of_tomorrow"}', run.id]);
    await core.automation.tick();
    expect((await auditOf(run)).at(-1)).toMatchObject({ step: 'previewed' });
    await age(run, '61 SECOND');
    expect(await decided(core, run)).toMatchObject({ status: 'ready', autoHeld: 'unproven' });
    expect((await auditOf(run)).at(-1)).toMatchObject({ step: 'held', outcome: 'unproven' });
  });

  it('waits for a person without a rule, and where a person asked', async () => {
    expect(await night(replica(listOf('new@dkm')))).toMatchObject({ status: 'ready', autoRule: undefined });
    const core = replica(listOf('new@dkm'), withRule(ruleOf(['add'])));
    const run = await preview(core, AYU);
    await core.automation.tick();
    expect(await stored(run.id)).toMatchObject({ status: 'ready', autoRule: undefined });
  });

  const held: readonly [why: string, rows: () => readonly SourceRow[], options: () => CoreOptions][] = [
    ['too_many', () => listOf('a@dkm', 'b@dkm'), () => withRule(ruleOf(['add'], 1))],
    [
      'skipped',
      () => [...listOf('a@dkm'), sourceRow({ id: 99, email: undefined, skip: 'no_email' })],
      () => withRule(ruleOf(['add'])),
    ],
    [
      'frozen',
      () => listOf('a@dkm'),
      () => ({ ...withRule(ruleOf(['add'])), frozenUntil: () => new Date() }),
    ],
    [
      'people_needed',
      () => listOf('a@dkm'),
      () => ({ ...withRule(ruleOf(['add'])), approvals: { [target.name]: 2 } }),
    ],
  ];
  it.each(held)('is left to people with the reason: %s', async (why, rows, options) => {
    const run = await night(replica(rows(), options()));
    await expectHeldAtOnce(run, why);
    expect(Object.values(await testbed.usersAt(target))).toEqual([]);
  });

  it('is left to people where somebody is protected, or where the guard stops it', async () => {
    const users = Object.fromEntries(
      Array.from({ length: 20 }, (_, n) => [`user${n}@dkm`, 'active' as const]),
    );
    await testbed.addUsers(target, users);
    const rule = withRule(ruleOf(['add', 'deactivate']));
    const gone = listOf(...Object.keys(users).slice(10));
    await expectHeldAtOnce(await night(replica(gone, rule)), 'guard_tripped');
    const one = listOf(...Object.keys(users).slice(1));
    const protectedEmails = ['user0@dkm'];
    const run = await night(
      replica([...one, sourceRow({ id: 77, email: 'new@dkm' })], { ...rule, protectedEmails }),
    );
    expect(run).toMatchObject({ status: 'ready', autoHeld: 'protected' });
  });

  it('is left to people where it deactivates, and no count of the server confirms the list', async () => {
    const users = Object.fromEntries(
      Array.from({ length: 20 }, (_, n) => [`user${n}@dkm`, 'active' as const]),
    );
    await testbed.addUsers(target, { ...users, 'left@dkm': 'active' });
    const thin = (emails: readonly string[]) => {
      const read = { ...whole(listOf(...emails)), end: 'thin' as const };
      return createCore(testbed.bot, {
        targets: [target],
        source: scriptedSource(read, read),
        ...withRule(ruleOf(['add', 'deactivate'])),
      });
    };
    expect(await night(thin(Object.keys(users)))).toMatchObject({ status: 'ready', autoHeld: 'unproven' });
    expect((await night(thin([...Object.keys(users), 'left@dkm', 'new@dkm']))).status).toBe('completed');
  });

  it('is applied where the absent are only counted by days, though no count of the server confirms the list', async () => {
    await testbed.addUsers(target, { 'stays@dkm': 'active', 'left@dkm': 'active' });
    const read = { ...whole(listOf('stays@dkm', 'new@dkm')), end: 'thin' as const };
    const core = createCore(testbed.another({ absenceDays: 3 }), {
      targets: [target],
      source: scriptedSource(read, read),
      ...withRule(ruleOf(['add', 'deactivate'])),
    });
    const run = await night(core);
    expect(run).toMatchObject({ status: 'completed', counts: { add: 1, deactivate: 0, kept: 1 } });
    expect(run.rules?.limits.some(({ inclusive }) => inclusive)).toBe(true);
  });

  it('is left to people where the list proves no absence, or where the server always repeats a row', async () => {
    await testbed.addUsers(target, { 'gone@dkm': 'active' });
    const shownBy = (...reads: readonly ScriptedRead[]) =>
      night(
        createCore(testbed.bot, {
          targets: [target],
          source: scriptedSource(...reads),
          ...withRule(ruleOf(['add', 'deactivate'])),
        }),
      );
    const endless: ScriptedRead = { ...whole(listOf('new@dkm')), end: 'unknown' };
    expect(await shownBy(endless)).toMatchObject({ counts: { add: 1 }, autoHeld: 'unproven' });
    const repeating = whole([...listOf('gone@dkm'), ...listOf('gone@dkm', 'new@dkm')]);
    expect(await shownBy(repeating, repeating, repeating)).toMatchObject({
      counts: { add: 1, deactivate: 0 },
      repeats: { total: 1 },
      autoHeld: 'unproven',
    });
  });

  it('is left to people where the rule was changed or removed since, once no other process has decided for a minute', async () => {
    for (const settings of [withRule(ruleOf(['add'], 21)), {}]) {
      const run = await preview(replica(listOf('new@dkm'), withRule(ruleOf(['add']))));
      await age(run, '61 SECOND');
      expect(await decided(replica([], settings), run)).toMatchObject({
        status: 'ready',
        autoHeld: 'rule_changed',
      });
    }
  });

  it('is left at first to the processes that have its rule and understand it, as while replicas are replaced one by one', async () => {
    const newer = replica(listOf('new@dkm'), withRule(ruleOf(['add'])));
    const run = await preview(newer);
    for (const older of [
      replica([], withRule(ruleOf(['add'], 21))),
      replica([]),
      replica([], { targets: [] }),
    ]) {
      expect(await decided(older, run)).toMatchObject({ status: 'ready', autoHeld: undefined });
    }
    expect((await decided(newer, run)).status).toBe('completed');
  });

  it('is left to people where no process looked at it for more than an hour', async () => {
    const core = replica(listOf('new@dkm'), withRule(ruleOf(['add'])));
    const soon = await preview(core);
    await age(soon, '59 MINUTE');
    expect((await decided(core, soon)).status).toBe('completed');
    const run = await preview(replica(listOf('new@dkm', 'b@dkm'), withRule(ruleOf(['add']))));
    await age(run, '61 MINUTE');
    expect(await decided(core, run)).toMatchObject({ status: 'ready', autoHeld: 'late' });
    expect((await auditOf(run)).at(-1)).toMatchObject({ step: 'held', outcome: 'late' });
  });

  it("is left to people where the target's name means another location by now, or none", async () => {
    const rule = withRule(ruleOf(['add']));
    const other = await testbed.location();
    for (const code of [other.name, 'nowhere']) {
      const run = await preview(replica(listOf('new@dkm'), rule));
      const moved = replica([], { ...rule, codes: { [target.name]: code } });
      expect(await decided(moved, run)).toMatchObject({ status: 'ready', autoHeld: 'rule_changed' });
    }
    expect(await testbed.usersAt(target)).toEqual({});
  });

  it('is left to people where the location has another address by now than was read', async () => {
    const core = replica(listOf('new@dkm'), withRule(ruleOf(['add'])));
    const run = await preview(core);
    await testbed.sql("UPDATE locations SET online_url = 'https://right.example.com' WHERE id = ?", [
      target.locationId,
    ]);
    expect(await decided(core, run)).toMatchObject({ status: 'ready', autoHeld: 'rule_changed' });
    expect(await testbed.usersAt(target)).toEqual({});
  });

  it('is left to people where it took the place of a preview that a person had asked for', async () => {
    const core = replica(listOf('new@dkm'), withRule(ruleOf(['add'])));
    const mine = await preview(core, AYU);
    expect(await night(core)).toMatchObject({ status: 'ready', autoHeld: 'person_waited' });
    expect((await stored(mine.id)).status).toBe('superseded');
    expect(await night(core)).toMatchObject({ status: 'ready', autoHeld: 'person_waited' });
  });

  it('is left to people where a sync that a person confirmed ends after the plan was made, which is stale then', async () => {
    const rule = withRule(ruleOf(['add']));
    const core = replica(listOf('new@dkm'), rule);
    const confirmed = await claim(testbed.bot, await preview(core, AYU));
    const run = await preview(replica(listOf('new@dkm', 'another@dkm'), rule));
    await apply(testbed.bot, confirmed);
    expect(await decided(core, run)).toMatchObject({ status: 'ready', autoHeld: 'location_busy' });
    expect(await testbed.usersAt(target)).toEqual({ 'new@dkm': 'active' });
    expect(await testbed.sql('SELECT 1 FROM sync_pauses WHERE location_id = ?', [target.locationId])).toEqual(
      [],
    );
  });

  it('is applied where such a sync ends after the plan was made, and has changed other users', async () => {
    const rule = withRule(ruleOf(['add']));
    const confirmed = await claim(testbed.bot, await preview(replica(listOf('new@dkm'), rule), AYU));
    const core = replica(listOf('another@dkm'), rule);
    const run = await preview(core);
    await apply(testbed.bot, confirmed);
    expect((await decided(core, run)).status).toBe('completed');
  });

  it('is left to people where a rollback ends between the look and the claim', async () => {
    const rule = ruleOf(['add', 'reactivate']);
    const core = replica(listOf('wrong@dkm', 'new@dkm'), withRule(rule));
    const first = await confirmed(core, await preview(replica(listOf('wrong@dkm')), AYU));
    const run = await preview(core);
    await afterTheLook(run, rule, () => rolledBack(testbed.bot, target, first));
    expect(await stored(run.id)).toMatchObject({ status: 'ready', autoHeld: 'taken_back' });
  });

  it('is left to people where a plan with users left out ends between the look and the claim', async () => {
    const rule = ruleOf(['add']);
    const run = await preview(replica(listOf('left-out@dkm'), withRule(rule)));
    await afterTheLook(run, rule, () => leftOutOnce(withRule(rule)));
    expect(await stored(run.id)).toMatchObject({ status: 'ready', autoHeld: 'left_out' });
    const rows = await auditOf(run);
    expect(rows.map(({ step }) => step)).toEqual(['requested', 'previewed', 'refused', 'held']);
    expect(rows[2]).toMatchObject({ outcome: 'person_decides', reason: 'left_out' });
    expect(await testbed.usersAt(target)).toEqual({ 'new@dkm': 'active' });
  });

  it('is left to people after a rollback, until a person confirms a sync again', async () => {
    await testbed.addUsers(target, { 'stays@dkm': 'active' });
    const rule = withRule(ruleOf(['add', 'reactivate']));
    const core = replica(listOf('stays@dkm', 'wrong@dkm'), rule);
    const first = await confirmed(core, await preview(core, AYU));
    await rolledBack(testbed.bot, target, first);
    // A sync that changes nobody is no decision.
    expect((await night(replica(listOf('stays@dkm'), rule))).status).toBe('completed');
    const run = await night(core);
    await expectHeldAtOnce(run, 'taken_back');
    expect(await testbed.usersAt(target)).toEqual({ 'stays@dkm': 'active', 'wrong@dkm': 'inactive' });
    await confirmed(core, run);
    await testbed.sql("UPDATE users SET status = 'inactive' WHERE email = 'wrong@dkm'");
    expect((await night(core)).status).toBe('completed');
  });

  it('is applied once where two processes decide at the same time', async () => {
    const rule = withRule(ruleOf(['add']));
    const run = await preview(replica(listOf('new@dkm'), rule));
    const there = createCore(testbed.another(), { targets: [target], ...rule });
    const here = replica([], rule);
    await Promise.all([here.automation.tick(), there.automation.tick()]);
    await Promise.all([here.idle(), there.idle()]);
    expect((await stored(run.id)).status).toBe('completed');
    expect((await auditOf(run)).filter(({ step }) => step === 'confirmed')).toHaveLength(1);
    expect(await testbed.usersAt(target)).toEqual({ 'new@dkm': 'active' });
  });

  it('is held back where it is over an hour old when another process takes it over', async () => {
    const run = await confirmedAndLeft();
    await age(run, '61 MINUTE');
    await takeOver(withRule(ruleOf(['add'])));
    expect(await stored(run.id)).toMatchObject({
      status: 'failed',
      failure: { code: 'held_back', by: 'late' },
    });
    expect(await testbed.usersAt(target)).toEqual({});
    expect(await testbed.bot.pauses.all()).toEqual([]);
  });
});

describe('a plan whose rule confirmed it', () => {
  it.each<[string, () => CoreOptions]>([
    ['removed', () => ({})],
    ['changed', () => withRule(ruleOf(['add'], 1))],
  ])('is held back where the rule was %s before another process takes it over', async (_, settings) => {
    const run = await confirmedAndLeft();
    await takeOver(settings());
    expect(await stored(run.id)).toMatchObject({
      status: 'failed',
      failure: { code: 'held_back', by: 'rule' },
    });
    expect(await testbed.usersAt(target)).toEqual({});
  });
});

describe('a pause', () => {
  const locations = {
    findAll: async (names: readonly string[]) => new Map(names.map((name) => [name, { ...target, name }])),
  };
  const pausing = () => createSwitch({ ...testbed.bot, locations });
  /** Where these names mean these locations. */
  const meaning = (places: Readonly<Record<string, Target>>) =>
    createSwitch({ ...testbed.bot, locations: { findAll: async () => new Map(Object.entries(places)) } });

  it('of a target or of all stops rules until a person resumes them, with a row for each', async () => {
    const rule = withRule(ruleOf(['add']));
    for (const where of [target.name, undefined]) {
      expect(await pausing().pause({ actor: AYU, target: where })).toMatchObject({ outcome: 'paused' });
      const again = await pausing().pause({ actor: BUDI, target: where });
      expect(again).toMatchObject({ outcome: 'refused', refusal: { code: 'paused_already' } });
      expect(await night(replica(listOf('new@dkm'), rule))).toMatchObject({
        status: 'ready',
        autoHeld: 'paused',
      });
      expect(await pausing().resume({ actor: BUDI, target: where })).toMatchObject({ outcome: 'resumed' });
    }
    expect(await pausing().resume({ actor: BUDI, target: undefined })).toMatchObject({
      refusal: { code: 'not_paused' },
    });
    expect((await night(replica(listOf('new@dkm'), rule))).status).toBe('completed');
  });

  it('holds for every name of the location, and is resumed by each of them', async () => {
    const rule = withRule(ruleOf(['add']));
    for (const [one, other] of [
      ['another-name', target.name],
      [target.name, 'another-name'],
    ] as const) {
      await pausing().pause({ actor: AYU, target: one });
      await expectHeldAtOnce(await night(replica(listOf('new@dkm'), rule)), 'paused');
      expect(await pausing().resume({ actor: BUDI, target: other })).toMatchObject({ outcome: 'resumed' });
      expect(await testbed.bot.pauses.all()).toEqual([]);
    }
    expect((await night(replica(listOf('new@dkm'), rule))).status).toBe('completed');
  });

  it('that also held at another location, since its name has come to mean another one, says so when it ends', async () => {
    const [before, now] = [await testbed.location(), await testbed.location()];
    const renamed = meaning({ moved: now, old: before });
    for (const resumed of ['moved', 'old']) {
      await meaning({ moved: before }).pause({ actor: AYU, target: 'moved' });
      expect(await renamed.resume({ actor: BUDI, target: resumed })).toMatchObject({ elsewhere: true });
      expect(await testbed.bot.pauses.all()).toEqual([]);
    }
    await renamed.pause({ actor: AYU, target: 'moved' });
    const resumed = await renamed.resume({ actor: BUDI, target: 'moved' });
    expect(resumed).toEqual({ outcome: 'resumed', target: 'moved', holds: false });
  });

  it.each<[string, () => Promise<unknown>]>([
    ['from when the name meant another location', async () => (await testbed.location()).locationId],
    ['of an older version, which knew no location', async () => 0],
  ])('%s does not stand in the way of one here', async (_, placeBefore) => {
    const rule = withRule(ruleOf(['add']));
    const place = await placeBefore();
    await testbed.sql(
      "INSERT INTO sync_pauses (target, location_id, paused_by_id, paused_by_name, paused_at) VALUES ('alias', ?, 'U1', 'Ayu', UTC_TIMESTAMP(3))",
      [place],
    );
    expect(await pausing().pause({ actor: BUDI, target: 'alias' })).toMatchObject({ outcome: 'paused' });
    const again = await pausing().pause({ actor: AYU, target: 'alias' });
    expect(again).toMatchObject({ refusal: { code: 'paused_already' } });
    await expectHeldAtOnce(await night(replica(listOf('new@dkm'), rule)), 'paused');
    const pauses = 'SELECT CAST(location_id AS SIGNED) AS place FROM sync_pauses';
    const places = (await testbed.sql<{ place: unknown }>(pauses)).map((row) => Number(row.place));
    expect(new Set(places)).toEqual(new Set([place, target.locationId]));
    expect(await pausing().resume({ actor: BUDI, target: 'alias' })).toMatchObject({ outcome: 'resumed' });
    expect(await testbed.bot.pauses.all()).toEqual([]);
    expect((await night(replica(listOf('new@dkm'), rule))).status).toBe('completed');
  });

  it('of one of two locations that its name has meant leaves the other when it ends, and says nothing of it', async () => {
    const [before, now] = [await testbed.location(), await testbed.location()];
    const renamed = meaning({ moved: now, old: before, new: now });
    const both = async () => {
      await meaning({ moved: before }).pause({ actor: AYU, target: 'moved' });
      await renamed.pause({ actor: AYU, target: 'moved' });
    };
    const left = async () => (await testbed.bot.pauses.all()).map(({ locationId }) => locationId);
    await both();
    const old = await renamed.resume({ actor: BUDI, target: 'old' });
    expect(old).toEqual({ outcome: 'resumed', target: 'old', holds: false });
    expect(await left()).toEqual([now.locationId]);
    await renamed.resume({ actor: BUDI, target: 'new' });
    // The name's pause from before holds its rules at the location of now.
    await both();
    expect(await renamed.resume({ actor: BUDI, target: 'new' })).toMatchObject({ elsewhere: true });
    expect(await left()).toEqual([]);
  });

  it('of all targets is not ended by one of a location that has the number 0', async () => {
    const locations = { findAll: async () => new Map([['zero', { ...target, locationId: 0 }]]) };
    const { pause, resume } = createSwitch({ ...testbed.bot, locations });
    await pause({ actor: AYU, target: undefined });
    expect(await resume({ actor: BUDI, target: 'zero' })).toMatchObject({ refusal: { code: 'not_paused' } });
    await pause({ actor: AYU, target: 'zero' });
    expect(await resume({ actor: BUDI, target: 'zero' })).toMatchObject({ outcome: 'resumed', holds: true });
    expect(await testbed.bot.pauses.all()).toMatchObject([{ target: EVERY_TARGET }]);
    await resume({ actor: BUDI, target: undefined });
  });

  it('is not ended by a request to resume that is delivered again after it', async () => {
    const [before, resume] = [{ requestKey: 'the first pause' }, { requestKey: 'the resume' }];
    await pausing().pause({ actor: AYU, target: target.name, ...before });
    expect(await pausing().resume({ actor: AYU, target: target.name, ...resume })).toMatchObject({
      holds: false,
    });
    await pausing().pause({ actor: BUDI, target: target.name, requestKey: 'the second pause' });
    for (const again of [
      await pausing().resume({ actor: AYU, target: target.name, ...resume }),
      await pausing().pause({ actor: AYU, target: target.name, ...before }),
    ]) {
      expect(again).toEqual({ outcome: 'repeated' });
    }
    expect(await testbed.bot.pauses.all()).toMatchObject([{ target: target.name, by: BUDI }]);
    await testbed.bot.pauses.resume([target.name], BUDI);
  });

  it('of all targets outlasts that of one, and whoever resumes the one learns it', async () => {
    for (const where of [target.name, undefined]) await pausing().pause({ actor: AYU, target: where });
    const resumed = await pausing().resume({ actor: BUDI, target: target.name });
    expect(resumed).toEqual({ outcome: 'resumed', target: target.name, holds: true });
    expect(await pausing().resume({ actor: BUDI, target: undefined })).toMatchObject({ holds: false });
  });

  it('that comes between the decision and the claim holds', async () => {
    const rule = ruleOf(['add']);
    const core = replica(listOf('new@dkm'), withRule(rule));
    const run = await preview(core);
    await testbed.bot.pauses.pause(target.name, AYU);
    const click = { runId: run.id, actor: actorOf(rule), message: undefined };
    expect(await core.execution.confirm(click)).toMatchObject({ refusal: { code: 'paused' } });
    await testbed.bot.pauses.resume([target.name], AYU);
  });

  it('that comes between the claim and the execution holds too, and the rule itself is not paused for it', async () => {
    const rule = ruleOf(['add']);
    const dying = replica(listOf('new@dkm'), { ...withRule(rule), dies: true });
    const run = await preview(dying);
    await dying.automation.tick();
    expect((await stored(run.id)).status).toBe('executing');
    await testbed.bot.pauses.pause(EVERY_TARGET, AYU);
    const core = replica([], withRule(rule));
    await testbed.sql("UPDATE sync_runs SET lease_until = '2025-01-01' WHERE id = ?", [run.id]);
    await core.queue.startWaiting();
    await core.idle();
    expect(await stored(run.id)).toMatchObject({
      status: 'failed',
      failure: { code: 'held_back', by: 'pause' },
    });
    expect(await testbed.usersAt(target)).toEqual({});
    expect((await testbed.bot.pauses.all()).map((pause) => pause.target)).toEqual([EVERY_TARGET]);
    await testbed.bot.pauses.resume([EVERY_TARGET], AYU);
  });

  it('comes by itself where a run that a rule applied fails', async () => {
    const core = replica(listOf('new@dkm'), withRule(ruleOf(['add'])));
    const run = await preview(core);
    // Somebody else adds the user meanwhile.
    await testbed.addUsers(target, { 'new@dkm': 'active' });
    await core.automation.tick();
    await core.idle();
    expect((await stored(run.id)).failure).toMatchObject({ code: 'stale' });
    expect(await testbed.bot.pauses.all()).toMatchObject([
      { target: target.name, by: SYSTEM, becauseOf: { runId: run.id, why: 'failed' } },
    ]);
    expect((await auditOf(run)).at(-1)).toMatchObject({ step: 'paused', outcome: 'failed' });
    await testbed.bot.pauses.resume([target.name], AYU);
  });

  it.each([
    { much: 'whole', omitted: [] },
    { much: 'in part', omitted: ['other@dkm'] },
  ])('comes by itself where a run that a rule applied is taken back $much', async ({ omitted }) => {
    const core = replica(listOf('new@dkm', 'other@dkm'), withRule(ruleOf(['add'])));
    const run = await night(core);
    const edits = `SELECT COUNT(*) AS n FROM sync_outbox WHERE kind = 'message' AND run_id = ${run.id}`;
    const [before] = await testbed.sql<{ n: number }>(edits);
    const back = await rolledBack(testbed.bot, target, run, omitted);
    const taken = await stored(run.id);
    const isPart = omitted.length > 0;
    expect(taken).toMatchObject({ autoHeld: isPart ? 'taken_back' : undefined });
    expect(taken.takenBackBy).toBe(isPart ? undefined : back.id);
    expect(await testbed.sql(edits)).toEqual([{ n: Number(before?.n) + 1 }]);
    expect(await testbed.bot.pauses.all()).toMatchObject([
      { target: target.name, becauseOf: { runId: run.id, why: 'taken_back' } },
    ]);
    await testbed.bot.pauses.resume([target.name], AYU);
  });
});
