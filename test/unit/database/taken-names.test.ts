import { describe, expect, it } from 'vitest';
import { SET_ASIDE, USUAL } from '../../../src/database/audit/audit-tables.ts';
import type { Query } from '../../../src/database/schema/single-connection.ts';
import { chooseAuditTables } from '../../../src/database/schema/taken-names.ts';

type There = {
  readonly tables?: Readonly<Record<string, readonly string[]>>;
  readonly triggers?: Readonly<Record<string, string>>;
  /** `lower_case_table_names` of the server. */
  readonly folds?: number;
};

const pairs = (of: Readonly<Record<string, readonly string[]>>) =>
  Object.entries(of).flatMap(([name, columns]) => columns.map((columnName) => ({ name, columnName })));

/** A database that has these tables and triggers. */
function databaseWith({ tables = {}, triggers = {}, folds = 0 }: There): Query {
  return async <Row>(sql: string) => {
    const rows: readonly unknown[] = sql.includes('COLUMNS')
      ? pairs(tables)
      : sql.includes('TRIGGERS')
        ? Object.entries(triggers).map(([name, tableName]) => ({ name, tableName }))
        : [{ folds }];
    return rows as Row[];
  };
}

const STATEMENTS = [
  'CREATE TABLE `sync_runs` (\n  `id` INT,\n  `status` INT\n)',
  'CREATE TABLE `audit_logs` (\n  `seq` INT\n)',
  'CREATE TRIGGER `audit_logs_no_update` BEFORE UPDATE ON `audit_logs` FOR EACH ROW SET @a = 1',
];
const chosen = (there: There, isBegun = false) =>
  chooseAuditTables(
    databaseWith(there),
    [{ name: '1_init', checksum: '', statements: STATEMENTS, isBegun }],
    undefined,
  );

const OURS = { sync_runs: ['id', 'status', 'since'] };
const THEIRS = { sync_runs: ['id', 'color'] };

describe('a name that the migrations need', () => {
  it.each([
    ['is free', {}, USUAL],
    ['of the audit log is a table of somebody else', { tables: { audit_logs: ['id'] } }, SET_ASIDE],
    ['of a trigger is one of somebody else', { triggers: { audit_logs_no_update: 'theirs' } }, SET_ASIDE],
    ['of a trigger is a table', { tables: { audit_logs_no_update: ['id'] } }, USUAL],
    ['is written in capitals where the server tells them apart', { tables: { SYNC_RUNS: ['id'] } }, USUAL],
  ])('%s', async (_what, there, tables) => {
    expect(await chosen(there)).toEqual(tables);
  });

  it.each([
    ['is another application’s', { tables: THEIRS }, false, "another application's"],
    [
      'is another application’s, though an attempt stopped half-way',
      { tables: THEIRS },
      true,
      'another appl',
    ],
    [
      'is ours, and no attempt is on record',
      { tables: OURS },
      false,
      'no migration is recorded that made it',
    ],
    [
      'is in capitals where the server folds',
      { tables: { SYNC_RUNS: ['id'] }, folds: 1 },
      false,
      'another appl',
    ],
    [
      'is a trigger on our table, and no attempt is on record',
      { triggers: { audit_logs_no_update: 'audit_logs' } },
      false,
      'no migration is recorded',
    ],
  ])('is refused where it %s', async (_what, there, isBegun, words) => {
    await expect(chosen(there, isBegun)).rejects.toThrow(words);
  });

  it('may be taken by the attempt that stopped half-way', async () => {
    expect(await chosen({ tables: { ...OURS, audit_logs: ['seq'] } }, true)).toEqual(USUAL);
  });
});
