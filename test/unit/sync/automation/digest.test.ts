import { describe, expect, it } from 'vitest';
import { createDigest } from '../../../../src/sync/automation/digest.ts';

const DUE = new Date('2026-11-23T08:00:00Z');
const at = (text: string) => new Date(text);

function digest(due: Date | undefined = DUE) {
  const announced: string[] = [];
  const calls = {
    nudge: async () => {},
    announceDigest: async (time: Date) => void announced.push(time.toISOString()),
  };
  return { announced, tick: createDigest({ lastDue: () => due, calls }).tick };
}

describe('the digest', () => {
  it('is announced once, however often the time is looked at', async () => {
    const { announced, tick } = digest();
    await tick(at('2026-11-23T08:00:01Z'));
    await tick(at('2026-11-23T08:00:06Z'));
    expect(announced).toEqual([DUE.toISOString()]);
  });

  it('is caught up within a day, and not later: the setting may just have been switched on', async () => {
    const soon = digest();
    await soon.tick(at('2026-11-24T07:59:00Z'));
    expect(soon.announced).toHaveLength(1);
    const late = digest();
    await late.tick(at('2026-11-24T08:01:00Z'));
    expect(late.announced).toEqual([]);
  });

  it('is tried again where it could not be announced', async () => {
    let fails = true;
    const announced: Date[] = [];
    const { tick } = createDigest({
      lastDue: () => DUE,
      calls: {
        nudge: async () => {},
        announceDigest: async (time) => {
          if (fails) throw new Error('The database is lost');
          announced.push(time);
        },
      },
    });
    await expect(tick(at('2026-11-23T08:00:01Z'))).rejects.toThrow('lost');
    fails = false;
    await tick(at('2026-11-23T08:00:06Z'));
    expect(announced).toEqual([DUE]);
  });
});
