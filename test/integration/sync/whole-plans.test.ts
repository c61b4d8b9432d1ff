import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseRow } from '../../../src/depot-api/list/pages.ts';
import type { ListEnd, SourceRow, Target } from '../../../src/sync/ports/source.ts';
import { gradeOf } from '../../../src/sync/rules/rules.ts';
import { plannedChanges, type Run } from '../../../src/sync/run/run.ts';
import { AYU, BUDI, NO_COUNTS, planLines } from '../database/support/runs.ts';
import { type BotProcess, useTestbed } from '../database/support/testbed.ts';
import { type Core, createCore } from './support/core.ts';
import { decide, type Fate, type OracleRow, type OracleUser, type Verdict } from './support/plan-oracle.ts';
import { scriptedSource } from './support/scripted-source.ts';

const testbed = useTestbed();
const running = new AbortController().signal;

const PEOPLE = ['ani@dkm', 'budi@dkm', 'cici@dkm', 'dodi@dkm', 'edi@dkm', 'fani@dkm', 'gita@dkm'];
const person = fc.constantFrom(...PEOPLE);
type Way = (email: string) => string;

/** Ways to write a person's email that the contract calls the same. */
const SAME: readonly Way[] = [
  (email) => email,
  (email) => email,
  (email) => email.toUpperCase(),
  (email) => ` ${email}`,
  (email) => `${email}\r\n`,
  (email) => `\t${email} `,
];
/** Texts that are no email, but may mean the person. */
const UNCLEAR: readonly Way[] = [
  (email) => `"${email}"`,
  (email) => `Someone <${email}>`,
  (email) => `${email.slice(0, 2)}\u200b${email.slice(2)}`,
  (email) => `nobody@dkm; ${email}`,
  (email) => email.replace('@', ' @ '),
];
const PATTERNS: readonly Way[] = [
  (email) => email,
  (email) => email.toUpperCase(),
  (email) => `${email.slice(0, 2)}*`,
];

/** `status_user`, and what it says. */
const PRESENT = [
  [1, 'active'],
  ['1', 'active'],
  [undefined, 'active'],
] as const;
const status = fc.constantFrom(...PRESENT, ...PRESENT, [0, 'inactive'] as const, [7, 'unclear'] as const);

type ListRow = OracleRow & { readonly sent: object };
const rowOf = (isUsable: boolean, ways: readonly Way[]) =>
  fc.record({ person, way: fc.constantFrom(...ways), status }).map(
    ({ person, way, status: [said, status] }): ListRow => ({
      ...{ person, isUsable, status },
      sent: { email: way(person), status_user: said },
    }),
  );
const nobody = fc.record({ email: fc.constantFrom(undefined, null, '', ' \t'), status }).map(
  ({ email, status: [said, status] }): ListRow => ({
    ...{ person: undefined, isUsable: false, status },
    sent: { email, status_user: said },
  }),
);
const list = fc.array(
  fc.oneof(
    { weight: 12, arbitrary: rowOf(true, SAME) },
    { weight: 2, arbitrary: rowOf(false, UNCLEAR) },
    nobody,
  ),
  { maxLength: 10 },
);

type TableRow = {
  readonly email: string;
  readonly person: string;
  readonly status: string;
  readonly mark: number;
};
const words = fc.constantFrom(
  'active',
  'active',
  'active',
  'inactive',
  'inactive',
  'Active',
  'suspended',
  '',
);
/** `mark`: which of the texts of `deleted_at`. */
const mark = fc.nat(20);
const user = fc
  .record({ person, way: fc.constantFrom(...SAME), status: words, mark })
  .map(({ way, ...row }): TableRow => ({ ...row, email: way(row.person) }));
const blank = fc
  .constantFrom('', ' ')
  .map((email): TableRow => ({ email, person: '', status: 'active', mark: 9 }));
const table = fc.array(fc.oneof({ weight: 14, arbitrary: user }, blank), { maxLength: 10 });

