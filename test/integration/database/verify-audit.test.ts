import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type FreshDatabase, freshDatabase } from '../../../sandbox/database/database.ts';
import { parsePlaces, runAuditVerification } from '../../../src/cli/audit-verify.ts';
import { auditHash, type Break, createAudit } from '../../../src/database/audit/audit.ts';
import { type Noted, verifyAudit } from '../../../src/database/audit/verify-audit.ts';
import { type Database, openDatabase } from '../../../src/database/client.ts';
import type { ChainPlace } from '../../../src/sync/ports/steps.ts';

describe('the walk along the audit chain', () => {
  let database: FreshDatabase;
  let db: Database;

  beforeEach(async () => {
    database = await freshDatabase({ migrated: true });
    db = openDatabase(database.url);
    const audit = createAudit(db);
    for (const target of ['dev', 'test', 'prod', 'dev', 'test']) {
      await audit.append({ step: 'requested', actor: { id: 'U1', name: 'Ayu' }, outcome: 'sync', target });
    }
    await database.connection.query('DROP TRIGGER audit_logs_refuse_update');
    await database.connection.query('DROP TRIGGER audit_logs_refuse_delete');
  });
  afterEach(async () => {
    await db.$disconnect();
    await database.drop();
  });

  const tamper = (sql: string) => database.connection.query(sql);

  test('finds an untouched chain whole, an empty one too', async () => {
    expect(await verifyAudit(db)).toEqual({ outcome: 'whole', rows: 5 });
    await tamper('DELETE FROM audit_logs');
    await tamper("UPDATE audit_heads SET seq = 0, hash = REPEAT('0', 64)");
    expect(await verifyAudit(db)).toEqual({ outcome: 'whole', rows: 0 });
  });

  test('finds it whole each time while rows are appended', async () => {
    const audit = createAudit(db);
    const append = () =>
      audit.append({ step: 'requested', actor: { id: 'U1', name: 'Ayu' }, outcome: 'sync', target: 'dev' });
    let appending = true;
    const appended = Promise.all(Array.from({ length: 40 }, append)).finally(() => {
      appending = false;
    });
    while (appending) expect(await verifyAudit(db)).toMatchObject({ outcome: 'whole' });
    await appended;
    expect(await verifyAudit(db)).toEqual({ outcome: 'whole', rows: 45 });
  });

  test.each([
    [
      'a changed row',
      "UPDATE audit_logs SET actor_name = 'Budi' WHERE seq = 3",
      3n,
      'its content was changed',
    ],
    [
      'facts that a row did not have',
      `UPDATE audit_logs SET facts = '{"kind":"superseded","byRunId":9}' WHERE seq = 3`,
      3n,
      'its content was changed',
    ],
    ['several removed rows', 'DELETE FROM audit_logs WHERE seq < 4', 4n, 'rows 1 to 3 before it are missing'],
    ['a removed row', 'DELETE FROM audit_logs WHERE seq = 2', 3n, 'row 2 before it is missing'],
    [
      'rows cut off at the end',
      'DELETE FROM audit_logs WHERE seq > 3',
      4n,
      'it is missing, and so is all after it',
    ],
    [
      'a row that names another one before it',
      "UPDATE audit_logs SET prev_hash = REPEAT('a', 64) WHERE seq = 4",
      4n,
      'it does not continue the row before it, and its content was changed',
    ],
    [
      'a remembered end that is another',
      'UPDATE audit_heads SET hash = REPEAT("b", 64)',
      5n,
      'it is not the end that audit_heads remembers',
    ],
    [
      'two rows that changed places',
      'UPDATE audit_logs SET seq = CASE seq WHEN 2 THEN 103 WHEN 3 THEN 102 ELSE seq + 100 END ORDER BY seq DESC; UPDATE audit_logs SET seq = seq - 100 ORDER BY seq',
      2n,
      'it does not continue the row before it, and its content was changed',
    ],
    [
      'a false row before the first',
      "INSERT INTO audit_logs SELECT 0, at, step, outcome, 'U9', actor_name, run_id, target, counts, reason, prev_hash, hash, facts FROM audit_logs WHERE seq = 1",
      0n,
      'rows count from 1',
    ],
    [
      'rows behind a remembered end that was moved back',
      'UPDATE audit_heads SET seq = 3, hash = (SELECT hash FROM audit_logs WHERE seq = 3)',
      4n,
      'it is behind the end that audit_heads remembers, row 3',
    ],
    [
      'a time that is none',
      "SET sql_mode = ''; UPDATE audit_logs SET at = '0000-00-00' WHERE seq = 2",
      2n,
      'its content was changed',
    ],
  ])('names the first broken place: %s', async (_, sql, seq, why) => {
    for (const statement of sql.split('; ')) await tamper(statement);
    expect(await verifyAudit(db)).toMatchObject({ outcome: 'broken', seq, why });
  });

  test('names the row after one whose content and hash were made anew', async () => {
    const row = await db.auditLog.findUniqueOrThrow({ where: { seq: 3 } });
    const actorName = 'Budi';
    const hash = auditHash({ ...row, actorName });
    await tamper(`UPDATE audit_logs SET actor_name = '${actorName}', hash = '${hash}' WHERE seq = 3`);
    const why = 'it does not continue the row before it';
    expect(await verifyAudit(db)).toMatchObject({ outcome: 'broken', seq: 4n, why });
  });

  /** The break that the check finds with these noted, as somebody notes it who knows why. */
  async function foundBreak(noted: Partial<Noted> = {}): Promise<Break> {
    const verdict = await verifyAudit(db, noted);
    if (verdict.outcome === 'whole' || verdict.at === undefined) throw new Error('There is no break');
    const { before, after } = verdict.at;
    const short = ({ seq, hash }: ChainPlace) => ({ seq, hash: hash.slice(0, 12) });
    return { before: short(before), after: short(after) };
  }

  test('goes on behind a break that somebody knows, and finds the next one', async () => {
    await tamper('DELETE FROM audit_logs WHERE seq = 2');
    const known = [await foundBreak()];
    expect(await verifyAudit(db, { known })).toMatchObject({
      outcome: 'whole',
      rows: 4,
      breaks: [{ after: { seq: 3n }, why: 'row 2 before it is missing' }],
    });
    await tamper("UPDATE audit_logs SET actor_name = 'Budi' WHERE seq = 5");
    expect(await verifyAudit(db, { known })).toMatchObject({ outcome: 'broken', seq: 5n });
    const both = [...known, await foundBreak({ known })];
    expect(await verifyAudit(db, { known: both })).toMatchObject({ outcome: 'whole', rows: 4 });
  });

  test.each([
    [
      'rows before it are removed',
      'DELETE FROM audit_logs WHERE seq IN (2, 3)',
      'rows 2 to 3 before it are missing, and its content was changed',
    ],
    [
      'it is changed once more',
      "UPDATE audit_logs SET actor_name = 'Citra' WHERE seq = 4",
      'its content was changed',
    ],
    [
      'it names another row before it',
      "UPDATE audit_logs SET prev_hash = REPEAT('a', 64) WHERE seq = 4",
      'it does not continue the row before it, and its content was changed',
    ],
  ])('excuses a known break no longer where %s', async (_, sql, why) => {
    await tamper("UPDATE audit_logs SET actor_name = 'Budi' WHERE seq = 4");
    const known = [await foundBreak()];
    expect(await verifyAudit(db, { known })).toMatchObject({ outcome: 'whole', rows: 5 });
    await tamper(sql);
    expect(await verifyAudit(db, { known })).toMatchObject({ outcome: 'broken', seq: 4n, why });
  });

  test('says how to go on behind each break, and still behind those that are known', async () => {
    await tamper('DELETE FROM audit_logs WHERE seq = 2');
    await tamper("UPDATE audit_logs SET actor_name = 'Budi' WHERE seq = 5");
    const { hash } = await db.auditLog.findUniqueOrThrow({ where: { seq: 4 } });
    const expected = ['--expect', `4:${hash}`];
    const run = (words: readonly string[]) =>
      runAuditVerification(database.url, parsePlaces([...words, ...expected]));
    const suggested = async (words: readonly string[]) => {
      const [, options = ''] = (await run(words)).flaws
        .join()
        .split('with the places that you expect: npm run audit:verify -- ');
      return options.split(' ');
    };
    const both = await suggested(await suggested([]));
    expect((await run(both)).findings).toEqual([
      'The audit chain is whole, but for known breaks: 4 rows. It has every place that was expected: 1.',
      'Known break at row 3: row 2 before it is missing',
      'Known break at row 5: its content was changed',
    ]);
  });

  test('finds rows before a known break that were written anew, hashes included', async () => {
    await tamper("UPDATE audit_logs SET actor_name = 'Budi' WHERE seq = 4");
    const known = [await foundBreak()];
    const row = await db.auditLog.findUniqueOrThrow({ where: { seq: 3 } });
    const hash = auditHash({ ...row, actorName: 'Citra' });
    await tamper(`UPDATE audit_logs SET actor_name = 'Citra', hash = '${hash}' WHERE seq = 3`);
    await tamper(`UPDATE audit_logs SET prev_hash = '${hash}' WHERE seq = 4`);
    expect(await verifyAudit(db, { known })).toMatchObject({ outcome: 'broken', seq: 4n });
  });

  test('says that a known break is gone, where the chain was written anew from there on', async () => {
    await tamper("UPDATE audit_logs SET actor_name = 'Budi' WHERE seq = 4");
    const known = [await foundBreak()];
    await forgeFrom(4, 'Budi');
    expect(await verifyAudit(db, { known })).toMatchObject({
      outcome: 'broken',
      seq: 4n,
      why: expect.stringContaining('the known break before it is gone'),
    });
  });

  test('finds a place that somebody noted missing, although the gap there is known', async () => {
    await tamper('DELETE FROM audit_logs WHERE seq IN (2, 3)');
    const known = [await foundBreak()];
    for (const seq of [2n, 3n]) {
      const expected = [{ seq, hash: 'abcd' }];
      expect(await verifyAudit(db, { expected, known })).toEqual({
        outcome: 'broken',
        seq,
        why: 'it was there once, and is missing; the chain ends at row 5',
      });
    }
  });

  /** Whoever owns the database can write a chain that is whole in itself, its remembered end included. */
  async function forgeFrom(seq: number, actorName: string): Promise<void> {
    await tamper(`UPDATE audit_logs SET actor_name = '${actorName}' WHERE seq = ${seq}`);
    const rows = await db.auditLog.findMany({ where: { seq: { gte: seq } }, orderBy: { seq: 'asc' } });
    let { hash } = await db.auditLog.findUniqueOrThrow({ where: { seq: seq - 1 } });
    for (const row of rows) {
      const forged = { ...row, prevHash: hash };
      hash = auditHash(forged);
      await tamper(
        `UPDATE audit_logs SET prev_hash = '${forged.prevHash}', hash = '${hash}' WHERE seq = ${row.seq}`,
      );
    }
    await tamper(`UPDATE audit_heads SET hash = '${hash}'`);
  }

  test('finds a chain that was written anew whole in itself, and betrayed by a place that somebody noted down', async () => {
    const { hash } = await db.auditLog.findUniqueOrThrow({ where: { seq: 4 } });
    const expected = [{ seq: 4n, hash: hash.slice(0, 12) }];
    expect(await verifyAudit(db, { expected })).toEqual({ outcome: 'whole', rows: 5 });
    await forgeFrom(3, 'Budi');
    expect(await verifyAudit(db)).toEqual({ outcome: 'whole', rows: 5 });
    expect(await verifyAudit(db, { expected })).toMatchObject({ outcome: 'broken', seq: 4n });
  });

  test('finds a chain whose last rows were cut off with their remembered end betrayed by a place beyond it', async () => {
    const { hash } = await db.auditLog.findUniqueOrThrow({ where: { seq: 3 } });
    await tamper('DELETE FROM audit_logs WHERE seq > 3');
    await tamper(`UPDATE audit_heads SET seq = 3, hash = '${hash}'`);
    expect(await verifyAudit(db)).toEqual({ outcome: 'whole', rows: 3 });
    expect(await verifyAudit(db, { expected: [{ seq: 5n, hash: 'abcd' }] })).toEqual({
      outcome: 'broken',
      seq: 5n,
      why: 'it was there once, and is missing; the chain ends at row 3',
    });
  });
});
