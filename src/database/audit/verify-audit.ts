import { AuditUnguardedError } from '../../sync/failures/errors.ts';
import type { ChainPlace } from '../../sync/ports/steps.ts';
import { type Database, reaching } from '../client.ts';
import { saidNumber } from '../errors.ts';
import { DatabaseRefusalError, type Query } from '../schema/single-connection.ts';
import { type AuditRow, type Break, breakBetween, type FoundBreak, GENESIS_HASH } from './audit.ts';
import { type AuditNames, type AuditTables, auditNames, withAuditTables } from './audit-tables.ts';

const CHUNK = 1_000;

export type AuditVerdict =
  /** `breaks`: the known breaks that were found, if there are any. */
  | { readonly outcome: 'whole'; readonly rows: number; readonly breaks?: readonly FoundBreak[] }
  /** The first row that does not fit, the reason, and the break if it can be known. */
  | { readonly outcome: 'broken'; readonly seq: bigint; readonly why: string; readonly at?: Break };

/** Places of the chain and breaks in it that somebody noted, with the beginnings of their hashes. */
export type Noted = { readonly expected: readonly ChainPlace[]; readonly known: readonly Break[] };

/** A row as the server sends it: the number of a run is a BigInt. A time that is none, which somebody wrote later, is null. */
type RawRow = Omit<AuditRow, 'at' | 'runId'> & {
  readonly at: Date | null;
  readonly runId: bigint | number | null;
};

/**
 * Checks the audit chain from its first row to its end, a thousand rows at a time. If all `expected` places fit, nobody has rewritten
 * or cut off a row up to the last of them. Throws `DatabaseLostError`.
 */
export function verifyAudit(db: Database, noted: Partial<Noted> = {}): Promise<AuditVerdict> {
  return reaching(() => walk(db, { expected: [], known: [], ...noted }));
}

async function walk(db: Database, noted: Noted): Promise<AuditVerdict> {
  // The end is read before the rows. Rows that are appended meanwhile are left to the next check.
  const names = await auditNames(db);
  const [head] = await db.$queryRaw<ChainPlace[]>`SELECT seq, hash FROM ${names.heads} WHERE id = 1`;
  if (head === undefined) return broken(1n, `${names.heads.sql}, which says where the chain ends, is empty`);
  let previous = { seq: 0n, hash: GENESIS_HASH };
  let count = 0;
  const breaks: FoundBreak[] = [];
  while (previous.seq < head.seq) {
    const rows = await rowsAfter(db, names, previous.seq, head.seq);
    for (const row of rows) {
      const { flaw, known } = judge(row, previous, noted);
      if (flaw !== undefined) return flaw;
      breaks.push(...known);
      previous = row;
    }
    count += rows.length;
    // After rows were cut off at the end, the rest is a valid chain: only the stored end shows the loss.
    if (rows.length === 0) return broken(previous.seq + 1n, 'it is missing, and so is all after it');
  }
  const flaw = (await outsideTheChain(db, names)) ?? lost(noted, breaks, head);
  if (flaw !== undefined) return flaw;
  if (previous.hash !== head.hash)
    return broken(previous.seq, `it is not the end that ${names.heads.sql} remembers`);
  return { outcome: 'whole', rows: count, ...(breaks.length > 0 && { breaks }) };
}

async function rowsAfter(db: Database, { logs }: AuditNames, seq: bigint, last: bigint): Promise<AuditRow[]> {
  const raw = await db.$queryRaw<RawRow[]>`
    SELECT seq, IF(MONTH(at) = 0 OR DAYOFMONTH(at) = 0, NULL, at) AS at, step, outcome, actor_id AS actorId, actor_name AS actorName,
           run_id AS runId, target, counts, reason, facts, prev_hash AS prevHash, hash
    FROM ${logs} WHERE seq > ${seq} AND seq <= ${last} ORDER BY seq LIMIT ${CHUNK}`;
  // No row was written in 1970, so a time that is none fits no hash.
  const runIdOf = ({ runId }: RawRow) => (runId === null ? null : Number(runId));
  return raw.map((row) => ({ ...row, at: row.at ?? new Date(0), runId: runIdOf(row) }));
}

/** The row `seq` is the first that does not fit. */
function broken(seq: bigint, why: string): Extract<AuditVerdict, { outcome: 'broken' }> {
  return { outcome: 'broken', seq, why };
}

function judge(row: AuditRow, previous: ChainPlace, { expected, known }: Noted) {
  const found = breakBetween(previous, row);
  const flaw = found &&
    !known.some((each) => isSame(each, found)) && { ...broken(row.seq, found.why), at: found };
  return { flaw: flaw || unexpected(row, expected), known: found === undefined ? [] : [found] };
}

function isSame(known: Break, found: Break): boolean {
  return isAt(known.before, found.before) && isAt(known.after, found.after);
}

function isAt(place: ChainPlace, { seq, hash }: ChainPlace): boolean {
  return place.seq === seq && hash.startsWith(place.hash);
}

/** Another hash than noted means: the chain was rewritten from that row or an earlier one. */
function unexpected(row: ChainPlace, expected: Noted['expected']): AuditVerdict | undefined {
  const noted = expected.find((place) => place.seq === row.seq && !isAt(place, row));
  const begin = row.hash.slice(0, noted?.hash.length);
  return noted && broken(row.seq, `its hash begins with ${begin} and not with ${noted.hash}, as expected`);
}

