import { describe, expect, it } from 'vitest';
import { statementsOf } from '../../../docs/check/commands.ts';
import { readPage } from '../../../docs/check/pages.ts';
import { verifyAudit } from '../../../src/database/audit/verify-audit.ts';
import { openDatabase } from '../../../src/database/client.ts';
import { preview, reply, toldAfter } from '../../support/strict-conversation.ts';
import { type StrictWorld, useStrictWorld } from '../../support/strict-world.ts';

/** Carries out a block of docs/security.md, by the name in the comment before it; the rows of its statement. */
async function carryOut<Row>({ sql }: StrictWorld, name: string): Promise<Row[]> {
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

describe('an end of the audit log that was moved back', () => {
  it('refuses every step until the statement of the page', async () => {
    await preview(world, world.ayu, 'prod');
    await world.sql('UPDATE audit_heads SET seq = 1, hash = (SELECT hash FROM audit_logs WHERE seq = 1)');
    expect(await toldAfter(world, () => world.ayu.command('dev'))).toContain('PRIMARY');
    await carryOut(world, 'end');
    await preview(world, world.ayu, 'dev');
    const db = openDatabase(world.database.url);
    expect(await verifyAudit(db)).toMatchObject({ outcome: 'whole' });
    await db.$disconnect();
  });
});
