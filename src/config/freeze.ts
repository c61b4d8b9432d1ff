/** Windows in which nothing is executed (`SYNC_FREEZE`), in local time of one time zone. */

const WEEKDAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];
const MINUTES_A_DAY = 24 * 60;
const MINUTES_A_WEEK = 7 * MINUTES_A_DAY;
const MINUTE_MS = 60_000;
const DAY_MS = MINUTES_A_DAY * MINUTE_MS;

/** Weekly windows count minutes since Sunday 00:00; `to` is excluded. Windows of dates include both days. */
export type FreezeWindow =
  | { readonly kind: 'weekly'; readonly from: number; readonly to: number }
  | { readonly kind: 'dates'; readonly from: string; readonly to: string };

const WEEKLY = /^(\w{3}) (\d{2}):(\d{2})-(\w{3}) (\d{2}):(\d{2})$/;
const DATES = /^(\d{4}-\d{2}-\d{2})-(\d{4}-\d{2}-\d{2})$/;

/** Parses one window: `Fri 18:00-Mon 07:00` or `2026-12-24-2027-01-02`. Undefined if it is neither. */
export function parseFreezeWindow(text: string): FreezeWindow | undefined {
  const [, from = '', to = ''] = DATES.exec(text) ?? [];
  if (from !== '') return isDay(from) && isDay(to) && from <= to ? { kind: 'dates', from, to } : undefined;
  const [, ...parts] = WEEKLY.exec(text) ?? [];
  const [start, end] = [minuteOfWeek(parts.slice(0, 3)), minuteOfWeek(parts.slice(3))];
  return start === undefined || end === undefined || start === end
    ? undefined
    : { kind: 'weekly', from: start, to: end };
}

/** Writes a window as `SYNC_FREEZE` has it. */
export function freezeText(window: FreezeWindow): string {
  return window.kind === 'dates'
    ? `${window.from}-${window.to}`
    : `${timeText(window.from)}-${timeText(window.to)}`;
}

function timeText(minuteOfWeek: number): string {
  const two = (n: number) => String(n).padStart(2, '0');
  const minute = minuteOfWeek % MINUTES_A_DAY;
  return `${WEEKDAYS[Math.floor(minuteOfWeek / MINUTES_A_DAY)]} ${two(Math.floor(minute / 60))}:${two(minute % 60)}`;
}

function isDay(text: string): boolean {
  const at = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(at.getTime()) && at.toISOString().startsWith(text);
}

function minuteOfWeek([day = '', hour = '', minute = '']: readonly string[]): number | undefined {
  const weekday = WEEKDAYS.findIndex((each) => each.toLowerCase() === day.toLowerCase());
  if (weekday < 0 || Number(hour) > 23 || Number(minute) > 59) return undefined;
  return weekday * MINUTES_A_DAY + Number(hour) * 60 + Number(minute);
}

/** Whether the weekly windows cover every minute of the week. */
export function neverEnds(windows: readonly FreezeWindow[]): boolean {
  return Array.from({ length: MINUTES_A_WEEK }, (_, minute) => minute).every((minute) =>
    windows.some((window) => window.kind === 'weekly' && isWithin(window, minute)),
  );
}

function isWithin({ from, to }: { readonly from: number; readonly to: number }, minute: number): boolean {
  return from < to ? minute >= from && minute < to : minute >= from || minute < to;
}

/** Returns the end of the freeze at `now`; undefined where nothing is frozen then. */
export type FrozenUntil = (now: Date) => Date | undefined;

/** Local times in milliseconds, as if they were UTC. */
type Walls = { readonly begin: number; readonly end: number };

/**
 * Builds the check for the given windows. At least one minute of the week must be free (`neverEnds`): the check would never return.
 */
export function freezeOf(windows: readonly FreezeWindow[], timezone: string): FrozenUntil {
  const { wallAt, firstAt, lastAt } = wallClock(timezone);

  /** The window's occurrences around the moment `at`: those of three weeks, or the one of its dates. */
  function about(window: FreezeWindow, at: number): readonly Walls[] {
    if (window.kind === 'dates') {
      const [begin, last] = [window.from, window.to].map((day) => Date.parse(`${day}T00:00:00Z`));
      return begin === undefined || last === undefined ? [] : [{ begin, end: last + DAY_MS }];
    }
    const wall = new Date(wallAt(at));
    const sunday = wall.setUTCHours(0, 0, 0, 0) - wall.getUTCDay() * DAY_MS;
    const minutes = (window.to - window.from + MINUTES_A_WEEK) % MINUTES_A_WEEK;
    return [-7, 0, 7].map((days) => {
      const begin = sunday + days * DAY_MS + window.from * MINUTE_MS;
      return { begin, end: begin + minutes * MINUTE_MS };
    });
  }

  function endOf(window: FreezeWindow, at: number): number | undefined {
    // When the clock is set back, it shows a time twice. A freeze begins with the first and ends with the second.
    const occurrence = about(window, at).find(({ begin, end }) => firstAt(begin) <= at && at < lastAt(end));
    return occurrence && lastAt(occurrence.end);
  }

  return (now) => {
    let until: number | undefined;
    for (;;) {
      const at = until ?? now.getTime();
      // A window may end inside another one, so look again from its end.
      const ends = windows.map((window) => endOf(window, at)).filter((end) => end !== undefined);
      if (ends.length === 0) return until === undefined ? undefined : new Date(until);
      until = Math.max(...ends);
    }
  };
}

/** The last day of the windows, if all of them are over at `now`; undefined if not. Weekly windows are never over. */
export function overSince(windows: readonly FreezeWindow[], timezone: string, now: Date): string | undefined {
  const today = new Date(wallClock(timezone).wallAt(now.getTime())).toISOString().slice(0, 10);
  const lastDays = windows.map((window) => (window.kind === 'dates' ? window.to : undefined));
  return lastDays.every((day) => day !== undefined && day < today) ? lastDays.toSorted().at(-1) : undefined;
}

const SECOND_MS = 1_000;

/**
 * Local times, in milliseconds as if they were UTC. Set back, the clock shows some times twice; set forward, it skips some.
 * `timezone` is a name of the IANA database (`Asia/Jakarta`). Throws `RangeError` if it is unknown.
 */
function wallClock(timezone: string) {
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

  /** The local time at a moment, in whole seconds. */
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

  /** The moments at which the clock shows `wall`. If it skips `wall`: the moment of the change. */
  function momentsOf(wall: number): readonly number[] {
    // Correct as long as the clock is changed at most once from a day before to a day after.
    const moments = [wall - DAY_MS, wall + DAY_MS].map((at) => wall - offsetAt(at));
    const shown = moments.filter((at) => wallAt(at) === wall);
    return shown.length > 0 ? shown : [changeBetween(Math.min(...moments), Math.max(...moments))];
  }

  return {
    wallAt,
    firstAt: (wall: number) => Math.min(...momentsOf(wall)),
    lastAt: (wall: number) => Math.max(...momentsOf(wall)),
  };
}
