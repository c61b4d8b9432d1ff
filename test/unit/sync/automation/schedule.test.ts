import { beforeEach, describe, expect, test } from 'vitest';
import { createReminder, type Unsynced } from '../../../../src/sync/automation/schedule.ts';

const SUNDAY = new Date('2026-11-22T23:59:00Z');
const MONDAY = new Date('2026-11-23T00:01:00Z');

/** `prod` never was. */
const SYNCED = new Map([
  ['dev', new Date('2026-11-16T00:00:00Z')],
  ['test', new Date('2026-11-15T12:00:00Z')],
]);

describe('the weekly reminder', () => {
  let claimed: Set<string>;
  let told: (readonly Unsynced[])[];
  let fails: boolean;

  beforeEach(() => {
    claimed = new Set();
    told = [];
    fails = false;
  });

  const reminder = () =>
    createReminder({
      afterDays: 7,
      targets: ['dev', 'test', 'prod'],
      overview: { lastSyncs: async () => SYNCED },
      reminders: {
        claim: async (week) => !claimed.has(week) && claimed.add(week) !== undefined,
        release: async (week) => void claimed.delete(week),
      },
      tell: async (unsynced) => {
        if (fails) throw new Error('Slack is down');
        told.push(unsynced);
      },
    });

  test('names the targets that were not synced for so long, or never', async () => {
    await reminder().tick(SUNDAY);
    expect(told).toEqual([
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
    expect([...claimed]).toEqual(['2026-11-16', '2026-11-23']);
  });

  test('is tried again where it could not be told', async () => {
    const { tick } = reminder();
    fails = true;
    await expect(tick(SUNDAY)).rejects.toThrow('Slack is down');
    fails = false;
    await tick(SUNDAY);
    expect(told).toHaveLength(1);
  });
});
