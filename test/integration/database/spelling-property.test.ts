import fc from 'fast-check';
import { expect, it } from 'vitest';
import { normalizeEmail } from '../../../src/depot-api/list/emails.ts';
import { parseRow } from '../../../src/depot-api/list/pages.ts';
import type { Target } from '../../../src/sync/ports/source.ts';
import type { UserStatus } from '../../../src/sync/run/change.ts';
import { draftRun } from './support/runs.ts';
import { useTestbed } from './support/testbed.ts';

const testbed = useTestbed();

/** Few people, so that lists and tables meet often. */
const person = fc.constantFrom('ani@dkm', 'budi@dkm', 'cici@dkm', 'dodi@dkm', 'superadmin');
const noise = fc.constantFrom('', '', '', ' ', '\t', '\r', '\r\n', '\u00a0', '\u200b', '\ufeff');
const inside = fc.constantFrom('', '', '', '', ' ', '\u200b', '\u00ad');
const spelling = fc
  .record({
    name: person,
    before: noise,
    after: noise,
    middle: inside,
    at: fc.nat(3),
    capitals: fc.boolean(),
  })
  .map(({ name, before, after, middle, at, capitals }) => {
    const text = `${before}${name.slice(0, at)}${middle}${name.slice(at)}${after}`;
    return capitals ? text.toUpperCase() : text;
  });

/** Written anew: the person of a text, whatever stands around and between its letters. */
const personOf = (text: string) => text.replace(/[\s\p{Z}\p{C}]+/gu, '').toLowerCase();
/** What the contract compares: trimmed and in small letters. */
const comparedAs = (text: string) => text.trim().toLowerCase();

const row = fc.record({ email: spelling, status: fc.constantFrom(1, 1, 1, 0, 7) });
const user = fc.record({ email: spelling, status: fc.constantFrom<UserStatus>('active', 'inactive') });

it.each(['utf8mb4_unicode_ci', 'utf8mb4_bin'])(
  'nobody is deactivated whom a row may mean, and no two users come to stand for one person, under %s',
  async (collation) => {
    await testbed.sql('DELETE FROM users');
    await testbed.sql(`ALTER TABLE users CONVERT TO CHARACTER SET utf8mb4 COLLATE ${collation}`);
    const lists = fc.array(row, { maxLength: 6 });
    const tables = fc.array(user, { maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(lists, tables, async (list, users) => {
        const target = await testbed.location();
        const before = await stand(target, users);
        const rows = [...list, { email: 'zz@dkm', status: 1 }].map(({ email, status }, index) =>
          parseRow({ id_user: index + 1, email, status_user: status }, 1),
        );
        const { plan } = await draftRun(testbed.bot, target, [rows]);
        const changed = (action: string) =>
          plan.filter((line) => line.startsWith(`${action} `)).map((line) => line.slice(action.length + 1));
        // A usable row says who it is; any other may mean whoever is left when nothing unseen is.
        const usable = list.filter(({ email }) => normalizeEmail(email) !== undefined);
        const unclear = list.filter(({ email }) => normalizeEmail(email) === undefined);
        const here = new Set(
          usable.filter(({ status }) => status !== 0).map(({ email }) => comparedAs(email)),
        );
        const maybeHere = new Set(unclear.map(({ email }) => personOf(email)));
        for (const email of changed('deactivate')) {
          expect(here).not.toContain(comparedAs(email));
          expect(maybeHere).not.toContain(personOf(email));
        }
        // Whoever stands for a person by the contract's comparison is not joined by a second active one.
        const raised = [...changed('add'), ...changed('reactivate')];
        for (const email of raised) {
          const twins = [...before].filter(([text, status]) => {
            return text !== email && status === 'active' && comparedAs(text) === comparedAs(email);
          });
          expect(twins).toEqual([]);
        }
        expect(new Set(raised.map(comparedAs)).size).toBe(raised.length);
      }),
      { numRuns: 150 },
    );
  },
);

/** Writes the users of which the unique index takes one each, and returns what stands then. */
async function stand(
  target: Target,
  users: readonly { readonly email: string; readonly status: UserStatus }[],
): Promise<ReadonlyMap<string, UserStatus>> {
  for (const { email, status } of users) {
    await testbed.sql('INSERT IGNORE INTO users (email, location_id, status) VALUES (?, ?, ?)', [
      email,
      target.locationId,
      status,
    ]);
  }
  return new Map(Object.entries(await testbed.usersAt(target)));
}
