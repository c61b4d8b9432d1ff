import { describe, expect, it } from 'vitest';
import { freePort } from '../../../sandbox/process/free-port.ts';
import {
  audited,
  buttons,
  CHANNEL,
  preview,
  replies,
  sees,
  settled,
  shown,
} from '../../support/strict-conversation.ts';
import { IMPATIENT, inStrictWorld } from '../../support/strict-world.ts';

/** Something that others wait for until it is let go. */
function gate() {
  let open: () => void = () => {};
  const passed = new Promise<undefined>((resolve) => {
    open = () => resolve(undefined);
  });
  return { open, passed };
}

describe.concurrent('a bot that is stopped', () => {
  it('serves a click that it has acknowledged, to the end', () =>
    inStrictWorld(async (world) => {
      const message = await preview(world, world.ayu, 'dev');
      await settled(world);
      const { open, passed } = gate();
      world.slack.fail('users.info', { until: passed });
      await world.budi.click(message, 'confirm_run');
      const stopped = world.bot.stop();
      open();
      await stopped;
      expect(replies(world, message.ts).map(({ text }) => text)).toEqual([
        'Sync completed successfully! 25 users added, 0 users deactivated, 0 users unchanged.',
      ]);
      expect(buttons(message)).not.toContain('confirm_run');
    }));

  it('shows the preview that it is reading', () =>
    inStrictWorld(async (world) => {
      const { open, passed } = gate();
      world.depots.dev.faults.onRequest = ({ page }) => (page === 1 ? passed : undefined);
      await world.ayu.command('dev');
      await sees(world, 'page 1 asked for', () => world.depots.dev.requests.some(({ page }) => page === 1));
      const stopped = world.bot.stop();
      open();
      await stopped;
      const [message] = world.slack.messages(CHANNEL);
      expect(message && buttons(message)).toContain('confirm_run');
    }));

  it('hands back a read that takes too long, and the next process goes on with it at once', () =>
    inStrictWorld(
      async (world) => {
        world.depots.dev.faults.onRequest = ({ page }) => (page === 1 ? 'hang' : undefined);
        await world.ayu.command('dev');
        await sees(world, 'page 1 asked for', () => world.depots.dev.requests.some(({ page }) => page === 1));
        await world.bot.stop();
        const [handedBack] = await world.sql<{ status: string; ended: number }>(
          'SELECT status, lease_until < UTC_TIMESTAMP(3) AS ended FROM sync_runs',
        );
        expect(handedBack).toMatchObject({ status: 'reading', ended: 1 });
        world.depots.dev.faults.onRequest = undefined;
        await world.anotherBot();
        const message = await sees(world, 'the preview', () =>
          world.slack.messages(CHANNEL).find((each) => buttons(each).includes('confirm_run')),
        );
        expect(shown(message)).toContain('25 users will be added to Dev');
        expect(world.slack.messages(CHANNEL)).toHaveLength(1);
        expect(await audited(world, 'taken_over')).toHaveLength(1);
      },
      { timing: { ...IMPATIENT, lookEveryMs: 20, finishWithinMs: 200 } },
    ));

  it('takes nothing any more', async () => {
    // Not one that the system picks: it might give it to the bot of another test meanwhile.
    const settings = { PORT: String(await freePort()) };
    await inStrictWorld(
      async (world) => {
        await world.bot.stop();
        await expect(world.ayu.command('dev')).rejects.toThrow('fetch failed');
        expect(await audited(world)).toEqual([]);
      },
      { settings },
    );
  });
});
