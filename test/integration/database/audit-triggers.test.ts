import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { freshDatabase } from '../../../sandbox/database/database.ts';
import { BOT_SETTINGS } from '../../../sandbox/worlds/bot.ts';
import { runAuditVerification } from '../../../src/cli/audit-verify.ts';
import { migrate } from '../../../src/database/schema/migrate.ts';
import { MIGRATIONS } from '../../../src/process/runtime.ts';
import { AuditUnguardedError } from '../../../src/sync/failures/errors.ts';
import type { Target } from '../../../src/sync/ports/source.ts';
import { createAccount } from '../cli/support/account.ts';
import { examine, findingOf } from '../cli/support/doctor-world.ts';
import { listOf } from './support/rows.ts';
import { apply, claimedRun } from './support/runs.ts';
import { useTestbed } from './support/testbed.ts';

const testbed = useTestbed();
const [UPDATE, DELETE] = ['audit_logs_refuse_update', 'audit_logs_refuse_delete'];

let target: Target;

beforeEach(async () => {
  target = await testbed.location();
  await testbed.addUsers(target, { 'stays@dkm': 'active' });
});
afterEach(() => repair());

async function repair(): Promise<readonly string[]> {
  const lines: string[] = [];
  const log = (line: string) => lines.push(line);
  await migrate({ databaseUrl: testbed.database.url, directory: MIGRATIONS, log, repair: true });
  return lines;
}

const look = async (databaseUrl: string, check = 'triggers of the audit log') =>
  findingOf(
    await examine({
      ...BOT_SETTINGS,
      DATABASE_URL: databaseUrl,
      SLACK_API_URL: 'http://127.0.0.1:9/',
      SYNC_TARGETS: 'none',
    }),
    check,
  );

/** Does something else under the name of the trigger. */
const harmless = async (name: string) => {
  await testbed.sql(`DROP TRIGGER ${name}`);
  await testbed.sql(`CREATE TRIGGER ${name} BEFORE UPDATE ON audit_logs FOR EACH ROW SET @nothing = 1`);
};

type Loss = readonly [what: string, lose: () => Promise<unknown>, detail: string, lines: readonly string[]];
const LOSSES: readonly Loss[] = [
  [
    'the one against deletions is gone',
    () => testbed.sql(`DROP TRIGGER ${DELETE}`),
    `${DELETE} is missing`,
    [`put back the trigger ${DELETE}`],
  ],
  [
    'both are gone, as after a dump that was read back without SUPER',
    async () => {
      await testbed.sql(`DROP TRIGGER ${UPDATE}`);
      await testbed.sql(`DROP TRIGGER ${DELETE}`);
    },
    `${UPDATE} is missing, ${DELETE} is missing`,
    [`put back the trigger ${UPDATE}`, `put back the trigger ${DELETE}`],
  ],
  [
    'one of that name does nothing',
    () => harmless(UPDATE),
    `${UPDATE} is altered`,
    [`put back the trigger ${UPDATE}`],
  ],
  [
    'one of that name refuses something else',
    async () => {
      await testbed.sql(`DROP TRIGGER ${UPDATE}`);
      await testbed.sql(`CREATE TRIGGER ${UPDATE} BEFORE DELETE ON audit_logs FOR EACH ROW
        SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'audit_logs rows are never changed'`);
    },
    `${UPDATE} is altered`,
    [`put back the trigger ${UPDATE}`],
  ],
  [
    'one of that name stands at another table',
    async () => {
      await testbed.sql(`DROP TRIGGER ${UPDATE}`);
      await testbed.sql(
        `CREATE TRIGGER ${UPDATE} BEFORE UPDATE ON sync_reminders FOR EACH ROW SET @nothing = 1`,
      );
    },
    `${UPDATE} is altered`,
    [`put back the trigger ${UPDATE}`],
  ],
];

describe.each(LOSSES)('where of the triggers of the audit log %s', (_, lose, detail, lines) => {
  it('nothing is executed, doctor and audit:verify say so, and migrate --repair mends it', async () => {
    const claimed = await claimedRun(testbed.bot, target, listOf('stays@dkm', 'new@dkm'));
    await lose();
    await expect(apply(testbed.bot, claimed)).rejects.toThrow(AuditUnguardedError);
    expect(await testbed.usersAt(target)).toEqual({ 'stays@dkm': 'active' });
    expect(await look(testbed.database.url)).toMatchObject({
      status: 'fail',
      detail,
      todo: expect.stringContaining('npm run migrate -- --repair'),
    });
    expect((await runAuditVerification(testbed.database.url, { expected: [], known: [] })).flaws).toEqual([
      `Yet its rows could be changed: ${detail}. Run: npm run migrate -- --repair`,
    ]);
    expect(await repair()).toEqual(lines);
    expect(await look(testbed.database.url)).toMatchObject({ status: 'pass' });
    await apply(testbed.bot, claimed);
    expect(await testbed.usersAt(target)).toEqual({ 'stays@dkm': 'active', 'new@dkm': 'active' });
    await expect(testbed.sql('UPDATE audit_logs SET outcome = outcome')).rejects.toThrow('never changed');
    await expect(testbed.sql('DELETE FROM audit_logs')).rejects.toThrow('never deleted');
  });
});

describe('the end of the audit log', () => {
  const remembered = async (sql: string) => {
    await testbed.sql(sql);
    return look(testbed.database.url, 'end of the audit log');
  };

  it.each([
    [
      'moved back',
      'UPDATE audit_heads h JOIN audit_logs l ON l.seq = h.seq - 1 SET h.seq = l.seq, h.hash = l.hash',
      /remembers row \d+, and the last row of audit_logs is \d+/,
    ],
    ['of another hash', "UPDATE audit_heads SET hash = REPEAT('b', 64)", /remembers another hash of row \d+/],
    ['gone', 'DELETE FROM audit_heads', /audit_heads is empty/],
  ])('is told by doctor where it is %s', async (_, lose, detail) => {
    await claimedRun(testbed.bot, target, listOf('stays@dkm', 'new@dkm'));
    const [end] = await testbed.sql<{ seq: bigint; hash: string }>('SELECT seq, hash FROM audit_heads');
    expect(await remembered(lose)).toMatchObject({
      status: 'fail',
      detail: expect.stringMatching(detail),
      todo: expect.stringContaining('npm run audit:verify'),
    });
    const back = `REPLACE INTO audit_heads (id, seq, hash) VALUES (1, ${end?.seq}, '${end?.hash}')`;
    expect(await remembered(back)).toMatchObject({ status: 'pass' });
  });

  it('fits an empty log', async () => {
    const database = await freshDatabase({ migrated: true });
    expect(await look(database.url, 'end of the audit log')).toMatchObject({ status: 'pass' });
    await database.drop();
  });
});

describe('an account without the right TRIGGER', () => {
  it('still learns whether the triggers stand', async () => {
    const account = await createAccount(testbed.database);
    try {
      const { name } = testbed.database;
      await testbed.sql(`GRANT SELECT, INSERT, UPDATE, DELETE ON ${name}.* TO ${account.name}`);
      expect(await look(account.url)).toMatchObject({ status: 'pass' });
      await testbed.sql(`DROP TRIGGER ${DELETE}`);
      expect(await look(account.url)).toMatchObject({ status: 'fail', detail: `${DELETE} is missing` });
    } finally {
      await account.drop();
    }
  });
});
