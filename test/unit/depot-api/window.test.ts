import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createWindow, type Window } from '../../../src/depot-api/http/window.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** One request that takes so long. Returns how late the server may have seen it. */
function send(window: Window, ms: number, isAnswered = true): number {
  const slot = window.start();
  vi.advanceTimersByTime(ms);
  return window.end(slot, isAnswered);
}

/** So many requests that take so long each, one after the other. */
function warmUp(window: Window, requests: number, ms: number): void {
  for (let n = 0; n < requests; n += 1) send(window, ms);
  vi.advanceTimersByTime(5_000);
}

describe('the requests of a second', () => {
  it('may all be sent at once where nobody has used them', () => {
    const window = createWindow({ maxConcurrent: 64, requestsPerSecond: 20 });
    expect(window.free()).toBe(20);
    for (let n = 0; n < 20; n += 1) window.start();
    expect(window.free()).toBe(0);
  });

  it('are no more than so many at a time', () => {
    const window = createWindow({ maxConcurrent: 4, requestsPerSecond: 20 });
    expect(window.free()).toBe(4);
    const slot = window.start();
    expect([window.free(), window.waitMs()]).toEqual([3, undefined]);
    window.end(slot, true);
    expect(window.free()).toBe(4);
  });

  it('do not begin anew at the turn of a second: two bursts are a second apart', () => {
    const window = createWindow({ maxConcurrent: 4, requestsPerSecond: 2 });
    vi.advanceTimersByTime(990);
    for (const slot of [window.start(), window.start()]) window.end(slot, true);
    vi.advanceTimersByTime(20);
    expect(window.free()).toBe(0);
    expect(window.waitMs()).toBe(990);
    vi.advanceTimersByTime(989);
    expect(window.free()).toBe(0);
    vi.advanceTimersByTime(1);
    expect(window.free()).toBe(2);
  });

  it('count from when the server has seen them, which was before the answer by as long as it always takes', () => {
    const window = createWindow({ maxConcurrent: 4, requestsPerSecond: 1 });
    warmUp(window, 32, 50);
    expect(send(window, 80)).toBe(30);
    expect(window.waitMs()).toBe(960);
  });

  it('count from the answer where some take much longer than others: the way there may be as slow', () => {
    const window = createWindow({ maxConcurrent: 4, requestsPerSecond: 1 });
    warmUp(window, 32, 5);
    warmUp(window, 40, 65);
    expect(send(window, 65)).toBe(65);
    expect(window.waitMs()).toBe(1_010);
  });

  it('count from before the answer by the time of the quickest request, less its distance to the usual time', () => {
    const window = createWindow({ maxConcurrent: 4, requestsPerSecond: 1 });
    warmUp(window, 17, 60);
    warmUp(window, 16, 50);
    expect(send(window, 60)).toBe(20);
  });

  it('count from the answer where one in eight is late: on a starved machine all of them are, by much the same', () => {
    const window = createWindow({ maxConcurrent: 4, requestsPerSecond: 1 });
    warmUp(window, 35, 80);
    warmUp(window, 5, 240);
    expect(send(window, 80)).toBe(80);
  });

  it('are as many as before once the server has become slower for good', () => {
    const window = createWindow({ maxConcurrent: 4, requestsPerSecond: 1 });
    warmUp(window, 32, 5);
    warmUp(window, 129, 65);
    expect(send(window, 65)).toBe(0);
  });

  it('count from the answer as long as nobody knows how quick the server is', () => {
    const window = createWindow({ maxConcurrent: 4, requestsPerSecond: 1 });
    expect(send(window, 80)).toBe(80);
    expect(window.waitMs()).toBe(1_010);
  });

  it('count from the answer until twice as many were measured as go at a time: the first ones also open connections', () => {
    const window = createWindow({ maxConcurrent: 40, requestsPerSecond: 1 });
    warmUp(window, 78, 50);
    expect([send(window, 50), send(window, 50)]).toEqual([50, 0]);
  });

  it('count as before after some that got no answer: a timeout tells nothing of how quick the server is', () => {
    const window = createWindow({ maxConcurrent: 4, requestsPerSecond: 1 });
    warmUp(window, 32, 50);
    for (let n = 0; n < 5; n += 1) expect(send(window, 30_000, false)).toBe(30_000);
    expect(send(window, 80)).toBe(30);
  });

  it('count until their end, however late: the server may have stood still, and see them only then', () => {
    const window = createWindow({ maxConcurrent: 4, requestsPerSecond: 1 });
    const slot = window.start();
    vi.advanceTimersByTime(4_000);
    expect([window.free(), window.waitMs()]).toEqual([0, undefined]);
    window.end(slot, true);
    expect(window.waitMs()).toBe(1_010);
  });
});
