import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { every } from '../../../src/bot/housekeeping.ts';

const silent = pino({ level: 'silent' });

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

describe('a timer', () => {
  it('does its work at once and then again and again', async () => {
    let rounds = 0;
    const work = async () => {
      rounds += 1;
    };
    const timer = every(1000, work, silent);
    expect(rounds).toBe(1);
    await vi.advanceTimersByTimeAsync(3000);
    expect(rounds).toBe(4);
    await timer.stop();
  });

  it('never does two rounds at once', async () => {
    let [rounds, end] = [0, () => {}];
    const work = () =>
      new Promise<void>((resolve) => {
        rounds += 1;
        end = resolve;
      });
    const timer = every(1000, work, silent);
    await vi.advanceTimersByTimeAsync(5000);
    expect(rounds).toBe(1);
    end();
    await vi.advanceTimersByTimeAsync(1000);
    expect(rounds).toBe(2);
    end();
    await timer.stop();
  });

  it('goes on after a round that failed, and logs it', async () => {
    const logged: string[] = [];
    const logger = pino({ level: 'warn' }, { write: (line) => void logged.push(line) });
    let rounds = 0;
    const work = async () => {
      rounds += 1;
      if (rounds === 1) throw new Error('no database');
    };
    const timer = every(1000, work, logger);
    await vi.advanceTimersByTimeAsync(1000);
    expect(rounds).toBe(2);
    expect(logged).toHaveLength(1);
    expect(logged[0]).toContain('no database');
    await timer.stop();
  });

  it('stops after the round that runs, and begins none', async () => {
    let [rounds, end] = [0, () => {}];
    const work = () =>
      new Promise<void>((resolve) => {
        rounds += 1;
        end = resolve;
      });
    const timer = every(1000, work, silent);
    let stopped = false;
    const stop = timer.stop().then(() => {
      stopped = true;
    });
    await vi.advanceTimersByTimeAsync(5000);
    expect({ rounds, stopped }).toEqual({ rounds: 1, stopped: false });
    end();
    await stop;
    await vi.advanceTimersByTimeAsync(5000);
    expect(rounds).toBe(1);
  });
});
