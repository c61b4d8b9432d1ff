import { createHash } from 'node:crypto';
import { beforeEach, describe, expect, test } from 'vitest';
import {
  type ClaimedPost,
  createReminder,
  createSchedule,
  type Reminders,
  type Unsynced,
} from '../../../../src/sync/automation/schedule.ts';
import { SYSTEM } from '../../../../src/sync/run/run.ts';
import type { PreviewRequested } from '../../../../src/sync/use-cases/preview.ts';
import { aRun } from '../../../support/view-fixtures.ts';

/** Claims as in the database, without a clock: `lapse` lets all claims run out. */
function remindersOf(): Pick<Reminders, 'claim' | 'told'> & {
  lapse(): void;
  readonly keys: () => readonly string[];
  readonly claims: () => number;
} {
  const claims = new Map<string, 'held' | 'lapsed' | 'told'>();
  let claimed = 0;
  return {
    claim: async (key) => {
      claimed += 1;
      const before = claims.get(key);
      if (before === 'told') return 'told';
      if (before === 'held') return 'busy';
      claims.set(key, 'held');
      return before === 'lapsed' ? 'again' : 'first';
    },
    told: async (key) => void claims.set(key, 'told'),
    lapse: () => {
      for (const [key, state] of claims) if (state === 'held') claims.set(key, 'lapsed');
    },
    keys: () => [...claims.keys()],
    claims: () => claimed,
  };
}

let reminders: ReturnType<typeof remindersOf>;
let fails: boolean;

beforeEach(() => {
  reminders = remindersOf();
  fails = false;
});

const SUNDAY = new Date('2026-11-22T23:59:00Z');
const MONDAY = new Date('2026-11-23T00:01:00Z');

/** `prod` never was. */
const SYNCED = new Map([
  ['dev', new Date('2026-11-16T00:00:00Z')],
  ['test', new Date('2026-11-15T12:00:00Z')],
]);

describe('the weekly reminder', () => {
  let told: { readonly unsynced: readonly Unsynced[]; readonly post: ClaimedPost }[];
  beforeEach(() => {
    told = [];
  });

  const reminder = () =>
    createReminder({
      afterDays: 7,
      targets: ['dev', 'test', 'prod'],
      overview: { lastSyncs: async () => SYNCED },
      reminders,
      tell: async (unsynced, post) => {
        if (fails) throw new Error('Slack is down');
        told.push({ unsynced, post });
      },
    });

  test('names the targets that were not synced for so long, or never', async () => {
    await reminder().tick(SUNDAY);
    expect(told.map(({ unsynced }) => unsynced)).toEqual([
      [
        { target: 'test', days: 7 },
        { target: 'prod', days: 'never' },
      ],
    ]);
  });

  test('comes once a week on any number of processes, and again when the next week begins', async () => {
    const processes = [reminder(), reminder()];
    for (const { tick } of processes) await tick(SUNDAY);
    await processes[0]?.tick(SUNDAY);
    expect(told).toHaveLength(1);
    for (const { tick } of processes) await tick(MONDAY);
    expect(told).toHaveLength(2);
    expect(reminders.keys()).toEqual(['2026-11-16', '2026-11-23']);
  });

  test('is tried again where it could not be told, with a look at the channel since Monday', async () => {
    const { tick } = reminder();
    fails = true;
    await expect(tick(SUNDAY)).rejects.toThrow('Slack is down');
    fails = false;
    await tick(SUNDAY);
    expect(told).toEqual([]);
    reminders.lapse();
    await tick(SUNDAY);
    const since = new Date('2026-11-16T00:00:00Z');
    expect(told.map(({ post }) => post)).toEqual([{ key: '2026-11-16', since, mayStand: true }]);
  });

  test('comes from another process where the first one died before its post', async () => {
    const dying = createReminder({
      ...{ afterDays: 7, targets: ['prod'], reminders },
      overview: { lastSyncs: async () => SYNCED },
      tell: () => new Promise(() => {}),
    });
    void dying.tick(SUNDAY);
    await reminder().tick(SUNDAY);
    expect(told).toEqual([]);
    reminders.lapse();
    await reminder().tick(SUNDAY);
    expect(told).toHaveLength(1);
  });
});

