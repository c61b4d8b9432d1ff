import { beforeEach, describe, expect, it } from 'vitest';
import { createPauses } from '../../../src/database/automation.ts';
import { askedWhileRead } from '../../../src/database/runs/by-rule.ts';
import type { Target } from '../../../src/sync/ports/source.ts';
import { SYSTEM } from '../../../src/sync/run/run.ts';
import { listOf } from '../database/support/rows.ts';
import {
  AYU,
  apply,
  BUDI,
  claimedRun,
  openRun,
  present,
  readyRun,
  rules,
  step,
} from '../database/support/runs.ts';
import { useTestbed } from '../database/support/testbed.ts';
import { type Core, createCore } from './support/core.ts';
import { nightsOf } from './support/nights.ts';
import { scriptedSource, whole } from './support/scripted-source.ts';

const testbed = useTestbed();
const nights = nightsOf(testbed, () => target);
const { ruleOf, replica, withRule, stored, ask, preview, confirmed, decided, night } = nights;
const { cancelled, expired } = nights;

let target: Target;
let rule: ReturnType<typeof withRule>;
beforeEach(async () => {
  target = await testbed.location();
  rule = withRule(ruleOf(['add', 'reactivate', 'deactivate']));
});

const HELD = { status: 'ready', autoHeld: 'person_waited' };

/** A process whose depot server fails in the midst of the list. */
function failing(): Core {
  const read = { pages: [listOf('new@dkm')], error: new Error('The server is gone') };
  return createCore(testbed.bot, { targets: [target], source: scriptedSource(read), ...rule });
}

describe('a preview that a person had asked for, and that a scheduled one replaced,', () => {
  it('is remembered where the held plan expires before the next one is read', async () => {
    const core = replica(listOf('new@dkm'), rule);
    await preview(core, AYU);
    const held = await night(core);
    expect(held).toMatchObject(HELD);
    await expired(held);
    expect(await night(replica(listOf('new@dkm'), rule))).toMatchObject(HELD);
  });

  it('is remembered over a night whose read fails', async () => {
    await preview(replica(listOf('new@dkm'), rule), AYU);
    const held = await night(replica(listOf('new@dkm'), rule));
    expect((await night(failing())).status).toBe('failed');
    await expired(held);
    expect(await night(replica(listOf('new@dkm'), rule))).toMatchObject(HELD);
  });

  it('is remembered over a night on which the rules were paused', async () => {
    await preview(replica(listOf('new@dkm'), rule), AYU);
    const pauses = createPauses(testbed.bot.db);
    await pauses.pause(target.name, BUDI);
    expect(await night(replica(listOf('new@dkm'), rule))).toMatchObject({ autoHeld: 'paused' });
    await pauses.resume([target.name], BUDI);
    expect(await night(replica(listOf('new@dkm'), rule))).toMatchObject(HELD);
  });

  it('is remembered where the one in its place found nothing to change', async () => {
    const users = Array.from({ length: 10 }, (_, n) => `user${n}@dkm`);
    await testbed.addUsers(
      target,
      Object.fromEntries([...users, 'left@dkm'].map((email) => [email, 'active'])),
    );
    await preview(replica(listOf(...users), rule), AYU);
    const read = { ...whole(listOf(...users)), end: 'repeats' as const };
    const unproven = createCore(testbed.bot, {
      targets: [target],
      source: scriptedSource(read, read, read, read),
      ...rule,
    });
    expect(await night(unproven)).toMatchObject({ status: 'completed', confirmedBy: undefined });
    expect(await night(replica(listOf(...users), rule))).toMatchObject(HELD);
    expect(await testbed.usersAt(target)).toMatchObject({ 'left@dkm': 'active' });
  });

  it.each(['confirms', 'cancels'] as const)(
    'is remembered until a person %s a plan of the location',
    async (does) => {
      await preview(replica(listOf('new@dkm'), rule), AYU);
      const held = await night(replica(listOf('new@dkm'), rule));
      if (does === 'confirms') await confirmed(replica([], rule), held);
      else await cancelled(held);
      expect((await night(replica(listOf('new@dkm', 'b@dkm'), rule))).autoHeld).not.toBe('person_waited');
    },
  );

  it('is remembered where a person decides at another location', async () => {
    await preview(replica(listOf('new@dkm'), rule), AYU);
    await expired(await night(replica(listOf('new@dkm'), rule)));
    const elsewhere = await testbed.location();
    await apply(testbed.bot, await claimedRun(testbed.bot, elsewhere, listOf('new@dkm')));
    await cancelled(await readyRun(testbed.bot, elsewhere, listOf('new@dkm', 'b@dkm')));
    expect(await night(replica(listOf('new@dkm'), rule))).toMatchObject(HELD);
  });

  it('is not settled by a person who cancelled or confirmed an earlier plan, or takes back another run', async () => {
    await cancelled(await preview(replica(listOf('earlier@dkm'), rule), BUDI));
    const first = await confirmed(replica([], rule), await preview(replica(listOf('a@dkm'), rule), AYU));
    await preview(replica(listOf('a@dkm', 'new@dkm'), rule), AYU);
    const held = await night(replica(listOf('a@dkm', 'new@dkm'), rule));
    // As if the earlier plan had been carried out only now.
    await testbed.sql('UPDATE sync_runs SET finished_at = UTC_TIMESTAMP(3) WHERE id = ?', [first.id]);
    const back = await replica([], rule).preview.request({
      target: target.name,
      channelId: 'C1',
      actor: BUDI,
      requestKey: `back ${first.id}`,
      reverts: first.id,
    });
    if (back.outcome !== 'requested') throw new Error(back.outcome);
    await replica([], rule).preview.read(back, new AbortController().signal);
    expect((await stored(held.id)).status).toBe('superseded');
    await cancelled(await stored(back.run.id));
    expect(await night(replica(listOf('a@dkm', 'new@dkm'), rule))).toMatchObject(HELD);
  });

  it('is forgotten where the person adjusted it, and confirmed what was left', async () => {
    const mine = await preview(replica(listOf('new@dkm', 'out@dkm'), rule), AYU);
    await confirmed(replica([], rule), await nights.without(mine, 'out@dkm'));
    expect((await night(replica(listOf('new@dkm', 'another@dkm'), rule))).status).toBe('completed');
  });
});

