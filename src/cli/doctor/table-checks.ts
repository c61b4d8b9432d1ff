import type { Database } from '../../database/client.ts';
import {
  isWhole,
  LONGEST_EMAIL,
  type UnfitByType,
  unfitColumns,
  unusableColumns,
} from '../../database/plan/users-fit.ts';
import {
  type ColumnFacts,
  type Inspection,
  type TableFacts,
  tableFacts,
} from '../../database/schema/inspect.ts';
import {
  isInTheWay,
  isPerLocation,
  repeatedUsers,
  SHARED_TABLES,
  strictIndexes,
  type UniqueIndex,
  uniqueIndexes,
} from '../../database/schema/usable-tables.ts';
import type { EngineOfTable } from '../../sync/failures/failure.ts';
import type { NewUserDefaults } from '../../sync/run/change.ts';
import { fail, pass, type Verdict, warn } from './check.ts';

type Tables = ReadonlyMap<string, TableFacts>;

/** The columns that the bot uses. The others belong to the Laravel application (contract, section 2). */
const USED = ['id', 'email', 'location_id', 'status', 'created_at', 'updated_at'];

const OTHER_DATABASE =
  "Point DATABASE_URL at the right database; these columns are the Laravel application's to add.";

/** The tables `users` and `locations`; a table that does not exist is missing from the map. */
export async function laravelTables(inspect: () => Promise<Inspection>): Promise<Tables> {
  return tableFacts((await inspect()).ask, SHARED_TABLES);
}

/** Checks that both tables exist, in InnoDB: only there can a transaction be undone. */
export function tables(found: Tables): Verdict {
  const missing = SHARED_TABLES.filter((name) => !found.has(name));
  if (missing.length > 0) {
    return fail(
      `${missing.join(' and ')} missing, or hidden from this user`,
      'If DATABASE_URL names the right database and it is a new one, run: npm run migrate',
    );
  }
  const engines = [...found].map(([table, { engine }]) => ({ table, engine }));
  const others = engines.filter(({ engine }) => engine.toUpperCase() !== 'INNODB');
  return locationsProblem(found) ?? inInnodb(others) ?? pass('both are there, in InnoDB');
}

/** The columns of `locations` that the bot reads (contract, section 2). */
const READ = ['id', 'location_code', 'location_name', 'online_url'];

function locationsProblem(found: Tables): Verdict | undefined {
  const present = found.get('locations')?.columns ?? [];
  const missing = READ.filter((name) => !present.some((column) => column.name.toLowerCase() === name));
  if (missing.length > 0) return fail(`locations has no ${missing.join(', ')}`, OTHER_DATABASE);
  const id = present.find(({ name }) => name.toLowerCase() === 'id');
  if (id === undefined || isWhole(id)) return undefined;
  return fail(
    `locations.id is ${id.type}`,
    'The bot serves tables whose locations have a number, as Laravel makes them with $table->id().',
  );
}

/** A failure if some tables are not in InnoDB. */
export function inInnodb(others: readonly EngineOfTable[]): Verdict | undefined {
  if (others.length === 0) return undefined;
  return fail(
    others.map(({ table, engine }) => `${table} is kept by ${engine || 'no engine'}, not InnoDB`).join('; '),
    `A sync could not be undone there. Run, on a copy first: ${others.map(({ table }) => `ALTER TABLE ${table} ENGINE = InnoDB`).join('; ')}`,
  );
}

/** Checks that the bot can read users and add new ones. */
export function columns(found: Tables, newUser: NewUserDefaults): Verdict {
  const present = found.get('users')?.columns ?? [];
  const missing = USED.filter((name) => !present.some((column) => column.name.toLowerCase() === name));
  if (missing.length > 0) {
    return fail(`missing: ${missing.join(', ')}`, OTHER_DATABASE);
  }
  const unfit = [...unusableColumns(present), ...unfitColumns(present, ['active', 'inactive'], newUser)];
  if (unfit[0] !== undefined) return unfitVerdict(unfit[0], unfit, present);
  const given =
    newUser.size === 0 ? '' : `; NEW_USER_DEFAULTS gives new users ${[...newUser.keys()].join(', ')}`;
  return narrowEmail(present) ?? pass(`as the bot needs them${given}`);
}

