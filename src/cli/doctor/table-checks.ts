import type { Database } from '../../database/client.ts';
import { isWhole, type UnfitByType, unfitColumns, unusableColumns } from '../../database/plan/users-fit.ts';
import { type ColumnFacts, type Inspection, serverFacts } from '../../database/schema/inspect.ts';
import {
  checkedColumns,
  hidesColumns,
  type Shown,
  usersAsShown,
} from '../../database/schema/inspect-privileges.ts';
import {
  alterUsers,
  indexesOfConstants,
  indexRemedy,
  isInTheWay,
  isPerLocation,
  LONGEST_EMAIL,
  repeatedUsers,
  strictIndexes,
  type UniqueIndex,
  uniqueIndexes,
} from '../../database/schema/usable-tables.ts';
import type { NewUserDefaults } from '../../sync/run/change.ts';
import { fail, pass, type Verdict, warn } from './check.ts';
import {
  columnOf,
  laravelTables,
  OTHER_DATABASE,
  quoted,
  redefined,
  type Tables,
} from './privilege-checks.ts';

/** The columns that the bot uses. The others belong to the Laravel application (contract, section 2). */
const USED = ['id', 'email', 'location_id', 'status', 'created_at', 'updated_at'];

/** Checks that the bot can read users and add new ones. */
export async function columns(inspection: Inspection, newUser: NewUserDefaults): Promise<Verdict> {
  const found = await laravelTables(inspection);
  const missing = USED.filter((name) => columnOf(found, 'users', name) === undefined);
  if (missing.length > 0) return fail(`missing: ${missing.join(', ')}`, OTHER_DATABASE);
  const present = found.get('users')?.columns ?? [];
  const unfit = [...unusableColumns(present), ...unfitColumns(present, ['active', 'inactive'], newUser)];
  if (unfit[0] !== undefined) return unfitVerdict(unfit[0], unfit, await usersAsShown(inspection.ask));
  const given =
    newUser.size === 0 ? '' : `; NEW_USER_DEFAULTS gives new users ${[...newUser.keys()].join(', ')}`;
  const problem = (await narrowEmail(inspection, found)) ?? (await hiddenColumns(inspection));
  return problem ?? pass(`as the bot needs them${given}`);
}

/** What to do about the first unfit column, and about all those with the same problem. */
function unfitVerdict(
  { problem, column, type }: UnfitByType,
  unfit: readonly UnfitByType[],
  shown: Shown,
): Verdict {
  const alike = unfit.filter((each) => each.problem === problem);
  const names = alike.map((each) => each.column).join(', ');
  const typed = alike.map((each) => `users.${each.column} is ${each.type}`).join(' and ');
  switch (problem) {
    case 'not_numbered':
      return fail(
        `users.id is ${type} without AUTO_INCREMENT, so a new user would get no number`,
        isWhole({ type })
          ? `Run, on a copy first: ALTER TABLE users ${redefined(shown, { name: column, type }, { more: ' AUTO_INCREMENT' })}`
          : 'The bot serves tables whose users have a number, as Laravel makes them with $table->id().',
      );
    case 'not_whole':
      return fail(typed, 'Make it BIGINT UNSIGNED NOT NULL together with the application, on a copy first.');
    case 'lacks_status':
      return fail(
        typed,
        "The bot writes active and inactive. Change the column to ENUM('active', 'inactive') together with the application.",
      );
    case 'not_a_time':
      return fail(
        typed,
        "The bot writes a date and time, as Laravel's timestamps() are made for. Change it to TIMESTAMP NULL together with the application.",
      );
    case 'generated':
      return fail(
        `the database computes ${names}, which the bot writes`,
        'Make it an ordinary column together with the application, on a copy first.',
      );
    case 'unknown':
      return fail(
        `NEW_USER_DEFAULTS names ${names}, which cannot be given a value`,
        'Correct NEW_USER_DEFAULTS: it names columns of users that are there and that the database does not compute.',
      );
    case 'says_deleted':
      return fail(
        `a new user would count as deleted, by the value that ${names} (${type}) gets`,
        'Users count as deleted unless it is NULL, 0, empty or a zero date. Let one of these be its default, together with the application, or name one in NEW_USER_DEFAULTS.',
      );
    case 'demands_value':
      return fail(
        `a new user needs a value for ${alike.map((each) => `${each.column} (${each.type})`).join(', ')}, which the bot does not know`,
        valueRemedy(alike, shown),
      );
  }
}

