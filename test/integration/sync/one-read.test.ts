import { describe, expect, it } from 'vitest';
import { createReminders } from '../../../src/database/automation.ts';
import { createSchedule, type Unmade } from '../../../src/sync/automation/schedule.ts';
import type { Target } from '../../../src/sync/ports/source.ts';
import { SYSTEM } from '../../../src/sync/run/run.ts';
import { createRetry } from '../../../src/sync/use-cases/adjust-cancel-retry.ts';
import type { PreviewRequest, PreviewRequested } from '../../../src/sync/use-cases/preview.ts';
import { listOf } from '../database/support/rows.ts';
import { AYU, apply, BUDI, claimedRun, step, takingUp } from '../database/support/runs.ts';
import { useTestbed } from '../database/support/testbed.ts';
import { createCore, NOBODY_TOLD } from './support/core.ts';
import { queueOf } from './support/queue.ts';
import { scriptedSource, whole } from './support/scripted-source.ts';

const testbed = useTestbed();

let keys = 0;

function ask(target: Target, more: Partial<PreviewRequest> = {}): PreviewRequest {
  keys += 1;
  return { target: target.name, channelId: 'C1', actor: AYU, requestKey: `ask ${keys}`, ...more };
}

/** The use cases of one process, and of another one on the same database. */
async function place() {
  const target = await testbed.location();
  const source = () => scriptedSource(whole(listOf('new@dkm')), whole(listOf('new@dkm')));
  const here = createCore(testbed.bot, { targets: [target], source: source() });
  const other = testbed.another();
  return { target, here, other, there: createCore(other, { targets: [target], source: source() }) };
}

function opened(requested: PreviewRequested) {
  if (requested.outcome !== 'requested') throw new Error(`The preview was ${requested.outcome}`);
  return requested;
}

const runsAt = ({ locationId }: Target) =>
  testbed.sql<{ id: number; status: string }>(
    'SELECT id, status FROM sync_runs WHERE location_id = ? ORDER BY id',
    [locationId],
  );

const stop = new AbortController().signal;

describe('while the list of a location is read', () => {
  it('whoever asks for it is pointed to that run, and nothing is opened', async () => {
    const { target, here, there } = await place();
    const { run } = opened(await here.preview.request(ask(target)));
    expect(await there.preview.request(ask(target, { actor: BUDI }))).toMatchObject({
      outcome: 'refused',
      refusal: { code: 'being_read', run: { id: run.id, requestedBy: AYU } },
    });
    expect(await runsAt(target)).toEqual([{ id: run.id, status: 'reading' }]);
    const refused = "SELECT actor_id, run_id FROM audit_logs WHERE outcome = 'being_read' AND target = ?";
    expect(await testbed.sql(refused, [target.name])).toEqual([{ actor_id: BUDI.id, run_id: run.id }]);
  });

  it('one of fifty that ask two replicas at the same time opens a run', async () => {
    const { target, here, there } = await place();
    const asked = await Promise.all(
      Array.from({ length: 50 }, (_, n) => (n % 2 === 0 ? here : there).preview.request(ask(target))),
    );
    const runs = await runsAt(target);
    expect(runs).toHaveLength(1);
    expect(asked.filter(({ outcome }) => outcome === 'requested')).toHaveLength(1);
    for (const each of asked) {
      if (each.outcome !== 'requested') expect(each).toMatchObject({ refusal: { run: { id: runs[0]?.id } } });
    }
  });

  it('the same request that is delivered again is no second one, and is told nothing', async () => {
    const { target, here, there } = await place();
    const request = ask(target);
    await here.preview.request(request);
    expect(await there.preview.request(request)).toEqual({ outcome: 'repeated' });
  });

  it('that of another location is read too', async () => {
    const [one, two] = [await place(), await place()];
    opened(await one.here.preview.request(ask(one.target)));
    opened(await two.here.preview.request(ask(two.target)));
  });

  it('it is read no second time under another name of the location', async () => {
    const target = await testbed.location();
    const alias = { ...target, name: `${target.name}-again` };
    const core = createCore(testbed.bot, { targets: [target], codes: { [alias.name]: target.name } });
    const { run } = opened(await core.preview.request(ask(target)));
    expect(await core.preview.request(ask(alias))).toMatchObject({ refusal: { run: { id: run.id } } });
  });

  it('Try Again of a failed run points to it, and can be pressed later', async () => {
    const { target, here } = await place();
    const failed = opened(await here.preview.request(ask(target)));
    await testbed.bot.runs.fail(failed.lease, { code: 'list_moved' }, step('failed'));
    await testbed.bot.runs.attachMessage(failed.run, '1.1');
    const retry = createRetry({ ...testbed.bot, preview: here.preview });
    const click = { runId: failed.run.id, actor: BUDI, message: { channelId: 'C1', ts: '1.1' } };
    const reading = opened(await here.preview.request(ask(target)));
    expect(await retry(click)).toMatchObject({
      refusal: { code: 'being_read', run: { id: reading.run.id } },
    });
    await here.preview.read(reading, stop);
    expect(await retry(click)).toMatchObject({ outcome: 'requested' });
  });

  it('a rollback may be looked up, and none of the same run beside it', async () => {
    const target = await testbed.location();
    const done = await apply(testbed.bot, await claimedRun(testbed.bot, target, listOf('new@dkm')));
    const core = createCore(testbed.bot, { targets: [target] });
    opened(await core.preview.request(ask(target)));
    const rollback = opened(await core.preview.request(ask(target, { reverts: done.id })));
    expect(await core.preview.request(ask(target, { reverts: done.id, actor: BUDI }))).toMatchObject({
      refusal: { code: 'being_read', run: { id: rollback.run.id } },
    });
  });
});

