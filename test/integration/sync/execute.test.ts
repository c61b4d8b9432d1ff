import { beforeEach, describe, expect, it } from 'vitest';
import type { Target } from '../../../src/sync/ports/source.ts';
import { createCancel } from '../../../src/sync/use-cases/adjust-cancel-retry.ts';
import { BUDI, claim } from '../database/support/runs.ts';
import { useTestbed } from '../database/support/testbed.ts';
import { createCore } from './support/core.ts';
import { click, shown } from './support/shown.ts';

const testbed = useTestbed();

const running = new AbortController().signal;

let target: Target;
beforeEach(async () => {
  target = await testbed.location();
  await testbed.addUsers(target, { 'gone@dkm': 'active', 'stays@dkm': 'active' });
});

const lastEntry = async () =>
  (await testbed.sql('SELECT step, outcome, actor_id, run_id FROM audit_logs ORDER BY seq DESC LIMIT 1'))[0];

describe('an execution', () => {
  it('takes the buttons away, applies the plan and completes the run', async () => {
    const core = createCore(testbed.bot);
    const confirmed = await core.execution.confirm(click(await shown(testbed.bot, target)));
    if (confirmed.outcome !== 'claimed') throw new Error('The click was refused');
    await core.execution.execute(confirmed, running);
    expect(core.progress.calls).toEqual(['executing']);
    expect(await testbed.usersAt(target)).toEqual({
      'gone@dkm': 'inactive',
      'stays@dkm': 'active',
      'new@dkm': 'active',
    });
    expect(core.logger.lines).toEqual([]);
    expect(await lastEntry()).toMatchObject({ step: 'completed', actor_id: BUDI.id });
  });

  it('fails as stale where a user has changed since, and changes nobody', async () => {
    const core = createCore(testbed.bot);
    const claimed = await claim(testbed.bot, await shown(testbed.bot, target));
    await testbed.sql("UPDATE users SET status = 'inactive' WHERE location_id = ? AND email = 'gone@dkm'", [
      target.locationId,
    ]);
    await core.execution.execute(claimed, running);
    expect(await testbed.bot.runs.find(claimed.run.id)).toMatchObject({
      status: 'failed',
      failure: { code: 'stale', total: 1, emails: ['gone@dkm'] },
    });
    expect(await testbed.usersAt(target)).toEqual({ 'gone@dkm': 'inactive', 'stays@dkm': 'active' });
  });

  it('is done to its end though this process was told to stop', async () => {
    const claimed = await claim(testbed.bot, await shown(testbed.bot, target));
    await createCore(testbed.bot).execution.execute(claimed, AbortSignal.abort());
    expect((await testbed.bot.runs.find(claimed.run.id))?.status).toBe('completed');
  });
});

describe('Cancel', () => {
  it('ends a preview, and is refused afterwards', async () => {
    const run = await shown(testbed.bot, target);
    const cancel = createCancel({ ...testbed.bot, ...createCore(testbed.bot) });
    expect(await cancel(click(run))).toMatchObject({
      outcome: 'cancelled',
      run: { status: 'cancelled', cancelledBy: BUDI },
    });
    expect(await cancel(click(run))).toMatchObject({
      refusal: { code: 'not_ready', run: { status: 'cancelled' } },
    });
    expect(await lastEntry()).toMatchObject({ step: 'refused', outcome: 'not_ready', run_id: run.id });
  });

  it('ends the plan, with its counts in the audit log, and has its message drawn again', async () => {
    const run = await shown(testbed.bot, target);
    await testbed.sql('DELETE FROM sync_outbox WHERE run_id = ?', [run.id]);
    expect(await createCancel({ ...testbed.bot, ...createCore(testbed.bot) })(click(run))).toMatchObject({
      outcome: 'cancelled',
      run: { status: 'cancelled', cancelledBy: BUDI },
    });
    expect(await testbed.sql('SELECT kind FROM sync_outbox WHERE run_id = ?', [run.id])).toEqual([
      { kind: 'message' },
    ]);
    const [entry] = await testbed.sql<{ counts: string }>(
      "SELECT counts FROM audit_logs WHERE run_id = ? AND step = 'cancelled'",
      [run.id],
    );
    expect(JSON.parse(entry?.counts ?? '{}')).toMatchObject({ add: 1, deactivate: 1 });
  });
});
