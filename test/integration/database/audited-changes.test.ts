import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { listOf } from './support/rows.ts';
import {
  AYU,
  apply,
  claimedRun,
  claimOf,
  draftRun,
  openRun,
  present,
  readyRun,
  rules,
  runDraft,
  step,
  takingUp,
} from './support/runs.ts';
import { useTestbed } from './support/testbed.ts';

const testbed = useTestbed();

const LIST = listOf('new@dkm');

describe('what cannot be written down', () => {
  type Act = () => Promise<unknown>;
  const { lapse, expire } = {
    lapse: () => testbed.sql("UPDATE sync_runs SET lease_until = '2025-01-01' WHERE status = 'reading'"),
    expire: () => testbed.sql("UPDATE sync_runs SET expires_at = '2025-01-01' WHERE status = 'ready'"),
  };

  /** Each brings a run to where the act would change it, and returns the act. */
  const ACTS: readonly [string, () => Promise<Act>][] = [
    [
      'requested',
      async () => {
        const draft = runDraft(await testbed.location());
        return () => testbed.bot.runs.request(draft, step('requested'));
      },
    ],
    [
      'presented',
      async () => {
        const drafted = await draftRun(testbed.bot, await testbed.location(), [LIST]);
        return () => present(testbed.bot, drafted);
      },
    ],
    [
      'claimed',
      async () => {
        const run = await readyRun(testbed.bot, await testbed.location(), LIST);
        return () => testbed.bot.runs.claim(claimOf(run.id, AYU, undefined, step('confirmed'), rules()));
      },
    ],
    [
      'cancelled',
      async () => {
        const run = await readyRun(testbed.bot, await testbed.location(), LIST);
        return () => testbed.bot.runs.cancel(run.id, AYU, step('cancelled', ['message']));
      },
    ],
    [
      'failed',
      async () => {
        const { lease } = await openRun(testbed.bot, await testbed.location());
        return () => testbed.bot.runs.fail(lease, { code: 'unexpected' }, step('failed', ['message']));
      },
    ],
    [
      'expired',
      async () => {
        await readyRun(testbed.bot, await testbed.location(), LIST);
        await expire();
        return () => testbed.bot.runs.expireDue(step('expired', ['message']));
      },
    ],
    [
      'taken over',
      async () => {
        await openRun(testbed.bot, await testbed.location());
        await lapse();
        return () => testbed.bot.runs.takeOver(takingUp());
      },
    ],
    [
      'executed',
      async () => {
        const target = await testbed.location();
        await testbed.addUsers(target, { 'gone@dkm': 'active' });
        const claimed = await claimedRun(testbed.bot, target, LIST);
        return () => apply(testbed.bot, claimed);
      },
    ],
  ];

  const everything = async () => ({
    runs: await testbed.sql('SELECT * FROM sync_runs ORDER BY id'),
    notices: await testbed.sql('SELECT * FROM sync_outbox ORDER BY id'),
    users: await testbed.everyUser(),
    audit: await testbed.sql('SELECT * FROM audit_logs ORDER BY seq'),
  });

  beforeAll(async () => {
    // What the acts above would find of earlier tests.
    await testbed.sql('DELETE FROM sync_runs');
  });
  afterEach(() => testbed.sql('DROP TRIGGER IF EXISTS audit_full').then(() => {}));

  it.each(ACTS)(
    'is not %s: the run, the users and what Slack is told stay as they are',
    async (_, prepare) => {
      const act = await prepare();
      await testbed.sql(
        "CREATE TRIGGER audit_full BEFORE INSERT ON audit_logs FOR EACH ROW SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'disk full'",
      );
      const before = await everything();
      await expect(act()).rejects.toThrow('disk full');
      expect(await everything()).toEqual(before);
      await testbed.sql('DROP TRIGGER audit_full');
      await act();
      expect(await everything()).not.toEqual(before);
    },
  );

  describe('where the end of the chain', () => {
    afterEach(() =>
      testbed
        .sql('REPLACE INTO audit_heads SELECT 1, seq, hash FROM audit_logs ORDER BY seq DESC LIMIT 1')
        .then(() => {}),
    );

    it.each([
      ['is lost', 'DELETE FROM audit_heads', /audit_heads/],
      ['is behind', 'UPDATE audit_heads SET seq = seq - 1', /Unique|Duplicate/],
    ])('%s is not executed, and the plan is not called stale', async (_, spoil, message) => {
      const target = await testbed.location();
      await testbed.addUsers(target, { 'gone@dkm': 'active' });
      const claimed = await claimedRun(testbed.bot, target, LIST);
      await testbed.sql(spoil);
      await expect(apply(testbed.bot, claimed)).rejects.toThrow(message);
      expect(await testbed.usersAt(target)).toEqual({ 'gone@dkm': 'active' });
    });
  });
});
