import { afterEach, expect, it, vi } from 'vitest';
import { AYU, BUDI, CITRA } from '../../../../sandbox/local-slack/workspace.ts';
import {
  audited,
  buttons,
  CHANNEL,
  newMessage,
  replies,
  sees,
  settled,
  shown,
  toldAfter,
} from '../../../support/strict-conversation.ts';
import { useStrictWorld } from '../../../support/strict-world.ts';

/** Cancel on the message of a list that is read for longer than a minute. */

const world = useStrictWorld({ settings: { EXTERNAL_API_PAGE_SIZE: '10' } }, { each: true });

const realNow = performance.now.bind(performance);

afterEach(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
});

/** Has Ayu ask for Dev, whose server brings its first page a minute later, and no other until `open` is called. */
async function reading() {
  let open = () => {};
  const opened = new Promise<undefined>((resolve) => {
    open = () => resolve(undefined);
  });
  const stored = () => world.sql('SELECT 1 FROM sync_runs WHERE message_ts IS NOT NULL');
  world.depots.dev.faults.onRequest = async ({ page = 0 }) => {
    if (page > 1) return opened;
    await sees(world, 'the stored message', async () => (await stored()).length > 0);
    vi.spyOn(performance, 'now').mockImplementation(() => realNow() + 60_000);
    return undefined;
  };
  await world.ayu.command('dev');
  const message = await newMessage(world, [], 'cancel_run');
  expect(shown(message)).toContain('Reading users from Dev… 10 of 25 users.');
  expect(buttons(message)).toEqual(['cancel_run']);
  return { message, open };
}

const cancelled = (message: Parameters<typeof shown>[0]) =>
  sees(world, 'the cancelled run', () => shown(message).includes(`Cancelled by <@${BUDI.id}>`));

const nothingStaged = () =>
  sees(
    world,
    'no staged rows',
    async () => (await world.sql('SELECT 1 FROM sync_staged_users')).length === 0,
  );

const steps = async () => (await audited(world)).map(({ step, run_id: run }) => `${step} ${run}`);

it('ends the read at once, and the list can be read again', async () => {
  const { message, open } = await reading();
  await world.budi.click(message, 'cancel_run');
  await cancelled(message);
  expect(shown(message)).toContain(`Cancelled by <@${BUDI.id}>. Nothing was changed.`);
  expect(shown(message)).not.toContain('Plan');
  expect(buttons(message)).toEqual(['retry_run']);
  world.depots.dev.faults.onRequest = undefined;
  await world.ayu.click(message, 'retry_run');
  await newMessage(world, [message]);
  open();
  await settled(world);
  expect(await steps()).toEqual(['requested 1', 'cancelled 1', 'requested 2', 'previewed 2']);
  expect(shown(message)).toContain('A new preview was started as run 2.');
  expect(replies(world, message.ts)).toEqual([]);
  expect(world.slack.messages(CHANNEL)).toHaveLength(2);
  await nothingStaged();
});

it('counts on every process, and the one that reads shows no plan and no failure', async () => {
  const { message, open } = await reading();
  const other = await world.anotherBot();
  await world.person(BUDI.id, other).click(message, 'cancel_run');
  await cancelled(message);
  open();
  await nothingStaged();
  await settled(world);
  expect(shown(message)).toContain(`Cancelled by <@${BUDI.id}>`);
  expect(await steps()).toEqual(['requested 1', 'cancelled 1']);
});

it('comes after a minute though the server is silent, and ends the read', async () => {
  let open = () => {};
  const silence = new Promise<undefined>((resolve) => {
    open = () => resolve(undefined);
  });
  world.depots.dev.faults.onRequest = () => silence;
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
  await world.ayu.command('dev');
  const stored = () => world.sql('SELECT 1 FROM sync_runs WHERE message_ts IS NOT NULL');
  await sees(world, 'the stored message', async () => (await stored()).length > 0);
  const [message] = world.slack.messages(CHANNEL);
  if (message === undefined) throw new Error('Slack has no message');
  expect(buttons(message)).toEqual([]);
  vi.spyOn(performance, 'now').mockImplementation(() => realNow() + 60_000);
  // The bot begins to count the minutes a moment after it has stored the message.
  await sees(world, 'Cancel', () => {
    vi.advanceTimersByTime(60_000);
    return buttons(message).includes('cancel_run');
  });
  expect(shown(message)).toContain('Reading users from Dev…');
  await world.budi.click(message, 'cancel_run');
  await cancelled(message);
  open();
});

it('is for admins only, and Confirm waits for the preview', async () => {
  const { message, open } = await reading();
  const denied = await toldAfter(world, () => world.citra.click(message, 'cancel_run'), CITRA.id);
  expect(denied).toContain('Only usersync admins may do this');
  const confirm = { actionId: 'confirm_run', blockId: 'run:1:ready:buttons', value: '1' };
  expect(await toldAfter(world, () => world.ayu.clickForged(message, confirm), AYU.id)).toBe(
    'Run 1 is still reading users. Nothing was changed. Wait for its preview.',
  );
  expect((await audited(world, 'refused')).map(({ outcome }) => outcome)).toEqual(['not_admin', 'not_ready']);
  open();
  await sees(world, 'the preview', () => buttons(message).includes('confirm_run'));
});
