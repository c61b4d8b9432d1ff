import type { UsersClock } from '../../database/schema/inspect-tables.ts';
import { pass, type Verdict, warn } from './finding.ts';

/** Clocks of two machines may differ by so much, and nobody should read a time zone out of it. */
const UNNOTABLE_SECONDS = 300;

const USE_UTC =
  "Have the application's connection use UTC (in Laravel: 'timezone' => '+00:00' in config/database.php, and UTC in config/app.php), or live with new and changed users that show another time than the rest (docs/servers.md).";

/**
 * Which clock `users.updated_at` shows, and whether what the bot writes there, which is UTC, fits it. Only a newest value tells:
 * one in the future is local time; one as old as the server's zone is ahead of UTC may be UTC that was written as local time.
 */
export function usersClockVerdict({ newestAhead, zoneAhead }: UsersClock): Verdict {
  const sessions = zoneAhead === 0 ? '' : `; sessions of the server are at ${zoneName(zoneAhead)}`;
  if (newestAhead === undefined)
    return pass(`no user has a time yet; new and changed ones get UTC${sessions}`);
  if (newestAhead > UNNOTABLE_SECONDS)
    return warn(
      `users.updated_at shows local time, ${inHours(newestAhead)} h ahead of UTC, and the bot writes UTC: new rows do not match it`,
      USE_UTC,
    );
  const isShifted = zoneAhead > 0 && Math.abs(newestAhead + zoneAhead) <= UNNOTABLE_SECONDS;
  if (isShifted)
    return warn(
      `the newest users.updated_at is ${inHours(zoneAhead)} h old, as much as sessions of the server (${zoneName(zoneAhead)}) are ahead of UTC: if it was written just now, the application writes UTC as if it were local time, and new rows do not match it`,
      USE_UTC,
    );
  return pass(
    `users.updated_at shows UTC: the newest is ${age(-newestAhead)} old, and new rows match it${sessions}`,
  );
}

function inHours(seconds: number): number {
  return Math.round(seconds / 900) / 4;
}

function zoneName(seconds: number): string {
  const minutes = Math.round(Math.abs(seconds) / 60);
  const [hours, rest] = [Math.floor(minutes / 60), minutes % 60].map((part) => String(part).padStart(2, '0'));
  return `${seconds < 0 ? '-' : '+'}${hours}:${rest}`;
}

function age(seconds: number): string {
  const least = Math.max(0, seconds);
  if (least < 2 * 3_600) return `${Math.round(least / 60)} min`;
  return least < 48 * 3_600 ? `${Math.round(least / 3_600)} h` : `${Math.round(least / 86_400)} days`;
}
