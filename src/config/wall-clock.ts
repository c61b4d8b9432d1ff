const SECOND_MS = 1_000;
const DAY_MS = 24 * 3_600_000;

/**
 * The local time of a time zone. A local time is given in milliseconds, as if it were UTC. Where the clock is set back it shows
 * some times twice; where it is set forward it skips some.
 */
export type WallClock = {
  /** The local time at a moment, in whole seconds. */
  wallAt(at: number): number;
  /** The first moment at which the clock shows `wall`. If the clock skips `wall`: the moment of the change. */
  firstAt(wall: number): number;
  /** The last such moment. */
  lastAt(wall: number): number;
};

/** `timezone` is a name of the IANA database (`Asia/Jakarta`). Throws `RangeError` if it is unknown. */
export function wallClock(timezone: string): WallClock {
  const format = new Intl.DateTimeFormat('en-GB', {
    timeZone: timezone,
    hourCycle: 'h23',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
  });

  function wallAt(at: number): number {
    const parts = new Map(format.formatToParts(at).map(({ type, value }) => [type, Number(value)]));
    const part = (type: Intl.DateTimeFormatPartTypes) => parts.get(type) ?? 0;
    const [year, month, day] = [part('year'), part('month') - 1, part('day')];
    return Date.UTC(year, month, day, part('hour'), part('minute'), part('second'));
  }

  function offsetAt(at: number): number {
    return wallAt(at) - Math.floor(at / SECOND_MS) * SECOND_MS;
  }

  /** Searches for the moment between two others at which the clock is changed, to the second. */
  function changeBetween(before: number, after: number): number {
    let [from, to] = [before, after];
    while (to - from > SECOND_MS) {
      const middle = from + Math.floor((to - from) / 2 / SECOND_MS) * SECOND_MS;
      if (offsetAt(middle) === offsetAt(before)) from = middle;
      else to = middle;
    }
    return to;
  }

  function momentsOf(wall: number): readonly number[] {
    // Correct as long as the clock is changed at most once from a day before to a day after.
    const moments = [wall - DAY_MS, wall + DAY_MS].map((at) => wall - offsetAt(at));
    const shown = moments.filter((at) => wallAt(at) === wall);
    return shown.length > 0 ? shown : [changeBetween(Math.min(...moments), Math.max(...moments))];
  }

  return {
    wallAt,
    firstAt: (wall) => Math.min(...momentsOf(wall)),
    lastAt: (wall) => Math.max(...momentsOf(wall)),
  };
}