/** The first row before the chain or behind its end. Asked in one statement: a row and the new end are appended together. */
async function outsideTheChain(db: Database, { logs, heads }: AuditNames): Promise<AuditVerdict | undefined> {
  const [row] = await db.$queryRaw<{ seq: bigint; last: bigint }[]>`
    SELECT l.seq, h.seq AS last FROM ${heads} h JOIN ${logs} l ON l.seq = 0 OR l.seq > h.seq
    WHERE h.id = 1 ORDER BY l.seq LIMIT 1`;
  if (row === undefined) return undefined;
  const { seq, last } = row;
  if (seq === 0n) return broken(seq, 'rows count from 1');
  return broken(seq, `it is behind the end that ${heads.sql} remembers, row ${last}`);
}

/** What was noted and is not there: a place within a known break or beyond the end, or a known break. */
function lost({ expected, known }: Noted, breaks: readonly Break[], end: ChainPlace) {
  const isWithin = (seq: bigint, { before, after }: Break) => before.seq < seq && seq < after.seq;
  const place = expected.find(({ seq }) => seq > end.seq || breaks.some((each) => isWithin(seq, each)));
  if (place) return broken(place.seq, `it was there once, and is missing; the chain ends at row ${end.seq}`);
  const mended = known.find((each) => !breaks.some((found) => isSame(each, found)));
  return mended && broken(mended.after.seq, 'the known break before it is gone: mended, or written anew');
}

type Trigger = { readonly name: string; readonly event: string; readonly statement: string };

/** The triggers that refuse changes and deletions in the audit log, as the migration creates them. */
function triggersOf({ logs }: AuditTables): readonly Trigger[] {
  const trigger = (event: string, done: string): Trigger => ({
    name: `${logs}_refuse_${event.toLowerCase()}`,
    event,
    statement: `SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = '${logs} rows are never ${done}'`,
  });
  return [trigger('UPDATE', 'changed'), trigger('DELETE', 'deleted')];
}

/** `missing`: no trigger has this name. `altered`: a trigger of this name does something else. */
export type TriggerFlaw = { readonly name: string; readonly flaw: 'missing' | 'altered' };

const TRIGGER_DOES_NOT_EXIST = '1360';
const ACCESS_DENIED = '1227';

/**
 * Returns the audit log's triggers that are missing or altered; empty if both are right. An account without the right TRIGGER
 * sees less: MariaDB hides the statement, MySQL the whole trigger. Even then SHOW CREATE TRIGGER tells whether the trigger
 * exists: it is denied for an existing trigger, and finds nothing otherwise. Throws the errors of `ask`.
 */
export async function flawedTriggers(ask: Query, tables: AuditTables): Promise<readonly TriggerFlaw[]> {
  const seen = await ask<{ name: string; timing: string; event: string; statement: string | null }>(`
    SELECT TRIGGER_NAME AS name, ACTION_TIMING AS timing, EVENT_MANIPULATION AS event, ACTION_STATEMENT AS statement
    FROM information_schema.TRIGGERS
    WHERE EVENT_OBJECT_SCHEMA = DATABASE() AND EVENT_OBJECT_TABLE = '${tables.logs}'`);
  const flaws: TriggerFlaw[] = [];
  for (const { name, event, statement } of triggersOf(tables)) {
    const found = seen.find((each) => each.name.toLowerCase() === name);
    if (found === undefined) {
      const elsewhere = await lookUp(ask, name);
      if (elsewhere !== 'hidden') flaws.push({ name, flaw: elsewhere === 'seen' ? 'altered' : 'missing' });
      continue;
    }
    const isOurs =
      found.timing === 'BEFORE' &&
      found.event === event &&
      (found.statement === null || oneSpaced(found.statement) === oneSpaced(statement));
    if (!isOurs) flaws.push({ name, flaw: 'altered' });
  }
  return flaws;
}

/** `hidden`: a trigger of this name exists, but this account may not look at it. `seen`: it belongs to another table. */
async function lookUp(ask: Query, name: string): Promise<'hidden' | 'seen' | 'absent'> {
  try {
    await ask(`SHOW CREATE TRIGGER ${name}`);
    return 'seen';
  } catch (error) {
    const number = error instanceof DatabaseRefusalError ? error.number : saidNumber(error);
    if (number === ACCESS_DENIED) return 'hidden';
    if (number === TRIGGER_DOES_NOT_EXIST) return 'absent';
    throw error;
  }
}

function oneSpaced(statement: string): string {
  return statement.replaceAll(/\s+/g, ' ').replace(/;? ?$/, '').trim();
}

/** Throws `AuditUnguardedError` if rows of the audit log could be changed or deleted. */
export async function requireAuditGuarded(ask: Query, tables: AuditTables): Promise<void> {
  const flaws = await flawedTriggers(ask, tables);
  if (flaws.length > 0) throw new AuditUnguardedError(flaws.map(({ name }) => name));
}

/** The statements that restore these triggers, taken from the statements of the migrations. */
export function repairsOf(
  flaws: readonly TriggerFlaw[],
  statements: readonly string[],
  tables: AuditTables,
): readonly string[] {
  const creations = statements.map((statement) => withAuditTables(statement, tables));
  return flaws.flatMap(({ name, flaw }) => {
    const creation = creations.find((statement) => statement.startsWith(`CREATE TRIGGER \`${name}\``));
    if (creation === undefined) return [];
    return flaw === 'missing' ? [creation] : [`DROP TRIGGER \`${name}\``, creation];
  });
}
