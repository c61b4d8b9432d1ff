import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { auditHash } from '../../../src/database/audit/audit.ts';
import { verifyAudit } from '../../../src/database/audit/verify-audit.ts';
import { AYU, NO_COUNTS } from './support/runs.ts';
import { useTestbed } from './support/testbed.ts';

const testbed = useTestbed();

const rows = () => testbed.bot.db.auditLog.findMany({ orderBy: { seq: 'asc' } });

describe('the audit trail', () => {
  it('keeps what was done by whom, at what time, each row linked to the one before', async () => {
    await testbed.bot.audit.append({
      step: 'refused',
      actor: AYU,
      outcome: 'not_admin',
      runId: 7,
      target: 'dev',
      counts: { ...NO_COUNTS, add: 3 },
      reason: 'not_listed',
    });
    await testbed.bot.audit.append({ step: 'requested', actor: AYU, outcome: 'sync' });
    const [first, second] = (await rows()).slice(-2);
    if (first === undefined || second === undefined) throw new Error('Rows are missing');
    expect(first).toMatchObject({
      actorId: AYU.id,
      actorName: AYU.name,
      runId: 7,
      target: 'dev',
      reason: 'not_listed',
    });
    expect(JSON.parse(first.counts ?? '')).toEqual({ ...NO_COUNTS, add: 3 });
    expect(second).toMatchObject({ prevHash: first.hash, seq: first.seq + 1n, runId: null, counts: null });
    expect([first.hash, second.hash]).toEqual([auditHash(first), auditHash(second)]);
  });

  it.each([
    ['emoji and quotes', '😀 \\ \' " \0 \n\t'],
    ['half a character', 'cut \ud83d in two \ude00'],
    ['a whole novel', '😀'.repeat(5000)],
    ['a date', '2025-01-01T00:00:00.000Z'],
    ['nothing', ''],
  ])('verifies where a reason and a name are %s', async (_, text) => {
    await testbed.bot.audit.append({
      step: 'refused',
      actor: { id: text, name: text },
      outcome: text,
      target: text,
      reason: text,
    });
    expect(await verifyAudit(testbed.bot.db)).toMatchObject({ outcome: 'whole' });
  });

  it('hashes facts where a row has some, and keeps the hash of rows without', async () => {
    const facts = {
      kind: 'adjusted',
      ofRunId: 7,
      omission: { emails: ['\ud83d😀"@dkm'], actions: ['add'] },
    } as const;
    await testbed.bot.audit.append({ step: 'adjusted', actor: AYU, outcome: 'ready', runId: 8, facts });
    const [row] = (await rows()).slice(-1);
    if (row === undefined) throw new Error('The row is missing');
    expect(JSON.parse(row.facts ?? '')).toEqual(facts);
    expect(row.hash).toBe(auditHash(row));
    expect(auditHash({ ...row, facts: null })).not.toBe(row.hash);
    const { seq, at, prevHash } = row;
    const before = [
      `${seq}`,
      at.toISOString(),
      'adjusted',
      'ready',
      AYU.id,
      AYU.name,
      8,
      null,
      null,
      null,
      prevHash,
    ];
    expect(auditHash({ ...row, facts: null })).toBe(
      createHash('sha256').update(JSON.stringify(before)).digest('hex'),
    );
    expect(await verifyAudit(testbed.bot.db)).toMatchObject({ outcome: 'whole' });
  });

  it('names the last row of a run, which people can note', async () => {
    for (const step of ['requested', 'previewed'] as const)
      await testbed.bot.audit.append({ step, actor: AYU, outcome: step, runId: 9 });
    const last = (await rows()).at(-1);
    await testbed.bot.audit.append({ step: 'requested', actor: AYU, outcome: 'requested', runId: 10 });
    expect(await testbed.bot.audit.newestOf(9)).toEqual({ seq: last?.seq, hash: last?.hash });
    expect(await testbed.bot.audit.newestOf(11)).toBeUndefined();
  });

  it('is one unbroken chain where forty are written at once by several processes', async () => {
    const before = (await rows()).length;
    const processes = [testbed.bot, testbed.another(), testbed.another(), testbed.another()];
    const appending = Array.from({ length: 40 }, (_, n) =>
      processes[n % 4]?.audit.append({ step: 'refused', actor: AYU, outcome: `click ${n}` }),
    );
    await Promise.all(appending);
    expect(await rows()).toHaveLength(before + 40);
    expect(await verifyAudit(testbed.bot.db)).toEqual({ outcome: 'whole', rows: before + 40 });
  });

  it.each([
    ['changed', "UPDATE audit_logs SET outcome = 'completed' LIMIT 1", /rows are never changed/],
    ['deleted', 'DELETE FROM audit_logs LIMIT 1', /rows are never deleted/],
    ['replaced', 'REPLACE INTO audit_logs SELECT * FROM audit_logs LIMIT 1', /rows are never/],
  ])('has rows that are never %s, whoever asks the database', async (_, change, message) => {
    await testbed.bot.audit.append({ step: 'requested', actor: AYU, outcome: 'sync' });
    const before = await rows();
    await expect(testbed.sql(change)).rejects.toThrow(message);
    expect(await rows()).toEqual(before);
  });
});
