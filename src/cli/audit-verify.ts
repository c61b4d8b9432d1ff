import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import type { Break } from '../database/audit/audit.ts';
import { auditTables } from '../database/audit/audit-tables.ts';
import { flawedTriggers, type Noted, verifyAudit } from '../database/audit/verify-audit.ts';
import { openDatabase } from '../database/client.ts';
import { codeOf } from '../process/runtime.ts';
import type { ChainPlace } from '../sync/ports/steps.ts';

/** `4711:9f3a1c2b4d5e`, or the line of a result or digest. Only dots may follow, so that no second place is ignored. */
const PLACE = /^(?:\D*\s)?([1-9]\d{0,18})\s*[:·,]\s*`?([0-9a-f]{4,64})`?(?:…|\.{3})?$/i;

/** `4710:9f3a1c2b4d5e-4711:0a1b2c3d4e5f`, as the check prints it. Before the first row is 0. */
const BREAK = /^(\d{1,19}):([0-9a-f]{4,64})-([1-9]\d{0,18}):([0-9a-f]{4,64})$/i;

export const VERIFY_USAGE =
  'audit:verify knows three options: --expect PLACE and --known BREAK, which may be repeated, and --expect-file FILE';

/** An expectation cannot be parsed. The message says why. */
export class ExpectationError extends Error {
  override readonly name = 'ExpectationError';
}

/**
 * Parses `--expect PLACE`, `--expect-file FILE` (one place a line) and `--known BREAK`. Throws `ExpectationError`, also for an empty
 * file.
 */
export function parsePlaces(words: readonly string[]): Noted {
  const { expect = [], 'expect-file': file, known = [] } = optionsOf(words);
  const lines = file === undefined ? [] : linesOf(file);
  const named = lines.map((line) => line.trim()).filter((line) => line !== '' && !line.startsWith('#'));
  if (file !== undefined && named.length === 0)
    throw new ExpectationError(`${file} names no place of the chain`);
  return { expected: [...expect, ...named].map(placeOf), known: known.map(breakOf) };
}

function optionsOf(words: readonly string[]) {
  try {
    return parseArgs({
      args: [...words],
      options: {
        expect: { type: 'string', multiple: true },
        'expect-file': { type: 'string' },
        known: { type: 'string', multiple: true },
      },
    }).values;
  } catch (cause) {
    throw new ExpectationError(VERIFY_USAGE, { cause });
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
  const [, seq, hash] = PLACE.exec(text.trim()) ?? [];
  if (seq === undefined || hash === undefined) {
    throw new ExpectationError(`"${text.slice(0, 80)}" is no place of the chain, such as 4711:9f3a1c2b4d5e`);
  }
  return { seq: BigInt(seq), hash: hash.toLowerCase() };
}

function breakOf(text: string): Break {
  const [, before, hash, after, newHash] = BREAK.exec(text.trim()) ?? [];
  if (before === undefined || hash === undefined || after === undefined || newHash === undefined) {
    throw new ExpectationError(
      `"${text.slice(0, 200)}" is no break of the chain; copy it from the line BROKEN of npm run audit:verify`,
    );
  }
  const place = (seq: string, begin: string) => ({ seq: BigInt(seq), hash: begin.toLowerCase() });
  return { before: place(before, hash), after: place(after, newHash) };
}

/** The text that `breakOf` parses. */
function breakText({ before, after }: Break): string {
  return [before, after].map(({ seq, hash }) => `${seq}:${hash.slice(0, 12)}`).join('-');
}

/** How the check goes on behind a break, and still behind those that it knows. */
function goOn(found: Break, { expected, known }: Noted): string {
  const options = [...known, found].map((each) => ` --known ${breakText(each)}`).join('');
  const also = expected.length === 0 ? '' : ', with the places that you expect';
  return ` Once you know why, check the rest${also}: npm run audit:verify --${options}`;
}

/** Verifies the audit chain and its triggers. Returns facts and flaws, one line each. Throws `DatabaseLostError`. */
export async function runAuditVerification(
  databaseUrl: string,
  noted: Noted,
): Promise<{ readonly findings: readonly string[]; readonly flaws: readonly string[] }> {
  const db = openDatabase(databaseUrl);
  try {
    const verdict = await verifyAudit(db, noted);
    const tables = await auditTables(db);
    if (verdict.outcome === 'broken') {
      const { seq, why, at } = verdict;
      const next = at === undefined ? '' : goOn(at, noted);
      return {
        findings: [],
        flaws: [`BROKEN at row ${seq} of ${tables.logs}: ${why}. Compare with a backup.${next}`],
      };
    }
    const { rows, breaks = [] } = verdict;
    const places = noted.expected.length;
    const also = places === 0 ? '' : ` It has every place that was expected: ${places}.`;
    const findings = [
      `The audit chain is whole${breaks.length === 0 ? '' : ', but for known breaks'}: ${rows} ${rows === 1 ? 'row' : 'rows'}.${also}`,
      ...breaks.map(({ after, why }) => `Known break at row ${after.seq}: ${why}`),
    ];
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