const settings = fc.record({
  protectedPersons: fc.oneof(fc.constant<string[]>([]), fc.subarray(PEOPLE, { minLength: 1, maxLength: 2 })),
  pattern: fc.constantFrom(...PATTERNS),
  limits: fc.record({ count: fc.nat(2), percent: fc.constantFrom(0, 25, 50) }),
  absenceDays: fc.constantFrom(0, 0, 0, 1, 2),
  end: fc.constantFrom<ListEnd>('proven', 'proven', 'thin', 'thin', 'repeats', 'unknown'),
  hasTotal: fc.boolean(),
});

/** How a database says that a row is deleted, and that it is not. */
const DELETIONS: readonly (readonly [
  collation: string,
  type: string,
  deleted: readonly string[],
  standing: readonly (string | null)[],
])[] = [
  ['utf8mb4_unicode_ci', 'TIMESTAMP', ['2025-03-01'], [null]],
  ['utf8mb4_bin', 'TINYINT', ['1'], [null, '0']],
  ['utf8mb4_general_ci', 'VARCHAR(30)', ['yes', '2025-03-01'], [null, '', '0', '0000-00-00 00:00:00']],
];

describe.each(DELETIONS)('under %s, with deleted_at as %s', (collation, type, deleted, standing) => {
  let elsewhere: Target;
  let others: readonly string[];
  const bots = new Map<number, BotProcess>();

  beforeAll(async () => {
    await testbed.sql('DELETE FROM users');
    await testbed.sql(`ALTER TABLE users CONVERT TO CHARACTER SET utf8mb4 COLLATE ${collation}`);
    await testbed.sql(`ALTER TABLE users ADD deleted_at ${type} NULL, MODIFY status VARCHAR(20) NOT NULL`);
    elsewhere = await testbed.location();
    await testbed.addUsers(elsewhere, Object.fromEntries(PEOPLE.map((email) => [email, 'active'])));
    others = await statusesAt(elsewhere);
    for (const absenceDays of [0, 1, 2]) bots.set(absenceDays, testbed.another({ absenceDays }));
  });

  afterAll(async () => {
    expect(await statusesAt(elsewhere)).toEqual(others);
    await testbed.sql('ALTER TABLE users DROP COLUMN deleted_at');
  });

  it('any plan is the one that the documentation describes, and is carried out as shown', async () => {
    await fc.assert(
      fc.asyncProperty(list, table, settings, async (listed, tabled, { pattern, hasTotal, ...set }) => {
        const target = await testbed.location();
        const users = await stand(target, tabled);
        const rows = listed.map(({ sent }, index) => parseRow({ id_user: index + 1, ...sent }, 1));
        const read = { pages: [rows], end: set.end, ...(hasTotal ? {} : { total: 'none' as const }) };
        const bot = bots.get(set.absenceDays) ?? testbed.bot;
        const core = createCore(bot, {
          targets: [target],
          source: scriptedSource(read, read, read, read),
          protectedEmails: set.protectedPersons.map(pattern),
          guard: set.limits,
        });
        const run = await previewed(bot, core, 'first');
        const verdict = decide(listed, users, set);
        if (verdict === undefined) {
          expect(run).toMatchObject({ status: 'failed', failure: { code: 'list_empty' } });
          expect(await statusesAt(target)).toEqual(users.map((user) => shown(user, user.status)).sort());
          return;
        }
        const plan = (await planLines(bot, run.id)).map((line) => line.replace(/users\.id \d+/, 'users.id'));
        expect(plan.sort()).toEqual(linesOf(verdict, rows));
        expect(run.counts).toEqual(countsOf(verdict, listed));
        expect(gradeOf(run.guard)).toBe(verdict.guard);
        expect(run.status).toBe(plannedChanges(run.counts) > 0 ? 'ready' : 'completed');
        if (run.status === 'ready') await executed(core, run);
        expect(await statusesAt(target)).toEqual(usersAfter(verdict));
        // Where nobody is left active, the second preview may refuse the list, but changes nobody either.
        expect(plannedChanges((await previewed(bot, core, 'second')).counts)).toBe(0);
      }),
      { numRuns: 12, seed: 2 },
    );
  });

  /** Writes the users of which the unique index takes one each, and tells who stands. */
  async function stand({ locationId }: Target, rows: readonly TableRow[]): Promise<readonly OracleUser[]> {
    const users: OracleUser[] = [];
    for (const { email, person, status, mark } of rows) {
      const isDeleted = mark < 4;
      const marks = isDeleted ? deleted : standing;
      const values = [locationId, email, status, marks[mark % marks.length]];
      const [isNew] = await testbed.sql<unknown>(
        'SELECT 1 FROM DUAL WHERE NOT EXISTS (SELECT 1 FROM users WHERE location_id = ? AND email = ?)',
        [locationId, email],
      );
      if (isNew === undefined) continue;
      await testbed.sql(
        'INSERT INTO users (location_id, email, status, deleted_at) VALUES (?, ?, ?, ?)',
        values,
      );
      const equal = await testbed.sql('SELECT 1 FROM users WHERE location_id = ? AND email = ?', [
        locationId,
        person,
      ]);
      // Several users may stand for one person, of whom the index calls one equal.
      const isExact = equal.length > 0 && !users.some((each) => each.person === person && each.isExact);
      users.push({ email, person, status, deleted: isDeleted, isExact });
    }
    return users;
  }
});

