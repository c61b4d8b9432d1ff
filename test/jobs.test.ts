import { pino } from 'pino';
import { describe, expect, it } from 'vitest';
import { createJobs } from '../src/jobs.ts';

const silent = pino({ level: 'silent' });

/** Work that ends when it is told to. */
function work() {
  let end: () => void = () => {};
  const until = new Promise<void>((resolve) => {
    end = resolve;
  });
  return { end, run: () => until };
}

describe('jobs', () => {
  it('run at once, and a drain waits for all of them', async () => {
    const jobs = createJobs(silent);
    const [one, two] = [work(), work()];
    expect([jobs.start(one.run), jobs.start(two.run)]).toEqual([true, true]);
    let drained = false;
    const drain = jobs.drain(60_000).then(() => {
      drained = true;
    });
    one.end();
    await one.run();
    expect(drained).toBe(false);
    two.end();
    await drain;
  });

  it('are not taken once a drain has begun', async () => {
    const jobs = createJobs(silent);
    await jobs.drain(0);
    let ran = false;
    const taken = jobs.start(async () => {
      ran = true;
    });
    expect({ taken, ran }).toEqual({ taken: false, ran: false });
  });

  it('that do not end in time are told to stop, and waited for', async () => {
    const jobs = createJobs(silent);
    let handedBack = false;
    jobs.start(async (stop) => {
      await new Promise((resolve) => stop.addEventListener('abort', resolve, { once: true }));
      handedBack = true;
    });
    await jobs.drain(0);
    expect(handedBack).toBe(true);
  });

  it('that end in time are never told to stop', async () => {
    const jobs = createJobs(silent);
    const one = work();
    let told: AbortSignal | undefined;
    jobs.start(async (stop) => {
      told = stop;
      await one.run();
    });
    one.end();
    await jobs.drain(60_000);
    expect(told?.aborted).toBe(false);
  });

  it('that fail are logged and harm no other', async () => {
    const logged: string[] = [];
    const jobs = createJobs(pino({ level: 'error' }, { write: (line) => void logged.push(line) }));
    jobs.start(async () => {
      throw new Error('broken');
    });
    const one = work();
    jobs.start(one.run);
    one.end();
    await jobs.drain(60_000);
    expect(logged).toHaveLength(1);
    expect(logged[0]).toContain('work in the background failed');
    expect(logged[0]).toContain('broken');
  });
});
