import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { planHash } from '../../../src/database/plan/plan-facts.ts';
import type { Target } from '../../../src/sync/ports/source.ts';
import type { Run } from '../../../src/sync/run/run.ts';
import { listOf, sourceRow } from './support/rows.ts';
import { draftRun } from './support/runs.ts';
import { useTestbed } from './support/testbed.ts';

const testbed = useTestbed();

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

/** The run's part of the hash, as the documentation of `planHash` says. */
const approvedBy = async ({ id, requestedBy }: Run, target: Target) => {
  const [stored] = await testbed.sql<{ rules: string }>('SELECT rules FROM sync_runs WHERE id = ?', [id]);
  return JSON.stringify([target.name, String(target.locationId), requestedBy.id, null, stored?.rules]);
};

const drafted = async (emails: readonly string[], users = {}, at?: Target) => {
  const target = at ?? (await testbed.location());
  await testbed.addUsers(target, users);
  return draftRun(testbed.bot, target, [listOf(...emails)]);
};

describe('the hash of a plan', () => {
  it('is that of an equal plan', async () => {
    const target = await testbed.location();
    const one = await drafted(['a@dkm', 'b@dkm'], {}, target);
    const other = await drafted(['b@dkm', 'a@dkm', 'a@dkm'], {}, target);
    expect(other.facts.hash).toBe(one.facts.hash);
  });

  it('is the same each time it is taken', async () => {
    const { run, facts } = await drafted(['a@dkm'], { 'gone@dkm': 'active' });
    expect(await planHash(testbed.bot.db, run.id)).toBe(facts.hash);
  });

  it('is another one where an email differs only in its case', async () => {
    const target = await testbed.location();
    const [one, other] = [await drafted(['a@dkm'], {}, target), await drafted(['A@dkm'], {}, target)];
    expect(other.facts.hash).not.toBe(one.facts.hash);
  });

  it('is another one where the user has another id', async () => {
    const target = await testbed.location();
    const one = await drafted(['a@dkm'], { 'gone@dkm': 'active' }, target);
    await testbed.sql('DELETE FROM users WHERE location_id = ?', [target.locationId]);
    const other = await drafted(['a@dkm'], { 'gone@dkm': 'active' }, target);
    expect(other.plan).toEqual(one.plan);
    expect(other.facts.hash).not.toBe(one.facts.hash);
  });

  it('is another one where a row was skipped for another reason', async () => {
    const skipped = (skip: 'bad_email' | 'bad_status') => [
      sourceRow({ id: 1, email: undefined, skip, rawEmail: 'x' }),
    ];
    const target = await testbed.location();
    const one = await draftRun(testbed.bot, target, [skipped('bad_email')]);
    const other = await draftRun(testbed.bot, target, [skipped('bad_status')]);
    expect(other.facts.hash).not.toBe(one.facts.hash);
  });

  it('is another one where an email takes the place of what divides the changes', async () => {
    const target = await testbed.location();
    const one = await drafted(['a@dkm', 'b@dkm'], {}, target);
    // Where the length of an email did not stand before it, both would be one text.
    const other = await drafted(['a@dkm - - active - \n2 add b@dkm'], {}, target);
    expect(other.facts.hash).not.toBe(one.facts.hash);
  });

  it.each([
    ['the email', "email = 'b@dkm'"],
    ['the action', "action = 'reactivate'"],
    ['the position', 'seq = 7'],
    ['the user', 'user_id = 3'],
    ['the status before', "status_before = 'inactive'"],
    ['the status after', 'status_after = NULL'],
    ['the detail', "detail = 'x'"],
    ['the row of the list', 'source_id = 7'],
  ])('is another one where %s was changed', async (_, change) => {
    const { run, facts } = await drafted(['a@dkm']);
    await testbed.sql(`UPDATE sync_changes SET ${change} WHERE run_id = ?`, [run.id]);
    expect(await planHash(testbed.bot.db, run.id)).not.toBe(facts.hash);
  });

  it('is another one where a skipped row is another row of the list', async () => {
    const { run, facts } = await draftRun(testbed.bot, await testbed.location(), [
      [sourceRow({ id: 7, email: undefined, skip: 'bad_email', rawEmail: 'x' })],
    ]);
    await testbed.sql('UPDATE sync_changes SET source_id = 8 WHERE run_id = ?', [run.id]);
    expect(await planHash(testbed.bot.db, run.id)).not.toBe(facts.hash);
  });

  it('is what it was for a plan of an older version, whose details name the row', async () => {
    const target = await testbed.location();
    const { run } = await draftRun(testbed.bot, target, [
      [
        sourceRow({ id: 1, email: 'a@dkm' }),
        sourceRow({ id: 7, email: undefined, skip: 'bad_email', rawEmail: 'x' }),
      ],
    ]);
    await testbed.sql(
      "UPDATE sync_changes SET detail = 'id_user 7: bad_email', source_id = NULL WHERE run_id = ? AND seq = 2",
      [run.id],
    );
    const approved = await approvedBy(run, target);
    const changes = '1 add 5 a@dkm - - active - \n2 skipped 1 x - - - 20 id_user 7: bad_email';
    expect(await planHash(testbed.bot.db, run.id)).toBe(sha256(`${approved}\n${sha256(changes)}`));
  });

  it('covers the last character of the last of a thousand long emails', async () => {
    const long = (n: number) => `${'😀'.repeat(240)}${String(n).padStart(5, '0')}@dkm`;
    const { run, facts } = await drafted(Array.from({ length: 1000 }, (_, n) => long(n)));
    await testbed.sql(
      "UPDATE sync_changes SET email = REPLACE(email, '00999@dkm', '00999@dkn') WHERE run_id = ?",
      [run.id],
    );
    expect(await planHash(testbed.bot.db, run.id)).not.toBe(facts.hash);
  });

  it('covers what comes after the first thousand', async () => {
    const { run, facts } = await drafted(Array.from({ length: 1001 }, (_, n) => `user${n}@dkm`));
    await testbed.sql("UPDATE sync_changes SET email = 'evil@dkm' WHERE run_id = ? AND seq = 1001", [run.id]);
    expect(await planHash(testbed.bot.db, run.id)).not.toBe(facts.hash);
  });

  it('is one of the hashes of each thousand, in their order', async () => {
    const target = await testbed.location();
    const emails = Array.from({ length: 2500 }, (_, n) => `user${String(n).padStart(4, '0')}@dkm`);
    const { run, facts } = await drafted(emails, {}, target);
    const changes = emails.map((email, n) => `${n + 1} add ${email.length} ${email} - - active - `);
    const digests = [0, 1000, 2000].map((from) => sha256(changes.slice(from, from + 1000).join('\n')));
    expect(facts.hash).toBe(sha256(`${await approvedBy(run, target)}\n${digests.join('')}`));
  });

  it('covers a plan without changes', async () => {
    const { facts } = await drafted([]);
    expect(facts.hash).toMatch(/^[0-9a-f]{64}$/);
    expect(facts.hash).not.toBe((await drafted(['a@dkm'])).facts.hash);
  });
});
