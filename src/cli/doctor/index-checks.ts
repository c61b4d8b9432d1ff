import type { Database } from '../../database/client.ts';
import type { Inspection } from '../../database/schema/inspect.ts';
import { repeatedUsers } from '../../database/schema/inspect-tables.ts';
import { emailCollation, uniqueIndexes } from '../../database/schema/users-schema.ts';
import { fail, pass, type Verdict } from './finding.ts';

/** The same that a refused run shows in Slack. */
const ADD_INDEX = 'ADD UNIQUE INDEX users_email_location_unique (email, location_id)';

/** An email stands once at each location, and may stand at several (contract, section 2). */
export async function indexes(db: Database, inspection: Inspection): Promise<Verdict> {
  const unique = await uniqueIndexes(db);
  const inTheWay = unique.filter(({ columns }) => columns === 'email').map(({ name }) => name);
  const right = unique.find(({ columns }) => columns === 'email,location_id');
  if (right !== undefined && inTheWay.length === 0) return pass(`${right.name} (email, location_id)`);
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

/** What the bot compares emails by; only utf8mb4 can hold every email. */
export async function collation(db: Database): Promise<Verdict> {
  try {
    const collate = await emailCollation(db);
    return pass(collate.sql.replace('COLLATE', '').trim());
  } catch (error) {
    return fail(
      error instanceof Error ? error.message : String(error),
      'Run, on a copy first: ALTER TABLE users MODIFY email VARCHAR(255) CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci NOT NULL',
    );
  }
}
