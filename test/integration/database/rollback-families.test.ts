import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { verifyAudit } from '../../../src/database/audit/verify-audit.ts';
import { en } from '../../../src/slack/text/en.ts';
import { rollbackLines } from '../../../src/slack/views/run/summary.ts';
import type { Target } from '../../../src/sync/ports/source.ts';
import type { UserStatus } from '../../../src/sync/run/change.ts';
import { plannedChanges, type Run } from '../../../src/sync/run/run.ts';
import { changesOf, historyModel, type Line, type PastRun, type Row } from './support/history-model.ts';
import { listOf } from './support/rows.ts';
import {
  apply,
  claim,
  type DraftedRun,
  draftRun,
  openRun,
  planLines,
  present,
  rules,
  without,
} from './support/runs.ts';
import { useTestbed } from './support/testbed.ts';

const testbed = useTestbed();

/** Few, so that steps often meet. */
const PEOPLE = ['ani@dkm', 'budi@dkm', 'cici@dkm'];
/** Is on every list: one without anybody would be refused. */
const STAYS = 'stays@dkm';

const sometimes = fc.oneof(
  { weight: 3, arbitrary: fc.constant([]) },
  { weight: 1, arbitrary: fc.subarray(PEOPLE, { minLength: 1, maxLength: 2 }) },
);
/** `isRenamed`: under another name of the same target. */
const any = { leftOut: sometimes, protectedEmails: sometimes, isRenamed: fc.boolean() };
const sync = fc.record({ kind: fc.constant('sync'), list: fc.subarray(PEOPLE), ...any });
/** `back`: how many runs ago. */
const rollback = fc.record({ kind: fc.constant('rollback'), back: fc.nat(4), ...any });
/** What the application writes to a row, beside removing it. */
const WRITES = {
  activate: () => ({ status: 'active' }),
  deactivate: () => ({ status: 'inactive' }),
  'soft-delete': () => ({ deleted: true }),
  restore: () => ({ deleted: false }),
  rename: (email: string) => ({ email }),
} satisfies Record<string, (email: string) => Partial<Row>>;
const write = fc.record({
  kind: fc.constantFrom('activate', 'deactivate', 'soft-delete', 'restore', 'rename', 'delete', 'add again'),
  who: fc.constantFrom(...PEOPLE),
  to: fc.constantFrom(...PEOPLE, 'edi@dkm'),
});
type Options = {
  readonly leftOut: readonly string[];
  readonly protectedEmails: readonly string[];
  readonly isRenamed: boolean;
};
type Write = {
  readonly kind: keyof typeof WRITES | 'delete' | 'add again';
  readonly who: string;
  readonly to: string;
};
type Step =
  | (Options & { readonly kind: string; readonly list: readonly string[] })
  | (Options & { readonly kind: string; readonly back: number })
  | Write;

const users = fc.dictionary(fc.constantFrom(...PEOPLE), fc.constantFrom<UserStatus>('active', 'inactive'));
/** First syncs, which lie upon each other, then mostly rollbacks. */
const history = <T, U>(one: fc.Arbitrary<T>, then: fc.Arbitrary<U>) =>
  fc
    .tuple(fc.array(one, { minLength: 2, maxLength: 4 }), fc.array(then, { minLength: 2, maxLength: 5 }))
    .map(([past, later]) => [...past, ...later]);
const byBot = history(sync, fc.oneof(sync, { weight: 3, arbitrary: rollback }));
const byAll: fc.Arbitrary<readonly Step[]> = history(
  fc.oneof({ weight: 2, arbitrary: sync }, write),
  fc.oneof(sync, write, { weight: 4, arbitrary: rollback }),
);

let elsewhere: Target;
beforeAll(async () => {
  await testbed.sql('ALTER TABLE users ADD deleted_at TIMESTAMP NULL');
  elsewhere = await testbed.location();
  await testbed.addUsers(elsewhere, { 'ani@dkm': 'active', 'budi@dkm': 'inactive' });
});

