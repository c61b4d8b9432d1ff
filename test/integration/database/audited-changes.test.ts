import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { useRoom } from './support/room.ts';
import { listOf } from './support/rows.ts';
import {
  AYU,
  apply,
  claimedRun,
  draftRun,
  openRun,
  present,
  readyRun,
  rules,
  runDraft,
  step,
} from './support/runs.ts';

const room = useRoom();

const LIST = listOf('new@dkm');

describe('what cannot be written down', () => {
  type Act = () => Promise<unknown>;
  const { lapse, expire } = {
    lapse: () => room.sql("UPDATE sync_runs SET lease_until = '2025-01-01' WHERE status = 'reading'"),
    expire: () => room.sql("UPDATE sync_runs SET expires_at = '2025-01-01' WHERE status = 'ready'"),
  };

  /** Each brings a run to where the act would change it, and returns the act. */
  const ACTS: readonly [string, () => Promise<Act>][] = [
    [
      'requested',
      async () => {
        const draft = runDraft(await room.location());
        return () => room.bot.runs.request(draft, step('requested'));
      },
    ],
    [
      'presented',
      async () => {
        const drafted = await draftRun(room.bot, await room.location(), [LIST]);
        return () => present(room.bot, drafted);
      },
    ],
    [
      'claimed',
      async () => {
        const run = await readyRun(room.bot, await room.location(), LIST);
        return () => room.bot.runs.claim(run.id, AYU, undefined, step('confirmed'), rules());
      },
    ],
    [
      'cancelled',
      async () => {
        const run = await readyRun(room.bot, await room.location(), LIST);
        return () => room.bot.runs.cancel(run.id, AYU, step('cancelled', ['message']));
      },
    ],
    [
      'failed',
      async () => {
        const { lease } = await openRun(room.bot, await room.location());
        return () => room.bot.runs.fail(lease, { code: 'unexpected' }, step('failed', ['message']));
      },
    ],
    [
      'expired',
      async () => {
        await readyRun(room.bot, await room.location(), LIST);
        await expire();
        return () => room.bot.runs.expireDue(step('expired', ['message']));
      },
    ],
    [
      'taken over',
      async () => {
        await openRun(room.bot, await room.location());
        await lapse();
        return () => room.bot.runs.takeOver(step('taken_over'));
      },
    ],
    [
      'executed',
      async () => {
        const target = await room.location();
        await room.addUsers(target, { 'gone@dkm': 'active' });
        const claimed = await claimedRun(room.bot, target, LIST);
        return () => apply(room.bot, claimed);
      },
    ],
  ];

  const everything = async () => ({
    runs: await room.sql('SELECT * FROM sync_runs ORDER BY id'),
    notices: await room.sql('SELECT * FROM sync_outbox ORDER BY id'),
    users: await room.everyUser(),
    audit: await room.sql('SELECT * FROM audit_logs ORDER BY seq'),
  });

  beforeAll(async () => {
    // What the acts above would find of earlier tests.
    await room.sql('DELETE FROM sync_runs');
  });
  afterEach(() => room.sql('DROP TRIGGER IF EXISTS audit_full').then(() => {}));

  it.each(ACTS)(
    'is not %s: the run, the users and what Slack is told stay as they are',
    async (_, prepare) => {
      const act = await prepare();
      await room.sql(
        "CREATE TRIGGER audit_full BEFORE INSERT ON audit_logs FOR EACH ROW SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'disk full'",
      );
      const before = await everything();
      await expect(act()).rejects.toThrow('disk full');
      expect(await everything()).toEqual(before);
      await room.sql('DROP TRIGGER audit_full');
      await act();
      expect(await everything()).not.toEqual(before);
    },
  );

  describe('where the end of the chain', () => {
    afterEach(() =>
      room
        .sql('REPLACE INTO audit_heads SELECT 1, seq, hash FROM audit_logs ORDER BY seq DESC LIMIT 1')
        .then(() => {}),
    );

    it.each([
      ['is lost', 'DELETE FROM audit_heads', /audit_heads/],
      ['is behind', 'UPDATE audit_heads SET seq = seq - 1', /Unique|Duplicate/],
    ])('%s is not executed, and the plan is not called stale', async (_, spoil, message) => {
      const target = await room.location();
      await room.addUsers(target, { 'gone@dkm': 'active' });
      const claimed = await claimedRun(room.bot, target, LIST);
      await room.sql(spoil);
      await expect(apply(room.bot, claimed)).rejects.toThrow(message);
      expect(await room.usersAt(target)).toEqual({ 'gone@dkm': 'active' });
    });
  });
});