describe('scheduled previews that were not made', () => {
  const DUE = new Date('2026-11-23T02:00:00Z');
  let told: (readonly { readonly target: string; readonly mayStand: boolean }[])[];
  beforeEach(() => {
    told = [];
  });

  /** Only the location of `dev` is there. */
  const request = async ({ target }: { readonly target: string }): Promise<PreviewRequested> =>
    target === 'dev'
      ? { outcome: 'repeated' }
      : { outcome: 'refused', refusal: { code: 'location_missing', target } };
  const never = () => {
    throw new Error('Nothing is read here');
  };
  const schedule = (tell?: Parameters<typeof createSchedule>[0]['tell']) =>
    createSchedule({
      preview: { request, read: never, giveUp: never, abandon: never },
      queue: { free: never, start: never, startWaiting: never },
      reminders,
      lastDue: () => DUE,
      targets: ['dev', 'test', 'prod'],
      channelId: 'C1',
      tell:
        tell ??
        (async (unmade) => {
          if (fails) throw new Error('Slack is down');
          told.push(unmade.map(({ target, mayStand }) => ({ target, mayStand })));
        }),
    });

  /** The key under which a target's preview is told. */
  const keyOf = (target: string) =>
    createHash('sha256').update(`${DUE.toISOString()} ${target}`).digest('base64url').slice(0, 10);

  const both = (mayStand: boolean) => [
    { target: 'test', mayStand },
    { target: 'prod', mayStand },
  ];

  test('are told together and once, on any number of processes', async () => {
    const processes = [schedule(), schedule()];
    for (const { tick } of processes) await tick(DUE);
    reminders.lapse();
    for (const { tick } of processes) await tick(DUE);
    await schedule().tick(DUE);
    expect(told).toEqual([both(false)]);
  });

  test('are told again where Slack did not take it, with a look at the channel', async () => {
    const { tick } = schedule();
    fails = true;
    await expect(tick(DUE)).rejects.toThrow('Slack is down');
    fails = false;
    await tick(DUE);
    expect(told).toEqual([]);
    reminders.lapse();
    await tick(DUE);
    expect(told).toEqual([both(true)]);
  });

  test('are told again, with a look at the channel, where it could not be written that they were told', async () => {
    const { tick } = schedule();
    const { told: write } = reminders;
    reminders.told = () => Promise.reject(new Error('The database is lost'));
    await expect(tick(DUE)).rejects.toThrow('The database is lost');
    reminders.told = write;
    reminders.lapse();
    await tick(DUE);
    expect(told).toEqual([both(false), both(true)]);
  });

  test('are told though the look for an earlier one fails', async () => {
    await reminders.claim(keyOf('test'));
    reminders.lapse();
    const posted: string[] = [];
    const { tick } = schedule(async (unmade) => {
      if (unmade.some(({ mayStand }) => mayStand)) throw new Error('Slack does not let the bot look');
      posted.push(...unmade.map(({ target }) => target));
    });
    await expect(tick(DUE)).rejects.toThrow('Slack does not let');
    expect(posted).toEqual(['prod']);
    await expect(schedule().tick(DUE)).resolves.toBeUndefined();
    expect(told).toEqual([]);
  });

  test('are told by another process where the first one died before its post', async () => {
    const survivor = schedule();
    void schedule(() => new Promise(() => {})).tick(DUE);
    await survivor.tick(DUE);
    expect(told).toEqual([]);
    reminders.lapse();
    await survivor.tick(DUE);
    expect(told).toEqual([both(true)]);
  });
});

describe('a scheduled preview', () => {
  const DUE = new Date('2026-11-23T02:00:00Z');
  const NEXT = new Date('2026-11-24T02:00:00Z');
  const REQUESTED = {
    outcome: 'requested',
    run: aRun(),
    lease: { runId: 1, owner: 'x', attempt: 1 },
  } as const;
  let due: Date;
  let answers: Map<string, PreviewRequested>;
  let asked: string[];
  let told: string[];
  beforeEach(() => {
    due = DUE;
    answers = new Map();
    asked = [];
    told = [];
  });

  const never = () => {
    throw new Error('Nothing is read here');
  };
  const schedule = (start = async () => 'started' as const) =>
    createSchedule({
      preview: {
        request: async ({ target, requestKey, actor }) => {
          expect(actor).toBe(SYSTEM);
          asked.push(requestKey.replace('schedule ', ''));
          return answers.get(target) ?? { outcome: 'repeated' };
        },
        read: never,
        giveUp: never,
        abandon: never,
      },
      queue: { free: never, start, startWaiting: never },
      reminders,
      lastDue: () => due,
      targets: ['dev', 'test'],
      channelId: 'C1',
      tell: async (unmade) => {
        if (fails) throw new Error('Slack is down');
        told.push(...unmade.map(({ target, since }) => `${since.toISOString()} ${target}`));
      },
    });
  const at = (time: Date, ...names: string[]) => names.map((name) => `${time.toISOString()} ${name}`);

  test('is asked for once at each due time, and started', async () => {
    const started: unknown[] = [];
    answers.set('dev', REQUESTED);
    const { tick } = schedule(async (...given) => {
      started.push(...given);
      return 'started';
    });
    for (due of [DUE, DUE, NEXT, NEXT]) await tick(due);
    expect(asked).toEqual([...at(DUE, 'dev', 'test'), ...at(NEXT, 'dev', 'test')]);
    expect(started).toEqual([REQUESTED, REQUESTED]);
    expect(told).toEqual([]);
  });

  test.each([
    [{ code: 'being_read', run: aRun() }],
    [{ code: 'channel_unverifiable', channelId: 'C1' }],
  ] as const)('is asked for again in silence where it is refused for a while: $code', async (refusal) => {
    answers.set('test', { outcome: 'refused', refusal });
    const { tick } = schedule();
    await tick(due);
    await tick(due);
    answers.delete('test');
    await tick(due);
    await tick(due);
    expect(asked).toEqual([...at(DUE, 'dev', 'test'), ...at(DUE, 'test', 'test')]);
    expect(told).toEqual([]);
  });

  test('that another company could read is not told of in their channel, nor asked for again', async () => {
    answers.set('dev', { outcome: 'refused', refusal: { code: 'shared_channel', channelId: 'C1' } });
    const { tick } = schedule();
    await tick(due);
    await tick(due);
    expect(asked).toEqual(at(DUE, 'dev', 'test'));
    expect(told).toEqual([]);
  });

  describe('that was not made', () => {
    beforeEach(() => {
      answers.set('dev', { outcome: 'refused', refusal: { code: 'location_missing', target: 'dev' } });
    });

    test('is looked for in the database once by each process, and told of once', async () => {
      for (const { tick } of [schedule(), schedule()]) for (const _ of [1, 2, 3]) await tick(due);
      expect(told).toEqual(at(DUE, 'dev'));
      expect(reminders.claims()).toBe(2);
    });

    test('is told of no more where the next one was made', async () => {
      const { tick } = schedule();
      fails = true;
      await expect(tick(due)).rejects.toThrow('Slack is down');
      fails = false;
      due = NEXT;
      answers.delete('dev');
      reminders.lapse();
      await tick(due);
      expect(told).toEqual([]);
    });
  });
});
