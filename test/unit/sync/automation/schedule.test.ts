import { beforeEach, describe, expect, test } from 'vitest';
import {
  type ClaimedPost,
  createReminder,
  createSchedule,
  type Reminders,
  type Unsynced,
} from '../../../../src/sync/automation/schedule.ts';
import type { PreviewRequested } from '../../../../src/sync/use-cases/preview.ts';

/** Claims as in the database, without a clock: `lapse` lets all claims run out. */
function remindersOf(): Reminders & { lapse(): void; readonly keys: () => readonly string[] } {
  const claims = new Map<string, 'held' | 'lapsed' | 'told'>();
  return {
    claim: async (key) => {
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
  const schedule = (tell?: () => Promise<void>) =>
    createSchedule({
      preview: { request, read: never, abandon: never },
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
