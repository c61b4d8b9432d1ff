import { AuditUnguardedError } from '../../sync/failures/errors.ts';
import { saidNumber } from '../errors.ts';
import { DatabaseRefusalError } from '../schema/single-connection.ts';
import { type AuditTables, withAuditTables } from './audit-tables.ts';

type Ask = <Row>(sql: string) => Promise<readonly Row[]>;

type Trigger = { readonly name: string; readonly event: string; readonly statement: string };

/** The triggers that refuse changes and deletions in the audit log, as the migration creates them. */
function expected({ logs }: AuditTables): readonly Trigger[] {
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
export async function flawedTriggers(ask: Ask, tables: AuditTables): Promise<readonly TriggerFlaw[]> {
  const seen = await ask<{ name: string; timing: string; event: string; statement: string | null }>(`
    SELECT TRIGGER_NAME AS name, ACTION_TIMING AS timing, EVENT_MANIPULATION AS event, ACTION_STATEMENT AS statement
    FROM information_schema.TRIGGERS
    WHERE EVENT_OBJECT_SCHEMA = DATABASE() AND EVENT_OBJECT_TABLE = '${tables.logs}'`);
  const flaws: TriggerFlaw[] = [];
  for (const { name, event, statement } of expected(tables)) {
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
async function lookUp(ask: Ask, name: string): Promise<'hidden' | 'seen' | 'absent'> {
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
export async function requireAuditGuarded(ask: Ask, tables: AuditTables): Promise<void> {
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