/** What to do about columns that demand a value. MODIFY would drop a column's CHECK without a word, and a CHECK may refuse NULL. */
function valueRemedy(demanding: readonly UnfitByType[], shown: Shown): string {
  const checked = checkedColumns(shown);
  const kept = demanding
    .filter(({ column }) => checked === undefined || checked.has(column.toLowerCase()))
    .map(({ column }) => column);
  const others = demanding.filter(({ column }) => !kept.includes(column));
  const byAlter = `let them be empty, on a copy first: ALTER TABLE users ${others.map(({ column: name, type }) => redefined(shown, { name, type }, { more: ' NULL' })).join(', ')}`;
  if (kept.length === 0) return `${NAME_VALUES}, or ${byAlter}`;
  const byDefault = `${NAME_VALUES}, or give ${kept.join(', ')} a DEFAULT together with the application: a change to NULL may lose the CHECK there`;
  return others.length === 0 ? byDefault : `${byDefault}. As for the others, ${byAlter}`;
}

const NAME_VALUES = 'Name values in NEW_USER_DEFAULTS (docs/existing-database.md)';

async function hiddenColumns(inspection: Inspection): Promise<Verdict | undefined> {
  if (!(await hidesColumns(inspection))) return undefined;
  const { account, database } = await serverFacts(inspection);
  return warn(
    'some columns of users are hidden from this account; a Confirm that adds somebody fails if one of them demands a value',
    `Run as an administrator: GRANT SELECT ON \`${database}\`.users TO ${quoted(account)}`,
  );
}

async function narrowEmail(inspection: Inspection, found: Tables): Promise<Verdict | undefined> {
  const email = columnOf(found, 'users', 'email');
  if (email === undefined || email.length === undefined || email.length >= LONGEST_EMAIL) return undefined;
  const wider = redefined(await usersAsShown(inspection.ask), email, { type: `varchar(${LONGEST_EMAIL})` });
  return warn(
    `users.email takes ${email.length} characters, and a depot server may list up to ${LONGEST_EMAIL}`,
    `A preview with a longer email fails. Run, on a copy first: ${alterUsers(found.get('users'), [wider])}`,
  );
}

/** Checks the unique indexes: an email is unique within a location, and may occur at several (contract, section 2). */
export async function indexes(
  db: Database,
  inspection: Inspection,
  newUser: NewUserDefaults,
): Promise<Verdict> {
  const unique = await uniqueIndexes(db);
  const inTheWay = unique.filter(isInTheWay).map(({ name }) => name);
  const right = unique.find(isPerLocation);
  if (right !== undefined && inTheWay.length === 0) {
    const users = (await laravelTables(inspection)).get('users');
    return mayRefuse(unique, users?.columns ?? [], newUser) ?? pass(`${right.name} (email, location_id)`);
  }
  const { statement, divided } = await indexRemedy(inspection.ask, unique);
  const problems = [
    ...inTheWay.map((name) => `${name} allows an email at one location only`),
    ...(right === undefined ? ['no unique index over (email, location_id)'] : []),
    ...(divided ? ['its partitions allow none'] : []),
  ];
  const repeated = right === undefined ? await repeatedUsers(inspection) : 0;
  const first =
    repeated === 0
      ? ''
      : `${repeated === 1 ? '1 email stands' : `${repeated} emails stand`} more than once at a location; clear that first (SELECT email, location_id, COUNT(*) FROM users GROUP BY email, location_id HAVING COUNT(*) > 1). `;
  return fail(problems.join('; '), `${first}Run, on a copy first (docs/existing-database.md): ${statement}`);
}

function mayRefuse(
  unique: readonly UniqueIndex[],
  present: readonly ColumnFacts[],
  newUser: NewUserDefaults,
): Verdict | undefined {
  const constant = indexesOfConstants(unique, { columns: present, newUser });
  if (constant.length > 0)
    return fail(
      `takes one new user only, because all get the same value: ${inWords(constant)}`,
      `A sync that adds more is undone as a whole. Let NULL be the column's default, give each user another value ({email} in NEW_USER_DEFAULTS), or ask whoever made the index whether it can go.`,
    );
  const strict = strictIndexes(unique, { columns: present, newUser });
  if (strict.length === 0) return undefined;
  return warn(
    `may refuse a user whom a depot server lists: ${inWords(strict)}`,
    `A sync that meets it is undone as a whole. An index of the whole email and location_id is enough: ask whoever made the others whether they can go.`,
  );
}

function inWords(indexes: readonly UniqueIndex[]): string {
  return indexes.map(({ name, columns }) => `${name} (${columns.replaceAll(',', ', ')})`).join('; ');
}