describe('a list can be read again', () => {
  it('as soon as its preview is there', async () => {
    const { target, here } = await place();
    await here.preview.read(opened(await here.preview.request(ask(target))), stop);
    opened(await here.preview.request(ask(target)));
    expect((await runsAt(target)).map(({ status }) => status)).toEqual(['ready', 'reading']);
  });

  it('as soon as it could not be read', async () => {
    const { target, here } = await place();
    const { lease } = opened(await here.preview.request(ask(target)));
    await testbed.bot.runs.fail(lease, { code: 'list_moved' }, step('failed'));
    opened(await here.preview.request(ask(target)));
  });

  it('once another process went on for one that died, which it may at once', async () => {
    const { target, here, other, there } = await place();
    const { run, lease } = opened(await here.preview.request(ask(target)));
    await testbed.bot.runs.release(lease);
    expect(await there.preview.request(ask(target))).toMatchObject({ refusal: { run: { id: run.id } } });
    const taken = await other.runs.takeOver(takingUp());
    const mine = taken.find((each) => each.run.id === run.id);
    if (mine === undefined) throw new Error('Nobody went on');
    await there.preview.read(mine, stop);
    opened(await there.preview.request(ask(target)));
  });

  it('where a process of an older version ended the run and left its mark', async () => {
    const { target, here } = await place();
    const { run } = opened(await here.preview.request(ask(target)));
    await testbed.sql("UPDATE sync_runs SET status = 'failed' WHERE id = ?", [run.id]);
    opened(await here.preview.request(ask(target)));
  });
});

describe('a preview on a schedule', () => {
  it('waits while somebody’s is read, leaves no row for each look, and comes then', async () => {
    const { target, here } = await place();
    const { queue, started } = queueOf(testbed.bot, here);
    const due = new Date('2026-11-27T02:00:00Z');
    const schedule = createSchedule({
      ...NOBODY_TOLD,
      preview: here.preview,
      queue,
      lastDue: () => due,
      targets: [target.name],
      channelId: 'C2',
    });
    const reading = opened(await here.preview.request(ask(target)));
    await schedule.tick(due);
    await schedule.tick(due);
    expect(await runsAt(target)).toHaveLength(1);
    expect(
      await testbed.sql("SELECT 1 FROM audit_logs WHERE step = 'refused' AND target = ?", [target.name]),
    ).toEqual([]);
    await here.preview.read(reading, stop);
    await schedule.tick(due);
    await schedule.tick(due);
    await Promise.all(started);
    const runs = await runsAt(target);
    expect(runs.map(({ status }) => status)).toEqual(['superseded', 'ready']);
    expect((await testbed.bot.runs.find(runs[1]?.id ?? 0))?.requestedBy).toEqual(SYSTEM);
  });

  it('that cannot be made is told once, by one of several processes, and again until Slack takes it', async () => {
    const { target, here, there } = await place();
    const told: (readonly Unmade[])[] = [];
    let broken = true;
    const due = new Date('2026-11-28T02:00:00Z');
    const scheduleOf = (core: typeof here, ghost: string) =>
      createSchedule({
        ...{ preview: core.preview, queue: queueOf(testbed.bot, core).queue },
        ...{ reminders: createReminders(testbed.bot.db), targets: [ghost, target.name], channelId: 'C2' },
        lastDue: () => due,
        tell: async (unmade) => {
          if (broken) throw new Error('Slack is away');
          told.push(unmade.map(({ target: name, refusal }) => ({ target: name, refusal })));
        },
      });
    const [first, second, third] = [
      scheduleOf(here, 'ghost'),
      scheduleOf(there, 'ghost'),
      scheduleOf(there, 'other'),
    ];
    await expect(first.tick(due)).rejects.toThrow('Slack is away');
    broken = false;
    // Not at each tick, but a minute later.
    await first.tick(due);
    expect(told).toEqual([]);
    await testbed.sql('UPDATE sync_reminders SET lease_until = lease_until - INTERVAL 60 SECOND');
    for (const schedule of [first, second, third, first, second]) await schedule.tick(due);
    const missing = (name: string) => ({
      target: name,
      refusal: { code: 'location_missing', target: name },
    });
    expect(told).toEqual([[missing('ghost')], [missing('other')]]);
    const rows = await testbed.sql(
      "SELECT outcome FROM audit_logs WHERE step = 'refused' AND target = 'ghost'",
    );
    expect(rows).toEqual([{ outcome: 'location_missing' }, { outcome: 'location_missing' }]);
    expect(await runsAt(target)).toHaveLength(1);
  });

  it('that cannot be made is told although the database is lost at the next one', async () => {
    const { target, here } = await place();
    const told: string[] = [];
    const due = new Date('2026-11-29T02:00:00Z');
    let lost = true;
    const schedule = createSchedule({
      preview: {
        ...here.preview,
        request: async (request) => {
          if (request.target === target.name && lost) throw new Error('The database is away');
          return here.preview.request(request);
        },
      },
      ...{ queue: queueOf(testbed.bot, here).queue, reminders: createReminders(testbed.bot.db) },
      ...{ targets: ['ghost', target.name], channelId: 'C2', lastDue: () => due },
      tell: async (unmade) => {
        told.push(...unmade.map((each) => each.target));
      },
    });
    await expect(schedule.tick(due)).rejects.toThrow('The database is away');
    lost = false;
    await schedule.tick(due);
    expect(told).toEqual(['ghost']);
  });
});
