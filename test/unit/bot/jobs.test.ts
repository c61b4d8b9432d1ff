import { pino } from 'pino';
import { describe, expect, it } from 'vitest';
import { capacityOf, createJobs } from '../../../src/bot/jobs.ts';

const silent = pino({ level: 'silent' });
const CAPACITY = { reading: 2, executing: 1 };
const nothing = async () => {};

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
    const jobs = createJobs(silent, CAPACITY, nothing);
    const [one, two] = [work(), work()];
    const started = [one, two].map(({ run }) => jobs.start('reading', run));
    expect(started).toEqual(['started', 'started']);
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

  it('are as many as the capacity allows, of each kind by itself', async () => {
    const jobs = createJobs(silent, CAPACITY, nothing);
    const [one, two] = [work(), work()];
    for (const { run } of [one, two]) jobs.start('reading', run);
    expect(jobs.free()).toEqual({ reading: 0, executing: 1 });
    expect(jobs.start('reading', nothing)).toBe('full');
    expect(jobs.start('executing', two.run)).toBe('started');
    expect(jobs.free()).toEqual({ reading: 0, executing: 0 });
    one.end();
    two.end();
    await jobs.drain(60_000);
  });

  it('free their capacity before what follows them', async () => {
    let told: (free: unknown) => void = () => {};
    const free = new Promise((resolve) => {
      told = resolve;
    });
    const jobs = createJobs(silent, CAPACITY, async () => told(jobs.free()));
    jobs.start('executing', nothing);
    expect(await free).toEqual(CAPACITY);
    await jobs.drain(60_000);
  });

  it('are not taken once a drain has begun', async () => {
    const jobs = createJobs(silent, CAPACITY, nothing);
    await jobs.drain(0);
    let ran = false;
    const work = async () => {
      ran = true;
    };
    const started = jobs.start('reading', work);
    expect({ started, ran }).toEqual({ started: 'stopping', ran: false });
    expect(jobs.free()).toEqual({ reading: 0, executing: 0 });
  });

  it('that do not end in time are told to stop, and waited for', async () => {
    const jobs = createJobs(silent, CAPACITY, nothing);
    let handedBack = false;
    const work = async (stop: AbortSignal) => {
      await new Promise((resolve) => stop.addEventListener('abort', resolve, { once: true }));
      handedBack = true;
    };
    jobs.start('reading', work);
    await jobs.drain(0);
    expect(handedBack).toBe(true);
  });

  it('that end in time are never told to stop', async () => {
    const jobs = createJobs(silent, CAPACITY, nothing);
    const one = work();
    let told: AbortSignal | undefined;
    const listening = async (stop: AbortSignal) => {
      told = stop;
      await one.run();
    };
    jobs.start('reading', listening);
    one.end();
    await jobs.drain(60_000);
    expect(told?.aborted).toBe(false);
  });

  it('that fail are logged, free their capacity, and harm no other', async () => {
    const logged: string[] = [];
    const jobs = createJobs(
      pino({ level: 'error' }, { write: (line) => void logged.push(line) }),
      CAPACITY,
      nothing,
    );
    const broken = async () => {
      throw new Error('broken');
    };
    jobs.start('reading', broken);
    const one = work();
    jobs.start('reading', one.run);
    one.end();
    await jobs.drain(60_000);
    expect(logged).toHaveLength(1);
    expect(logged[0]).toContain('work in the background failed');
    expect(logged[0]).toContain('broken');
  });
});

describe('the capacity of a process', () => {
  it.each([
    [60, { reading: 16, executing: 8 }],
    [30, { reading: 8, executing: 4 }],
    [20, { reading: 5, executing: 3 }],
    [5, { reading: 1, executing: 1 }],
    [1, { reading: 1, executing: 1 }],
  ])(
    'with %i connections leaves some to what must not wait, though each run takes two',
    (connections, capacity) => {
      expect(capacityOf(connections)).toEqual(capacity);
    },
  );
});
