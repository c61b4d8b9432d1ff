import type { Config } from '../../config/config.ts';
import type { Database } from '../../database/client.ts';
import { countLeftAlone, countProtected } from '../../database/plan/eligibility.ts';
import { identify } from '../../database/presence/named-lock.ts';
import { differencesFrom, type SettingMarks } from '../../database/presence/processes.ts';
import { type Inspection, usersClock } from '../../database/schema/inspect.ts';
import { usersAsShown } from '../../database/schema/inspect-privileges.ts';
import { alterUsers, emailCollationName, LONGEST_EMAIL } from '../../database/schema/usable-tables.ts';
import { UsersUnfitError } from '../../sync/failures/errors.ts';
import type { KeepReason } from '../../sync/run/change.ts';
import { type Check, checkOf, fail, pass, type Verdict, warn } from './check.ts';
import {
  auditEnd,
  auditTriggers,
  columnOf,
  laravelTables,
  ownTables,
  privileges,
  privilegesToMigrate,
  redefined,
  tables,
} from './privilege-checks.ts';
import { applied, checksBy, DATABASE, type Inspect } from './server-checks.ts';
import { columns, indexes } from './table-checks.ts';

/** The name of the check that the other checks on the Laravel application's tables need. */
export const TABLES = 'tables users and locations';
const MIGRATED = 'migrations';
const COLUMNS = 'columns of users';
const COLLATION = 'collation of users.email';

/** Checks of the tables, the bot's own and the Laravel application's, and of what the database account may do with them. */
export function schemaChecks(
  { databaseUrl, marks, sync: { newUserDefaults, protectedEmails } }: Config,
  db: Database,
  inspect: Inspect,
): readonly Check[] {
  const check = checksBy(inspect);
  const reached = { needs: [DATABASE] };
  const migrated = { needs: [MIGRATED] };
  const forNewUsers = { needs: [TABLES], settings: ['NEW_USER_DEFAULTS'] };
  // Emails are looked at as text, which a binary column is not. A busy server needs long for many of them.
  const asText = { needs: [COLUMNS, COLLATION], limitMs: 30_000 };
  return [
    checkOf(MIGRATED, 'migrations', reached, () => applied(databaseUrl)),
    check('tables of usersync', 'own_tables', migrated, (inspection) =>
      ownTables(inspection, newUserDefaults),
    ),
    check('processes of usersync', 'processes', { ...migrated, settings: Object.keys(marks) }, (inspection) =>
      processes(inspection, marks),
    ),
    check('triggers of the audit log', 'audit_triggers', migrated, auditTriggers),
    check('end of the audit log', 'audit_end', migrated, auditEnd),
    check(TABLES, 'shared_tables', reached, tables),
    check(COLUMNS, 'columns', forNewUsers, (inspection) => columns(inspection, newUserDefaults)),
    check('clock of users', 'users_clock', { needs: [COLUMNS] }, clockOfUsers),
    checkOf('users left alone', 'left_alone', asText, () => leftAlone(db)),
    check('unique index of users', 'unique_index', forNewUsers, (inspection) =>
      indexes(db, inspection, newUserDefaults),
    ),
    check(COLLATION, 'collation', { needs: [TABLES] }, (inspection) => collation(db, inspection)),
    checkOf('protected emails', 'protected_emails', { ...asText, settings: ['PROTECTED_EMAILS'] }, () =>
      protection(db, protectedEmails),
    ),
    check('privileges', 'privileges', reached, (inspection) => privileges(inspection, newUserDefaults)),
    check('privileges to migrate', 'privileges_to_migrate', reached, (inspection) =>
      privilegesToMigrate(inspection, databaseUrl),
    ),
  ];
}

/** Compares the processes that run with these settings, which may have changed since they started. */
async function processes({ ask }: Inspection, settings: SettingMarks): Promise<Verdict> {
  const here = { owner: '', settings, ...(await identify(ask)) };
  const { differing, elsewhere, others, settings: names } = await differencesFrom(here, ask);
  const found = [
    ...(differing > 0
      ? [`${differing} of ${others} have other settings than these: ${names.join(', ')}`]
      : []),
    ...(elsewhere > 0 ? [`${elsewhere} of ${others} use another database server`] : []),
  ];
  if (found.length > 0) return warn(found.join('; '), MAKE_ALIKE);
  return pass(
    others === 0 ? 'none is known to run' : `${others} running, none known to differ from these settings`,
  );
}