/** What to do about the first unfit column, and about all those with the same problem. */
function unfitVerdict(
  { problem, type }: UnfitByType,
  unfit: readonly UnfitByType[],
  present: readonly ColumnFacts[],
): Verdict {
  const alike = unfit.filter((each) => each.problem === problem);
  const names = alike.map(({ column }) => column).join(', ');
  const typed = alike.map(({ column, type: each }) => `users.${column} is ${each}`).join(' and ');
  switch (problem) {
    case 'not_numbered':
      return fail(
        `users.id is ${type} without AUTO_INCREMENT, so a new user would get no number`,
        isWhole({ type })
          ? `Run, on a copy first: ALTER TABLE users MODIFY id ${type} NOT NULL AUTO_INCREMENT`
          : 'The bot serves tables whose users have a number, as Laravel makes them with $table->id().',
      );
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
    case 'demands_value':
      return fail(
        `a new user needs a value for ${alike.map(({ column, type: each }) => `${column} (${each})`).join(', ')}, which the bot does not know`,
        `Name values in NEW_USER_DEFAULTS (docs/existing-database.md), or let them be empty, on a copy first: ALTER TABLE users ${present.flatMap(({ name, nullable }) => (alike.some(({ column }) => column === name) ? `MODIFY \`${name}\` ${nullable}` : [])).join(', ')}`,
      );
  }
}

function narrowEmail(present: readonly ColumnFacts[]): Verdict | undefined {
  const email = present.find(({ name }) => name.toLowerCase() === 'email');
  if (email === undefined || email.length === undefined || email.length >= LONGEST_EMAIL) return undefined;
  return warn(
    `users.email takes ${email.length} characters, and a depot server may list up to ${LONGEST_EMAIL}`,
    `A preview with a longer email fails. Run, on a copy first: ALTER TABLE users MODIFY email VARCHAR(${LONGEST_EMAIL}) NOT NULL, with the column's own collation`,
  );
}

/** The same statement as in the message of a refused run. */
const ADD_INDEX = 'ADD UNIQUE INDEX users_email_location_unique (email, location_id)';

/** Checks the unique indexes: an email is unique within a location, and may occur at several (contract, section 2). */
export async function indexes(db: Database, inspection: Inspection, found: Tables): Promise<Verdict> {
  const unique = await uniqueIndexes(db);
  const inTheWay = unique.filter(isInTheWay).map(({ name }) => name);
  const right = unique.find(isPerLocation);
  if (right !== undefined && inTheWay.length === 0)
    return mayRefuse(unique, found) ?? pass(`${right.name} (email, location_id)`);
  const steps = [
    ...inTheWay.map((name) => `DROP INDEX \`${name}\``),
    ...(right === undefined ? [ADD_INDEX] : []),
  ];
  const problems = [
    ...inTheWay.map((name) => `${name} allows an email at one location only`),
    ...(right === undefined ? ['no unique index over (email, location_id)'] : []),
  ];
  const repeated = right === undefined ? await repeatedUsers(inspection) : 0;
  const first =
    repeated === 0
      ? ''
      : `${repeated} emails stand more than once at a location; clear that first (SELECT email, location_id, COUNT(*) FROM users GROUP BY email, location_id HAVING COUNT(*) > 1). `;
  return fail(
    problems.join('; '),
    `${first}Run, on a copy first (docs/existing-database.md): ALTER TABLE users ${steps.join(', ')}`,
  );
}

function mayRefuse(unique: readonly UniqueIndex[], found: Tables): Verdict | undefined {
  const strict = strictIndexes(unique, found.get('users')?.columns ?? []);
  if (strict.length === 0) return undefined;
  return warn(
    `may refuse a user whom a depot server lists: ${strict.map(({ name, columns }) => `${name} (${columns.replaceAll(',', ', ')})`).join('; ')}`,
    'A sync that meets it is undone as a whole. An index of the whole email and location_id is enough: ask whoever made the others whether they can go.',
  );
}