describe('a plan of a rule', () => {
  it('is left to people once, by whichever process is first, and not once it has ended', async () => {
    const hold = ({ id }: { readonly id: number }) => testbed.bot.runs.hold(id, 'late', step('held'));
    const first = await preview(replica(listOf('new@dkm'), rule), SYSTEM);
    expect([await hold(first), await hold(first)]).toEqual([true, false]);
    const ended = await preview(replica(listOf('other@dkm'), rule), SYSTEM);
    await cancelled(ended);
    expect(await hold(ended)).toBe(false);
  });
});

describe('a scheduled preview for which somebody asks while it is read', () => {
  it('is no answer to the person once it is read: a rule may have applied it already', async () => {
    const read = await preview(replica(listOf('new@dkm'), rule), SYSTEM);
    expect(await askedWhileRead(testbed.bot.db, read, AYU, 'too late')).toBe(false);
  });

  async function askedMeanwhile(): Promise<number> {
    const core = replica(listOf('new@dkm'), rule);
    const reading = await ask(core);
    if (reading.outcome !== 'requested') throw new Error(reading.outcome);
    for (let times = 0; times < 2; times += 1)
      expect(await ask(replica([], rule), AYU)).toMatchObject({ refusal: { code: 'being_read' } });
    await core.preview.read(reading, new AbortController().signal);
    return reading.run.id;
  }

  it('is left to people, and so is the one after it', async () => {
    const asked = await stored(await askedMeanwhile());
    const held = await decided(replica([], rule), asked);
    expect(held).toMatchObject(HELD);
    const calls = await testbed.sql('SELECT reason FROM sync_outbox WHERE run_id = ? AND kind = ?', [
      held.id,
      'call',
    ]);
    expect(calls).toEqual([{ reason: 'held' }]);
    await expired(held);
    const next = await night(replica(listOf('new@dkm'), rule));
    expect(next).toMatchObject(HELD);
    expect((await confirmed(replica([], rule), next)).status).toBe('completed');
    expect((await night(replica(listOf('new@dkm', 'another@dkm'), rule))).status).toBe('completed');
  });

  it('is forgotten where a person confirms that very plan', async () => {
    const asked = await stored(await askedMeanwhile());
    expect((await confirmed(replica([], rule), asked)).status).toBe('completed');
    expect((await night(replica(listOf('new@dkm', 'another@dkm'), rule))).status).toBe('completed');
  });

  it('is applied where only the schedule asked again', async () => {
    const core = replica(listOf('new@dkm'), rule);
    const reading = await ask(core);
    if (reading.outcome !== 'requested') throw new Error(reading.outcome);
    expect(await ask(replica([], rule))).toMatchObject({ refusal: { code: 'being_read' } });
    await core.preview.read(reading, new AbortController().signal);
    expect((await decided(replica([], rule), reading.run)).status).toBe('completed');
  });
});