async function previewed(bot: BotProcess, core: Core, requestKey: string): Promise<Run> {
  const [target = ''] = core.targets;
  const request = { target, channelId: 'C1', actor: AYU, requestKey: `${target} ${requestKey}` };
  const opened = await core.preview.request(request);
  if (opened.outcome !== 'requested') throw new Error(opened.outcome);
  await core.preview.read(opened, running);
  const run = await bot.runs.find(opened.run.id);
  if (run === undefined) throw new Error('The run is gone');
  return run;
}

async function executed(core: Core, { id, target, guard }: Run): Promise<void> {
  const declared = guard.tripped ? { target, reason: 'they left' } : undefined;
  const confirmed = await core.execution.confirm(
    { runId: id, actor: BUDI, message: undefined },
    { declaration: declared },
  );
  if (confirmed.outcome !== 'claimed') throw new Error(confirmed.outcome);
  await core.execution.execute(confirmed, running);
}

const shown = ({ email }: Pick<OracleUser, 'email'>, status: string) => `${JSON.stringify(email)} ${status}`;

async function statusesAt({ locationId }: Target): Promise<readonly string[]> {
  const rows = await testbed.sql<{ email: string; status: string }>(
    'SELECT email, status FROM users WHERE location_id = ?',
    [locationId],
  );
  return rows.map((user) => shown(user, user.status)).sort();
}

function linesOf({ fates, added }: Verdict, rows: readonly SourceRow[]): readonly string[] {
  const listed = [...fates].filter(([, fate]) => fate !== 'unchanged' && fate !== 'inactive');
  const skipped = rows.filter(({ skip }) => skip !== undefined);
  return [
    ...added.map((email) => `add ${email}`),
    ...listed.map(([{ email }, fate]) => `${fate} ${email.trim() === '' ? 'users.id' : email}`),
    ...skipped.map(({ email, rawEmail = '' }) => `skipped ${email ?? rawEmail}`),
  ].sort();
}

function countsOf({ fates, added }: Verdict, listed: readonly OracleRow[]): Run['counts'] {
  const count = (fate: Fate) => [...fates.values()].filter((each) => each === fate).length;
  const here = listed.filter(({ isUsable, status }) => isUsable && status === 'active');
  return {
    ...NO_COUNTS,
    source: listed.length,
    add: added.length,
    reactivate: count('reactivate'),
    deactivate: count('deactivate'),
    protected: count('protected'),
    kept: count('kept'),
    unchanged: count('unchanged'),
    alreadyInactive: count('inactive'),
    skipped: listed.filter(({ isUsable, status }) => !isUsable || status === 'unclear').length,
    duplicates: here.length - new Set(here.map(({ person }) => person)).size,
  };
}

function usersAfter({ fates, added }: Verdict): readonly string[] {
  const AFTER: Partial<Record<Fate, string>> = { reactivate: 'active', deactivate: 'inactive' };
  const known = [...fates].map(([user, fate]) => shown(user, AFTER[fate] ?? user.status));
  return [...known, ...added.map((email) => shown({ email }, 'active'))].sort();
}