const MAKE_ALIKE =
  'Give all processes the same settings and database server, and restart them. During a deployment or a fail-over, wait for its end.';

/** Checks the collation by which the bot compares emails. Only utf8mb4 can hold every email. */
async function collation(db: Database, inspection: Inspection): Promise<Verdict> {
  try {
    return pass(await emailCollationName(db));
  } catch (error) {
    if (!(error instanceof UsersUnfitError)) throw error;
    const found = await laravelTables(inspection);
    const email = columnOf(found, 'users', 'email');
    if (email === undefined || !/char|text/i.test(email.type)) return fail(error.message, MAKE_TEXT);
    const change = { collation: counterpart(email.collation ?? '') };
    const altered = redefined(await usersAsShown(inspection.ask), email, change);
    return fail(error.message, `Run, on a copy first: ${alterUsers(found.get('users'), [altered])}`);
  }
}

const MAKE_TEXT = 'Make it VARCHAR(255) in utf8mb4 together with the application, on a copy first.';

/** The collation of utf8mb4 that is most like a column's own. */
function counterpart(collation: string): string {
  const way = /^utf8(?:mb3)?_(\w+)$/.exec(collation)?.[1];
  if (/_(bin|cs)$/.test(collation)) return 'utf8mb4_bin';
  return way === undefined || /mysql500|tolower|uca1400/.test(way) ? 'utf8mb4_unicode_ci' : `utf8mb4_${way}`;
}

const LEFT_ALONE: Readonly<Partial<Record<KeepReason, string>>> = {
  deleted: 'deleted (deleted_at is set)',
  odd_status: 'of a status that is neither active nor inactive',
  no_email: 'without an email',
  long_email: `with an email of more than ${LONGEST_EMAIL} characters`,
  negative_id: 'with an id below 0',
};

/** Counts users that no sync ever changes, so that nobody wonders about them. */
async function leftAlone(db: Database): Promise<Verdict> {
  const counts = await countLeftAlone(db);
  if (counts.size === 0) return pass('none: every user is active or inactive');
  const words = [...counts].map(([reason, n]) => `${n} ${LEFT_ALONE[reason] ?? reason}`);
  return pass(`${words.join(', ')}; no sync counts or changes them`);
}

/** Counts the users that each pattern protects, among `most` of all: a million take a few seconds. */
export async function protection(
  db: Database,
  patterns: readonly string[],
  most = 1_000_000,
): Promise<Verdict> {
  if (patterns.length === 0) return pass('PROTECTED_EMAILS is not set, so that anybody may be deactivated');
  const counted = await countProtected(db, patterns, most);
  const orMore = counted[0]?.moreThan === undefined ? '' : `, or more: ${most} users were looked at`;
  const each = counted.map(({ pattern, users }) => `${pattern}: ${users}`).join(', ');
  const detail = `users protected by each pattern: ${each}${orMore}`;
  return counted.every(({ users }) => users > 0)
    ? pass(detail)
    : warn(detail, 'Look at the spelling in PROTECTED_EMAILS of those that protect nobody.');
}

/** In seconds. Two clocks may differ by so much without a difference of time zones. */
const UNNOTABLE_SECONDS = 300;

const USE_UTC =
  "Have the application's connection use UTC (in Laravel: 'timezone' => '+00:00' in config/database.php, and UTC in config/app.php), or live with new and changed users that show another time than the rest (docs/servers.md).";

/**
 * Whether `users.updated_at` is in UTC, which the bot writes. Only the newest value can tell: a time in the future is local time; a
 * time as old as the server's zone is ahead of UTC may be UTC that was written as if it were local time.
 */
async function clockOfUsers(inspection: Inspection): Promise<Verdict> {
  const { newestAhead, zoneAhead } = await usersClock(inspection);
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
