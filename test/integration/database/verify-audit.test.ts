import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type FreshDatabase, freshDatabase } from '../../../sandbox/database/database.ts';
import { auditHash, createAudit } from '../../../src/database/audit/audit.ts';
import { verifyAudit } from '../../../src/database/audit/verify-audit.ts';
import { type Database, openDatabase } from '../../../src/database/client.ts';

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
      'it does not continue the row before it',
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
      'it does not continue the row before it',
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

  test('goes on behind a break that somebody knows, and finds the next one', async () => {
    const hashOf = async (seq: number) => (await db.auditLog.findUniqueOrThrow({ where: { seq } })).hash;
    await tamper('DELETE FROM audit_logs WHERE seq = 2');
    const known = [{ seq: 3n, hash: (await hashOf(3)).slice(0, 12) }];
    expect(await verifyAudit(db)).toEqual({
      outcome: 'broken',
      seq: 3n,
      why: 'row 2 before it is missing',
      hash: await hashOf(3),
    });
    expect(await verifyAudit(db, [], known)).toEqual({ outcome: 'whole', rows: 4, breaks: [3n] });
    expect(await verifyAudit(db, [], [{ seq: 3n, hash: 'ffff' }])).toMatchObject({ seq: 3n });
    await tamper("UPDATE audit_logs SET actor_name = 'Budi' WHERE seq IN (1, 5)");
    expect(await verifyAudit(db, [], known)).toMatchObject({ outcome: 'broken', seq: 1n });
    const both = [...known, { seq: 1n, hash: await hashOf(1) }];
    expect(await verifyAudit(db, [], both)).toMatchObject({ outcome: 'broken', seq: 5n });
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
    expect(await verifyAudit(db, expected)).toEqual({ outcome: 'whole', rows: 5 });
    await forgeFrom(3, 'Budi');
    expect(await verifyAudit(db)).toEqual({ outcome: 'whole', rows: 5 });
    expect(await verifyAudit(db, expected)).toMatchObject({ outcome: 'broken', seq: 4n });
  });

  test('finds a chain whose last rows were cut off with their remembered end betrayed by a place beyond it', async () => {
    const { hash } = await db.auditLog.findUniqueOrThrow({ where: { seq: 3 } });
    await tamper('DELETE FROM audit_logs WHERE seq > 3');
    await tamper(`UPDATE audit_heads SET seq = 3, hash = '${hash}'`);
    expect(await verifyAudit(db)).toEqual({ outcome: 'whole', rows: 3 });
    expect(await verifyAudit(db, [{ seq: 5n, hash: 'abcd' }])).toEqual({
      outcome: 'broken',
      seq: 5n,
      why: 'it was there once, and the chain ends at row 3',
    });
  });
});