describe('a user whom an admin left out waits for a person', () => {
  const list = () => listOf('new@dkm', 'out@dkm');
  const LEFT_OUT = { status: 'ready', autoHeld: 'left_out' };

  it('where the plan had no other change, and the admin cancelled it', async () => {
    const only = await preview(replica(listOf('out@dkm'), rule), AYU);
    await expect(nights.without(only, 'out@dkm')).rejects.toThrow('nothing_left');
    await cancelled(only);
    expect(await night(replica(listOf('out@dkm'), rule))).toMatchObject(LEFT_OUT);
    expect(await testbed.usersAt(target)).toEqual({});
  });

  it('where the shortened plan was confirmed, and failed', async () => {
    const short = await nights.without(await preview(replica(list(), rule), AYU), 'out@dkm');
    await testbed.addUsers(target, { 'new@dkm': 'active' });
    expect((await confirmed(replica([], rule), short)).failure).toMatchObject({ code: 'stale' });
    expect(await night(replica(list(), rule))).toMatchObject(LEFT_OUT);
  });

  it.each(['expires', 'is replaced'])(
    'where the shortened plan %s before anybody confirms it',
    async (end) => {
      const short = await nights.without(await preview(replica(list(), rule), AYU), 'out@dkm');
      if (end === 'expires') await expired(short);
      else await expired(await preview(replica(listOf('another@dkm'), rule), BUDI));
      expect(await night(replica(list(), rule))).toMatchObject(LEFT_OUT);
    },
  );

  it('where the held plan was cancelled in the morning, until a person confirms it', async () => {
    await testbed.addUsers(target, { 'stays@dkm': 'active', 'left@dkm': 'active' });
    const adding = withRule(ruleOf(['add']));
    const staff = listOf('stays@dkm', 'new@dkm');
    const held = await night(replica(staff, adding));
    expect(held).toMatchObject({ autoHeld: 'other_changes' });
    await cancelled(held);
    expect(await night(replica(staff, rule))).toMatchObject(LEFT_OUT);
    const others = listOf('stays@dkm', 'left@dkm', 'another@dkm');
    expect((await night(replica(others, rule))).status).toBe('completed');
    const again = await night(replica(listOf('stays@dkm', 'left@dkm', 'another@dkm', 'new@dkm'), rule));
    expect(again).toMatchObject(LEFT_OUT);
    await confirmed(replica([], rule), again);
    const last = listOf('stays@dkm', 'another@dkm', 'new@dkm');
    expect((await night(replica(last, rule))).status).toBe('completed');
  });

  it('where the database no longer knows whom the confirmed plan left out', async () => {
    const short = await nights.without(await preview(replica(list(), rule), AYU), 'out@dkm');
    await confirmed(replica([], rule), short);
    await testbed.sql("DELETE FROM sync_changes WHERE run_id = ? AND action = 'omitted'", [short.id]);
    expect(await night(replica(listOf('new@dkm', 'another@dkm'), rule))).toMatchObject(LEFT_OUT);
  });

  it.each(['whole', 'shortened'])('only while the %s plan is kept, if nobody confirmed it', async (which) => {
    const whole = await preview(replica(list(), rule), AYU);
    const mine = which === 'whole' ? whole : await nights.without(whole, 'out@dkm');
    await cancelled(mine);
    await testbed.sql('DELETE FROM sync_changes WHERE run_id = ?', [mine.id]);
    expect((await night(replica(list(), rule))).status).toBe('completed');
  });

  it('where a rollback was cancelled since', async () => {
    const short = await nights.without(await preview(replica(list(), rule), AYU), 'out@dkm');
    const done = await confirmed(replica([], rule), short);
    const back = await openRun(testbed.bot, target, { reverts: done.id });
    const facts = await testbed.bot.plans.invert(back.lease, done.id, rules());
    await cancelled(await present(testbed.bot, { ...back, facts, plan: [] }));
    expect(await night(replica(listOf('new@dkm', 'another@dkm'), rule))).toMatchObject({
      status: 'completed',
    });
    expect(await night(replica(listOf('new@dkm', 'another@dkm', 'out@dkm'), rule))).toMatchObject(LEFT_OUT);
  });

  it.each([SYSTEM, AYU])(
    'of whom nobody knows, as the read for $id was cancelled, until a person confirms',
    async (by) => {
      const reading = await ask(replica([], rule), by);
      if (reading.outcome !== 'requested') throw new Error(reading.outcome);
      await cancelled(reading.run);
      const held = await night(replica(listOf('new@dkm'), rule));
      expect(held).toMatchObject(LEFT_OUT);
      await expired(held);
      const again = await night(replica(listOf('new@dkm'), rule));
      expect(again).toMatchObject(LEFT_OUT);
      await confirmed(replica([], rule), again);
      expect((await night(replica(listOf('new@dkm', 'another@dkm'), rule))).status).toBe('completed');
    },
  );

  it('not where a rollback was cancelled before it had a plan', async () => {
    const done = await confirmed(replica([], rule), await preview(replica(listOf('a@dkm'), rule), AYU));
    await cancelled((await openRun(testbed.bot, target, { reverts: done.id })).run);
    expect((await night(replica(listOf('a@dkm', 'new@dkm'), rule))).status).toBe('completed');
  });

  it('where an earlier plan that a person had confirmed is carried out only since', async () => {
    const earlier = await confirmed(replica([], rule), await preview(replica(listOf('a@dkm'), rule), AYU));
    await cancelled(await preview(replica(listOf('a@dkm', 'out@dkm'), rule), AYU));
    await testbed.sql('UPDATE sync_runs SET finished_at = UTC_TIMESTAMP(3) WHERE id = ?', [earlier.id]);
    expect(await night(replica(listOf('a@dkm', 'out@dkm'), rule))).toMatchObject(LEFT_OUT);
  });

  it('under another email that the application has given the user', async () => {
    const staff = Array.from({ length: 10 }, (_, n) => `user${n}@dkm`);
    const users = [...staff, 'out@dkm'].map((email) => [email, 'active'] as const);
    await testbed.addUsers(target, Object.fromEntries(users));
    const mine = await preview(replica(listOf(...staff, 'new@dkm'), rule), AYU);
    await confirmed(replica([], rule), await nights.without(mine, 'out@dkm'));
    await testbed.sql("UPDATE users SET email = 'renamed@dkm' WHERE location_id = ? AND email = 'out@dkm'", [
      target.locationId,
    ]);
    expect(await night(replica(listOf(...staff, 'new@dkm'), rule))).toMatchObject(LEFT_OUT);
  });

  it('under every spelling that users takes for the same email', async () => {
    const mine = await preview(replica(listOf('new@dkm', 'unwänted@dkm'), rule), AYU);
    await confirmed(replica([], rule), await nights.without(mine, 'unwänted@dkm'));
    expect(await night(replica(listOf('new@dkm', 'unwanted@dkm'), rule))).toMatchObject(LEFT_OUT);
  });
});
