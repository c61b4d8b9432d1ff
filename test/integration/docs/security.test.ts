import { describe, expect, it } from 'vitest';
import { statementsOf } from '../../../docs/check/commands.ts';
import { readPage } from '../../../docs/check/pages.ts';
import { freshDatabase } from '../../../sandbox/database/database.ts';
import { verifyAudit } from '../../../src/database/audit/verify-audit.ts';
import { openDatabase } from '../../../src/database/client.ts';
import { planHash } from '../../../src/database/plan/plan-facts.ts';
import { preview, reply, sees, toldAfter } from '../../support/strict-conversation.ts';
import { type StrictWorld, useStrictWorld } from '../../support/strict-world.ts';

/** Carries out a block of docs/security.md, by the name in the comment before it; the rows of its statement. */
async function carryOut<Row>({ sql }: Pick<StrictWorld, 'sql'>, name: string): Promise<Row[]> {
  const block = readPage('docs/security.md').blocks.find((each) => each.name === `audit: ${name}`);
  const [statement] = block === undefined ? [] : statementsOf(block);
  if (statement === undefined) throw new Error(`The page has no block "audit: ${name}"`);
  return sql<Row>(statement);
}

const world = useStrictWorld();

const found = async () => (await carryOut<{ step: string }>(world, 'compare')).map(({ step }) => step);

describe('the comparison of runs with the audit log', () => {
  it('finds nothing where nobody meddled, and each way to meddle with a run that has ended', async () => {
    const message = await preview(world, world.ayu, 'test');
    await world.ayu.click(message, 'confirm_run');
    await reply(world, message);
    expect(await found()).toEqual([]);

    await world.sql("UPDATE sync_runs SET confirmed_by_id = 'U0ADMIN002'");
    expect(await found()).toEqual(['confirmed']);
    await world.sql('UPDATE sync_runs SET confirmed_by_id = requested_by_id');

    await world.sql("DELETE FROM sync_changes WHERE action = 'add' LIMIT 1");
    expect(await found()).toEqual(['completed']);
    await world.sql('DELETE FROM sync_changes');
    expect(await found()).toEqual([]);

    await world.sql("UPDATE sync_runs SET status = 'cancelled'");
    expect(await found()).toEqual(['completed']);
    await world.sql('DELETE FROM sync_runs');
    expect(await found()).toEqual(['confirmed', 'completed']);
  });
});

describe('a plan that was rewritten between preview and Confirm, with its hash', () => {
  it('is found although everything was put back', async () => {
    const before = await found();
    const message = await preview(world, world.ayu, 'dev');
    const [run] = await world.sql<{ id: number; plan_hash: string }>(
      'SELECT id, plan_hash FROM sync_runs ORDER BY id DESC LIMIT 1',
    );
    const { id = 0, plan_hash: shown } = run ?? {};
    const rewrite = async (from: string, to: string, hash: () => Promise<unknown>) => {
      await world.sql('UPDATE sync_changes SET email = ? WHERE run_id = ? AND email = ?', [to, id, from]);
      await world.sql('UPDATE sync_runs SET plan_hash = ? WHERE id = ?', [await hash(), id]);
    };
    const db = openDatabase(world.database.url);
    await rewrite('vendor1@dkm', 'thief@dkm', () => planHash(db, id));
    await db.$disconnect();
    await world.ayu.click(message, 'confirm_run');
    await reply(world, message);
    await rewrite('thief@dkm', 'vendor1@dkm', async () => shown);
    expect((await found()).slice(before.length)).toEqual(['confirmed', 'completed']);
    await world.sql('UPDATE sync_runs SET plan_hash = NULL WHERE id = ?', [id]);
    expect((await found()).slice(before.length)).toEqual(['previewed', 'confirmed', 'completed']);
  });
});

describe('an end of the audit log that is not its last row', () => {
  const FIRST = '(SELECT hash FROM audit_logs WHERE seq = 1)';

  it.each([
    ['is moved back', `UPDATE audit_heads SET seq = 1, hash = ${FIRST}`, 'PRIMARY'],
    ['is gone', 'DELETE FROM audit_heads', 'unexpected'],
  ])('refuses every step where it %s, until the statement of the page', async (_, lose, told) => {
    await world.sql(lose);
    expect(await toldAfter(world, () => world.ayu.command('dev'))).toContain(told);
    await mended();
  });

  it.each([
    ['is of a lost row', "UPDATE audit_heads SET seq = seq + 2, hash = REPEAT('b', 64)"],
    ['has another hash', "UPDATE audit_heads SET hash = REPEAT('b', 64)"],
  ])('is mended by it also where it %s', async (_, lose) => {
    await world.sql(lose);
    await mended();
  });

  it('is mended by it also where the log is empty', async () => {
    const database = await freshDatabase({ migrated: true });
    const sql = async <Row>(statement: string) => database.connection.query<Row[]>(statement);
    await sql('DELETE FROM audit_heads');
    await carryOut({ sql }, 'end');
    const db = openDatabase(database.url);
    expect(await verifyAudit(db)).toEqual({ outcome: 'whole', rows: 0 });
    await db.$disconnect();
    await database.drop();
  });

  async function mended(): Promise<void> {
    await carryOut(world, 'end');
    const message = await preview(world, world.ayu, 'dev');
    await world.ayu.click(message, 'cancel_run');
    // The row of the cancellation is the last one: the next test may move the end of the log.
    await sees(world, 'the cancellation', async () => {
      const open = await world.sql("SELECT id FROM sync_runs WHERE status = 'ready'");
      return open.length === 0;
    });
    const db = openDatabase(world.database.url);
    expect(await verifyAudit(db)).toMatchObject({ outcome: 'whole' });
    await db.$disconnect();
  }
});
