import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { SourceRow } from '../../../src/sync/ports/source.ts';
import type { UserStatus } from '../../../src/sync/run/change.ts';
import { plannedChanges, type RunCounts } from '../../../src/sync/run/run.ts';
import { sourceRow } from './support/rows.ts';
import { apply, claim, draftRun, NO_COUNTS, present } from './support/runs.ts';
import { useTestbed } from './support/testbed.ts';

const testbed = useTestbed();

type Users = Readonly<Record<string, UserStatus>>;
type Expected = { readonly users: Users; readonly counts: RunCounts };

const PROTECTED = 'p';

type Fate = keyof Omit<RunCounts, 'source' | 'omitted' | 'kept' | 'skipped' | 'duplicates'>;

/** The table of design.md, written once more without SQL. */
function fate(email: string, before: UserStatus | undefined, here: boolean, maybeHere: boolean): Fate {
  if (before === undefined) return 'add';
  if (before === 'inactive') return here ? 'reactivate' : 'alreadyInactive';
  if (maybeHere) return 'unchanged';
  return email.startsWith(PROTECTED) ? 'protected' : 'deactivate';
}

const AFTER: Record<Fate, UserStatus> = {
  add: 'active',
  reactivate: 'active',
  unchanged: 'active',
  protected: 'active',
  deactivate: 'inactive',
  alreadyInactive: 'inactive',
};

/** Such a list is never believed while users are active here. */
function namesNobody(lists: readonly SourceRow[][]): boolean {
  return !lists
    .at(-1)
    ?.some(({ email, active, skip }) => email !== undefined && active && skip === undefined);
}

function expected(before: Users, reads: readonly SourceRow[][]): Expected {
  const last = reads.at(-1) ?? [];
  const present = last.flatMap(({ email, active, skip }) =>
    active && skip === undefined ? (email ?? []) : [],
  );
  const here = new Set(present);
  const maybeHere = new Set(
    reads.flat().flatMap((row) => (row.active || row.skip !== undefined ? [row.email] : [])),
  );
  const counts = {
    ...NO_COUNTS,
    source: new Set(last.map(({ id }) => id)).size,
    skipped: last.filter(({ skip }) => skip !== undefined).length,
    duplicates: present.length - here.size,
  };
  const users: Record<string, UserStatus> = {};
  for (const email of new Set([...Object.keys(before), ...here])) {
    const its = fate(email, before[email], here.has(email), maybeHere.has(email));
    counts[its] += 1;
    users[email] = AFTER[its];
  }
  return { users, counts };
}

/** Few letters, so that lists and tables meet often. */
const email = fc
  .string({ unit: fc.constantFrom('a', 'b', PROTECTED), minLength: 1, maxLength: 3 })
  .map((name) => `${name}@dkm`);
const users = fc.dictionary(email, fc.constantFrom<UserStatus>('active', 'inactive'), { maxKeys: 12 });
const row = fc.oneof(
  { weight: 8, arbitrary: fc.record({ email }) },
  { weight: 2, arbitrary: fc.record({ email, active: fc.constant(false) }) },
  { weight: 1, arbitrary: fc.record({ email, skip: fc.constant('bad_status' as const) }) },
  {
    weight: 1,
    arbitrary: fc.record({ email: fc.constant(undefined), skip: fc.constant('no_email' as const) }),
  },
);
const read = fc
  .array(row, { maxLength: 14 })
  .map((rows) => rows.map((each, id) => sourceRow({ id: id + 1, ...each })));
const reads = fc.array(read, { minLength: 1, maxLength: 2 });

describe('any list and any users', () => {
  it('end as the table of the design says, and leave every other location alone', async () => {
    const elsewhere = await testbed.location();
    await testbed.addUsers(elsewhere, { 'a@dkm': 'active', 'b@dkm': 'inactive', 'ab@dkm': 'active' });
    const others = await testbed.usersAt(elsewhere);
    await fc.assert(
      fc.asyncProperty(users, reads, async (before, lists) => {
        const target = await testbed.location();
        await testbed.addUsers(target, before);
        if (namesNobody(lists) && Object.values(before).includes('active')) {
          await expect(draftRun(testbed.bot, target, lists)).rejects.toThrow('No plan was drafted: empty');
          expect(await testbed.usersAt(target)).toEqual(before);
          return;
        }
        const drafted = await draftRun(testbed.bot, target, lists, [`${PROTECTED}*`]);
        const model = expected(before, lists);
        expect(drafted.facts.counts).toEqual(model.counts);
        const shown = await present(testbed.bot, drafted);
        if (plannedChanges(model.counts) > 0) await apply(testbed.bot, await claim(testbed.bot, shown));
        expect(await testbed.usersAt(target)).toEqual(model.users);
        expect(await testbed.usersAt(elsewhere)).toEqual(others);
      }),
      { numRuns: 40 },
    );
  });
});