afterAll(async () => {
  expect(await storedAt(elsewhere)).toEqual(['ani@dkm active', 'budi@dkm inactive']);
  expect(await verifyAudit(testbed.bot.db)).toMatchObject({ outcome: 'whole' });
});

async function storedAt({ locationId }: Target): Promise<readonly string[]> {
  const rows = await testbed.sql<{ user: string }>(
    `SELECT CONCAT(email, ' ', status, IF(deleted_at IS NULL, '', ' deleted')) AS user FROM users
     WHERE location_id = ? ORDER BY email`,
    [locationId],
  );
  return rows.map(({ user }) => user);
}

/** A location where steps happen; each is compared with the model's. */
async function historyAt(first: Readonly<Record<string, UserStatus>>) {
  const [target, model] = [await testbed.location(), historyModel()];
  await testbed.addUsers(target, first);
  for (const [email, status] of Object.entries(first)) model.rows.add({ email, status, deleted: false });
  const named = (isRenamed: boolean) => ({ ...target, name: `${target.name}${isRenamed ? ' too' : ''}` });

  async function synced(list: readonly string[], { leftOut, protectedEmails, isRenamed }: Options) {
    const all = [...list, STAYS];
    const drafted = await draftRun(testbed.bot, named(isRenamed), [listOf(...all)], protectedEmails);
    await carriedOut(drafted, model.planSync(new Set(all), protectedEmails), leftOut);
  }

  /** A run that was taken back is not taken back again; false is the answer then. */
  async function takenBack(
    past: PastRun,
    { leftOut, protectedEmails, isRenamed }: Options = ALL,
  ): Promise<boolean> {
    if ((await takerOf(past)) !== undefined) return false;
    if (past.changes.length === 0) return true;
    const opened = await openRun(testbed.bot, named(isRenamed), { reverts: past.id });
    const facts = await testbed.bot.plans.invert(opened.lease, past.id, rules({ protectedEmails }));
    const plan = await planLines(testbed.bot, opened.run.id);
    const lines = model.planRollback(past, protectedEmails);
    const done = await carriedOut({ ...opened, facts, plan }, lines, leftOut, past.id);
    if (plannedChanges(done.counts) === 0) {
      expect(await takerOf(past)).toBeUndefined();
      return true;
    }
    const left = model.countLeft(past);
    expect(done.leftInForce).toBe(left);
    expect(await takerOf(past)).toBe(left === 0 ? done.id : undefined);
    const rest = left === 1 ? 'in force for 1 user:' : `in force for ${left} users:`;
    expect(rollbackLines(en, done).join().includes(rest)).toBe(left > 0);
    return true;
  }

  async function carriedOut(
    drafted: DraftedRun,
    lines: readonly Line[],
    leftOut: readonly string[],
    reverts?: number,
  ): Promise<Run> {
    expect([...drafted.plan].sort()).toEqual(lines.map(({ action, email }) => `${action} ${email}`).sort());
    const shown = await present(testbed.bot, drafted);
    const emails = changesOf(lines).map(({ email }) => email);
    const omitted = emails.filter((email) => leftOut.includes(email));
    if (emails.length === 0) {
      expect(shown.status).toBe('completed');
      model.carryOut(shown.id, reverts, []);
      return shown;
    }
    // A plan from which everybody is left out is none.
    const isShorter = omitted.length > 0 && omitted.length < emails.length;
    const run = isShorter ? await without(testbed.bot, shown, omitted) : shown;
    const done = await apply(testbed.bot, await claim(testbed.bot, run));
    model.carryOut(
      done.id,
      reverts,
      isShorter ? lines.filter(({ email }) => !omitted.includes(email)) : lines,
    );
    expect(plannedChanges(done.counts)).toBe(model.runs.at(-1)?.changes.length);
    return done;
  }

  const takerOf = async ({ id }: PastRun) => (await testbed.bot.runs.find(id))?.takenBackBy;

  async function wrote({ kind, who, to }: Write): Promise<void> {
    const [row, here] = [model.at(who), [target.locationId, who]];
    if (kind === 'delete' || kind === 'add again') {
      if (row !== undefined) model.rows.delete(row);
      await testbed.sql('DELETE FROM users WHERE location_id = ? AND email = ?', here);
      if (kind === 'delete') return;
      model.rows.add({ email: who, status: 'active', deleted: false });
      return testbed.addUsers(target, { [who]: 'active' });
    }
    if (row === undefined || (kind === 'rename' && model.at(to) !== undefined)) return;
    const { email, status, deleted } = Object.assign(row, WRITES[kind](to));
    await testbed.sql(
      `UPDATE users SET email = ?, status = ?, deleted_at = IF(?, UTC_TIMESTAMP(), NULL)
       WHERE location_id = ? AND email = ?`,
      [email, status, deleted, ...here],
    );
  }

  return {
    model,
    takenBack,
    takerOf,
    go: async (step: Step) => {
      const past = 'back' in step ? model.runs.at(-1 - step.back) : undefined;
      if ('list' in step) await synced(step.list, step);
      else if ('who' in step) await wrote(step);
      else if (past !== undefined) await takenBack(past, step);
      expect(await storedAt(target)).toEqual(model.users());
    },
  };
}

