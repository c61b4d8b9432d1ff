import type { Inspection } from '../../database/inspect.ts';
import { type ColumnFacts, type TableFacts, tableFacts } from '../../database/inspect-tables.ts';
import { fail, pass, type Verdict } from './finding.ts';

type Tables = ReadonlyMap<string, TableFacts>;

const NAMES = ['users', 'locations'];

/** What of the two tables is the Laravel application's is not looked at (contract, section 2). */
const USED = ['id', 'email', 'location_id', 'status', 'created_at', 'updated_at'];

export async function laravelTables(inspect: () => Promise<Inspection>): Promise<Tables> {
  return tableFacts(await inspect(), NAMES);
}

/** Both are there, in an engine that can undo: a sync is one transaction or nothing. */
export function tables(found: Tables): Verdict {
  const missing = NAMES.filter((name) => !found.has(name));
  if (missing.length > 0) {
    return fail(
      `${missing.join(' and ')} missing, or hidden from this user`,
      'If DATABASE_URL names the right database and it is a new one, run: npm run migrate',
    );
  }
  const others = [...found].filter(([, { engine }]) => engine.toUpperCase() !== 'INNODB');
  if (others.length === 0) return pass('both are there, in InnoDB');
  return fail(
    others.map(([name, { engine }]) => `${name} is kept by ${engine || 'no engine'}, not InnoDB`).join('; '),
    `A sync could not be undone there. Run, on a copy first: ${others.map(([name]) => `ALTER TABLE ${name} ENGINE = InnoDB`).join('; ')}`,
  );
}

/** The bot can read users and add to them. */
export function columns(found: Tables): Verdict {
  const present = found.get('users')?.columns ?? [];
  const missing = USED.filter((name) => !present.some((column) => column.name.toLowerCase() === name));
  if (missing.length > 0) {
    return fail(
      `missing: ${missing.join(', ')}`,
      "Point DATABASE_URL at the right database; these columns are the Laravel application's to add.",
    );
  }
  return statusProblem(present) ?? demandedProblem(present) ?? pass('as the bot needs them');
}

function statusProblem(present: readonly ColumnFacts[]): Verdict | undefined {
  const type = present.find(({ name }) => name.toLowerCase() === 'status')?.type ?? '';
  const takesBoth = type.includes("'active'") && type.includes("'inactive'");
  if (takesBoth || /^(var)?char/i.test(type)) return undefined;
  return fail(
    `users.status is ${type}`,
    "The bot writes active and inactive. Change the column to ENUM('active', 'inactive') together with the application.",
  );
}

function demandedProblem(present: readonly ColumnFacts[]): Verdict | undefined {
  const others = present.filter(({ name, demanded }) => demanded && !USED.includes(name.toLowerCase()));
  if (others.length === 0) return undefined;
  return fail(
    `a new user needs a value for ${others.map(({ name, type }) => `${name} (${type})`).join(', ')}, which the bot does not know`,
    `Let them be empty, on a copy first: ALTER TABLE users ${others.map(({ name, type }) => `MODIFY \`${name}\` ${type} NULL`).join(', ')}`,
  );
}
