import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { createMetrics } from '../../../src/monitoring/metrics/metrics.ts';
import { HOME_TARGETS } from '../../../src/slack/views/answers/home-and-help.ts';
import { STATUS_TARGETS } from '../../../src/slack/views/answers/status-message.ts';

const PAGE = readFileSync(new URL('../../../docs/scaling.md', import.meta.url), 'utf8');
const SOURCES = fileURLToPath(new URL('../../../src/database', import.meta.url));
const MODEL = readFileSync(new URL('../../../prisma/schema.prisma', import.meta.url), 'utf8');

/** The lines of `/metrics` that name one of these targets. */
async function linesOf(...targets: readonly string[]): Promise<number> {
  const metrics = createMetrics({ version: '1.2.3', targets });
  const backlog = async () => ({ notices: 0, oldestSeconds: 0 });
  const { text } = await metrics.scrape({ readiness: async () => [], backlog, redisLost: () => false });
  return text.split('\n').filter((line) => line.includes('target=')).length;
}

it('the page on scaling tells how many lines of /metrics a target has', async () => {
  const lines = await linesOf('dev');
  expect(await linesOf('dev', 'test')).toBe(2 * lines);
  expect(PAGE).toContain(`- \`/metrics\`: ${lines} lines a target`);
});

it('the page on scaling tells how many targets the lists show', () => {
  expect(PAGE).toContain(`show ${STATUS_TARGETS} and ${HOME_TARGETS} targets`);
});

/** The tables of the bot from which no statement of the bot deletes. `audit_heads` is one row. */
function keptForEver(): readonly string[] {
  const sources = readdirSync(SOURCES, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts') && !path.startsWith('generated'))
    .map((path) => readFileSync(join(SOURCES, path), 'utf8'));
  const isDeleted = (table: string) => {
    const deletes = new RegExp(`(DELETE FROM ${table}|deleteAll\\(db, '${table}')\\b`);
    return sources.some((source) => deletes.test(source));
  };
  const tables = [...MODEL.matchAll(/@@map\("((?:sync|audit)_\w+)"\)/g)].map(([, table = '']) => table);
  return tables.filter((table) => table !== 'audit_heads' && !isDeleted(table));
}

it('the page on scaling names the tables that are kept for ever', () => {
  const [, list = ''] = /\n- ((?:`\w+`(?:,\s+)?)+): kept for ever/.exec(PAGE) ?? [];
  const named = [...list.matchAll(/`(\w+)`/g)].map(([, table]) => table);
  expect(named.toSorted()).toEqual(keptForEver().toSorted());
});
