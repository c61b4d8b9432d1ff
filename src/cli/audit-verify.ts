import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { auditTables } from '../database/audit/audit-tables.ts';
import { flawedTriggers, verifyAudit } from '../database/audit/verify-audit.ts';
import { openDatabase } from '../database/client.ts';
import { codeOf } from '../process/runtime.ts';
import type { ChainPlace } from '../sync/ports/steps.ts';

/** `4711:9f3a1c2b4d5e`, or the line of a result or digest. Only dots may follow, so that no second place is ignored. */
const PLACE = /^(?:\D*\s)?([1-9]\d{0,18})\s*[:·,]\s*`?([0-9a-f]{4,64})`?(?:…|\.{3})?$/i;

/** An expectation cannot be parsed. The message says why. */
export class ExpectationError extends Error {
  override readonly name = 'ExpectationError';
}

/** Parses `--expect PLACE` and `--expect-file FILE`, one place a line. Throws `ExpectationError`, also for an empty file. */
export function parseExpectations(words: readonly string[]): readonly ChainPlace[] {
  const { expect = [], 'expect-file': file } = optionsOf(words);
  const lines = file === undefined ? [] : linesOf(file);
  const named = lines.map((line) => line.trim()).filter((line) => line !== '' && !line.startsWith('#'));
  if (file !== undefined && named.length === 0)
    throw new ExpectationError(`${file} names no place of the chain`);
  return [...expect.map((text) => text.trim()), ...named].map(placeOf);
}

function optionsOf(words: readonly string[]) {
  try {
    return parseArgs({
      args: [...words],
      options: { expect: { type: 'string', multiple: true }, 'expect-file': { type: 'string' } },
    }).values;
  } catch (cause) {
    throw new ExpectationError(
      'audit:verify knows two options: --expect PLACE, which may be repeated, and --expect-file FILE',
      { cause },
    );
  }
}

function linesOf(file: string): readonly string[] {
  try {
    return readFileSync(file, 'utf8').split('\n');
  } catch (cause) {
    throw new ExpectationError(`${file} cannot be read (${codeOf(cause)})`, { cause });
  }
}

function placeOf(text: string): ChainPlace {
  const [, seq, hash] = PLACE.exec(text) ?? [];
  if (seq === undefined || hash === undefined) {
    throw new ExpectationError(`"${text.slice(0, 80)}" is no place of the chain, such as 4711:9f3a1c2b4d5e`);
  }
  return { seq: BigInt(seq), hash: hash.toLowerCase() };
}

/** Verifies the audit chain and its triggers. Returns facts and flaws, one line each. Throws `DatabaseLostError`. */
export async function runAuditVerification(
  databaseUrl: string,
  expected: readonly ChainPlace[],
): Promise<{ readonly findings: readonly string[]; readonly flaws: readonly string[] }> {
  const db = openDatabase(databaseUrl);
  try {
    const verdict = await verifyAudit(db, expected);
    const tables = await auditTables(db);
    if (verdict.outcome === 'broken') {
      const { seq, why } = verdict;
      return {
        findings: [],
        flaws: [`BROKEN at row ${seq} of ${tables.logs}: ${why}. Compare with a backup.`],
      };
    }
    const also = expected.length === 0 ? '' : ` It has every place that was expected: ${expected.length}.`;
    const findings = [`The audit chain is whole: ${verdict.rows} rows.${also}`];
    const triggers = await flawedTriggers((sql) => db.$queryRawUnsafe(sql), tables);
    const named = triggers.map(({ name, flaw }) => `${name} is ${flaw}`).join(', ');
    const flaws =
      triggers.length === 0
        ? []
        : [`Yet its rows could be changed: ${named}. Run: npm run migrate -- --repair`];
    return { findings, flaws };
  } finally {
    await db.$disconnect();
  }
}