const ALL: Options = { leftOut: [], protectedEmails: [], isRenamed: false };
const seed = 2;

/** What a later sync did to a user is set back by the application; rare by chance. */
const SET_BACK: readonly Step[] = [
  { kind: 'sync', list: ['ani@dkm', 'budi@dkm'], ...ALL },
  { kind: 'sync', list: [], ...ALL },
  { kind: 'activate', who: 'ani@dkm', to: 'ani@dkm' },
  { kind: 'rollback', back: 0, ...ALL },
  { kind: 'rollback', back: 2, ...ALL },
];

/** Whom the application soft-deleted, no sync or rollback decides for any more. */
const SOFT_DELETED: readonly Step[] = [
  { kind: 'sync', list: ['ani@dkm', 'budi@dkm'], ...ALL },
  { kind: 'soft-delete', who: 'ani@dkm', to: 'ani@dkm' },
  { kind: 'rollback', back: 0, ...ALL },
];

it('any syncs, rollbacks and writes of the application between them change whom the documentation says', async () => {
  await fc.assert(
    fc.asyncProperty(users, byAll, async (first, steps) => {
      const { go } = await historyAt(first);
      for (const step of steps) await go(step);
    }),
    { numRuns: 10, seed, examples: [SET_BACK, SOFT_DELETED].map((steps) => [{}, steps]) },
  );
});

it('whatever the bot did can be taken back: what is in force at any time, and everything in reverse', async () => {
  await fc.assert(
    fc.asyncProperty(users, byBot, async (first, steps) => {
      const { model, go, takenBack, takerOf } = await historyAt(first);
      const states: (readonly string[])[] = [];
      for (const step of steps) {
        const [before, runs] = [model.users(), model.runs.length];
        await go(step);
        if (model.runs.length > runs) states.push(before);
        const takers = await Promise.all(model.runs.map(takerOf));
        const open = model.runs.filter((_, index) => takers[index] === undefined);
        for (const row of [...model.rows].filter(model.isMadeBySync))
          expect(
            open.some((run) => model.undoesNewest(run, row)),
            `${row.email} can be taken back`,
          ).toBe(true);
      }
      for (const [index, past] of [...model.runs.entries()].reverse()) {
        expect(await takenBack(past)).toBe(true);
        const then = states[index] ?? [];
        // Whom a sync had added stays, inactive.
        const added = model.users().filter((user) => !then.includes(user));
        expect(model.users()).toEqual([...then, ...added].sort());
        expect(
          added.filter((user) => then.some((each) => each.split(' ')[0] === user.split(' ')[0])),
        ).toEqual([]);
        expect(added.every((user) => user.endsWith(' inactive'))).toBe(true);
      }
    }),
    { numRuns: 8, seed },
  );
});
