import { describe, expect, it } from 'vitest';
import { inParts } from '../../../src/database/plan/staging.ts';
import { sourceRow } from './support/rows.ts';
import { openRun } from './support/runs.ts';
import { useTestbed } from './support/testbed.ts';

/** Little: most servers accept a thousand times as much. */
const PACKET = 16_384;

const testbed = useTestbed({ flags: [`--max-allowed-packet=${PACKET}`] });

/** Each row takes some 300 bytes, and repeats the id of the one before. */
const page = (number: number, count: number, name = 'é'.repeat(100)) => ({
  page: number,
  rows: Array.from({ length: count }, (_, n) =>
    sourceRow({ id: 1 + Math.floor(n / 2), email: `${name}${number}-${n}@dkm` }),
  ),
});

describe('a page that is larger than the packets of the server', () => {
  it('is staged in parts, each row once, with its page and its place', async () => {
    const { run, lease } = await openRun(testbed.bot, await testbed.location());
    await testbed.bot.staging.add(lease, 1, [page(1, 3), page(2, 500), page(3, 0), page(4, 2)]);
    const rows = await testbed.sql<{ page_no: number; row_no: number; email: string }>(
      'SELECT page_no, row_no, email FROM sync_staged_users WHERE run_id = ? ORDER BY page_no, row_no',
      [run.id],
    );
    expect(rows.length).toBe(505);
    for (const { page_no, row_no, email } of rows)
      expect(email.endsWith(`${page_no}-${row_no - 1}@dkm`)).toBe(true);
    expect(rows.filter(({ page_no }) => page_no === 2).at(-1)?.row_no).toBe(500);
  });

  it.each(['\\', '"', "'"])(
    'is staged as it is where it is full of %j, which takes twice as much',
    async (filling) => {
      const { run, lease } = await openRun(testbed.bot, await testbed.location());
      await testbed.bot.staging.add(lease, 1, [page(1, 200, filling.repeat(240))]);
      const [row] = await testbed.sql<{ staged: bigint }>(
        'SELECT COUNT(*) AS staged FROM sync_staged_users WHERE run_id = ? AND email LIKE CONCAT(?, ?)',
        [run.id, filling.repeat(240).replaceAll('\\', '\\\\'), '1-%@dkm'],
      );
      expect(Number(row?.staged)).toBe(200);
    },
  );
});

describe('the parts of pages', () => {
  it('stay below a quarter of a packet, and hold several small pages', () => {
    const parts = [...inParts([page(1, 3), page(2, 500), page(3, 0), page(4, 2)], PACKET)];
    expect(parts.length).toBeGreaterThan(10);
    for (const part of parts) expect(Buffer.byteLength(part)).toBeLessThan(PACKET * 0.3);
    const many = Array.from({ length: 10 }, (_, n) => page(n + 1, 100));
    expect([...inParts(many, 16_777_216)]).toHaveLength(1);
    expect([...inParts([], PACKET)]).toEqual([]);
  });

  it('are one row where a row alone is larger', () => {
    expect([...inParts([page(1, 3)], 100)]).toHaveLength(3);
  });
});
