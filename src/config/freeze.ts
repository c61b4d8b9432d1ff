/** Windows in which nothing is executed (`SYNC_FREEZE`), in a time zone's own clock. */

const WEEKDAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];
const MINUTES_A_DAY = 24 * 60;
const MINUTES_A_WEEK = 7 * MINUTES_A_DAY;
const MINUTE_MS = 60_000;

/** From minute to minute of the week, which begins on Sunday; or from day to day, both included. */
export type FreezeWindow =
  | { readonly kind: 'weekly'; readonly from: number; readonly to: number }
  | { readonly kind: 'dates'; readonly from: string; readonly to: string };

const WEEKLY = /^(\w{3}) (\d{2}):(\d{2})-(\w{3}) (\d{2}):(\d{2})$/;
const DATES = /^(\d{4}-\d{2}-\d{2})-(\d{4}-\d{2}-\d{2})$/;

/** Reads one window: `Fri 18:00-Mon 07:00` or `2026-12-24-2027-01-02`. Undefined if it is neither. */
export function parseFreezeWindow(text: string): FreezeWindow | undefined {
  const [, from = '', to = ''] = DATES.exec(text) ?? [];
  if (from !== '') return isDay(from) && isDay(to) && from <= to ? { kind: 'dates', from, to } : undefined;
  const [, ...parts] = WEEKLY.exec(text) ?? [];
  const [start, end] = [minuteOfWeek(parts.slice(0, 3)), minuteOfWeek(parts.slice(3))];
  return start === undefined || end === undefined || start === end
    ? undefined
    : { kind: 'weekly', from: start, to: end };
}

/** A window as it is written in `SYNC_FREEZE`. */
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

/** Whether the weekly windows leave no minute of the week. */
export function neverEnds(windows: readonly FreezeWindow[]): boolean {
  return Array.from({ length: MINUTES_A_WEEK }, (_, minute) => minute).every((minute) =>
    windows.some((window) => window.kind === 'weekly' && isWithin(window, minute)),
  );
}

function isWithin({ from, to }: { readonly from: number; readonly to: number }, minute: number): boolean {
  return from < to ? minute >= from && minute < to : minute >= from || minute < to;
}

/** Until when executions are frozen at a time; undefined where they are not. The windows must end. */
export type FrozenUntil = (now: Date) => Date | undefined;

export function freezeOf(windows: readonly FreezeWindow[], timezone: string): FrozenUntil {
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

  /** The local time of the time zone, as if it were UTC. */
  function wallAt(at: Date): Date {
    const parts = new Map(format.formatToParts(at).map(({ type, value }) => [type, Number(value)]));
    const part = (type: Intl.DateTimeFormatPartTypes) => parts.get(type) ?? 0;
    const [year, month, day] = [part('year'), part('month') - 1, part('day')];
    return new Date(Date.UTC(year, month, day, part('hour'), part('minute'), part('second')));
  }

  /** When the clock on the wall shows that. Across a change of the clock a second look is needed. */
  function instantOf(wall: Date, near: Date): Date {
    let at = near;
    for (let look = 0; look < 3; look += 1) {
      at = new Date(at.getTime() + wall.getTime() - wallAt(at).getTime());
    }
    return at;
  }

  function endOf(window: FreezeWindow, now: Date): Date | undefined {
    const wall = wallAt(now);
    if (window.kind === 'dates') {
      const day = wall.toISOString().slice(0, 10);
      if (day < window.from || day > window.to) return undefined;
      return instantOf(new Date(Date.parse(`${window.to}T00:00:00Z`) + MINUTES_A_DAY * MINUTE_MS), now);
    }
    const minute = wall.getUTCDay() * MINUTES_A_DAY + wall.getUTCHours() * 60 + wall.getUTCMinutes();
    if (!isWithin(window, minute)) return undefined;
    const left = (window.to - minute + MINUTES_A_WEEK) % MINUTES_A_WEEK;
    const begun = wall.getTime() - (wall.getTime() % MINUTE_MS);
    return instantOf(new Date(begun + left * MINUTE_MS), now);
  }

  return (now) => {
    let until: Date | undefined;
    // One window may end within another.
    for (let links = 0; links <= 2 * windows.length; links += 1) {
      const from: Date = until ?? now;
      const ends = windows.map((window) => endOf(window, from)).filter((end) => end !== undefined);
      const last = Math.max(...ends.map((end) => end.getTime()));
      if (ends.length === 0 || last <= from.getTime()) return until;
      until = new Date(last);
    }
    return until;
  };
}
