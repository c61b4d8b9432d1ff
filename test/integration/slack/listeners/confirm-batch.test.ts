import { describe, expect, it } from 'vitest';
import { AYU, BUDI, CITRA } from '../../../../sandbox/local-slack/workspace.ts';
import type { StoredMessage } from '../../../../sandbox/strict-slack/workspace.ts';
import {
  audited,
  buttons,
  CHANNEL,
  everything,
  preview,
  sees,
  settled,
  shown,
  toldAfter,
  twice,
} from '../../../support/strict-conversation.ts';
import {
  IMPATIENT,
  inStrictWorld,
  type StrictWorld,
  type StrictWorldOptions,
} from '../../../support/strict-world.ts';

const BUTTON = 'confirm_batch';

/** Dev gets 25 new users and Prod 800; Test gets 3 and loses 2. */
function conversation(world: StrictWorld) {
  const summary = () => world.slack.messages(CHANNEL).find((each) => shown(each).includes('Sync of All'));

  /** The message of a `/usersync all`, once every target was read. */
  async function batch(): Promise<StoredMessage> {
    await world.ayu.command('all');
    const message = await sees(world, 'the summary with its button', () => {
      const found = summary();
      return (
        found !== undefined &&
        ['Dev', 'Test', 'Prod'].every((target) => shown(found).includes(`*${target}*`)) &&
        !shown(found).includes('being read') &&
        buttons(found).includes(BUTTON) &&
        found
      );
    });
    await settled(world);
    return message;
  }

  const statuses = async () => {
    const rows = await world.sql<{ target: string; status: string }>(
      'SELECT target, status FROM sync_runs ORDER BY target',
    );
    return Object.fromEntries(rows.map(({ target, status }) => [target, status]));
  };

  return { world, batch, statuses };
}

/** A test in a world of its own. Most of its time is the wait for the next edit of the summary, so they wait side by side. */
function inWorld(
  act: (its: ReturnType<typeof conversation>) => Promise<void>,
  options: StrictWorldOptions = {},
) {
  return () => inStrictWorld((world) => act(conversation(world)), { timing: IMPATIENT, ...options });
}

/** The button as it stands on the message, which an edit may take away. */
function offered(message: StoredMessage) {
  const [, blockId = '', value = ''] =
    /"block_id":"([^"]+)","elements":\[\{"type":"button","action_id":"confirm_batch".*?"value":"([^"]+)"/.exec(
      JSON.stringify(message.blocks),
    ) ?? [];
  return { actionId: BUTTON, blockId, value };
}

describe('Confirm All That Deactivate Nobody', () => {
  it.concurrent(
    'executes each of them, and leaves those that deactivate somebody to their own Confirm',
    inWorld(async ({ world, batch, statuses }) => {
      const message = await batch();
      expect(JSON.stringify(message.blocks)).toContain('2 previews deactivate nobody: 825 new in all.');
      const told = await toldAfter(world, () => world.budi.click(message, BUTTON), BUDI.id);
      expect(told).toBe('2 previews are being executed. The result of each appears in its thread.');
      await settled(world);
      expect(await statuses()).toEqual({ dev: 'completed', prod: 'completed', test: 'ready' });
      expect(shown(message)).toContain('1 is waiting for confirmation in its own message.');
      expect(buttons(message)).toEqual([]);
      const confirmed = await audited(world, 'confirmed');
      expect(confirmed.map(({ actor_id }) => actor_id)).toEqual([BUDI.id, BUDI.id]);
    }),
  );

  it.concurrent(
    'executes nothing twice, whoever presses again, at whichever replica, and says how each run stands',
    inWorld(async ({ world, batch }) => {
      const message = await batch();
      const button = offered(message);
      const another = world.person(BUDI.id, await world.anotherBot());
      await Promise.all([
        world.ayu.clickForged(message, button),
        another.clickForged(message, button),
        world.ayu.clickForged(message, button),
      ]);
      await sees(world, 'both executions', async () => (await audited(world, 'completed')).length >= 2);
      await settled(world);
      expect((await audited(world, 'completed')).map(({ run_id }) => run_id).toSorted()).toHaveLength(2);
      const told = await toldAfter(world, () => world.ayu.clickForged(message, button));
      expect(told).toContain('Your click executed no preview.');
      expect(told).toMatch(/\*Dev\*: Run \d+ is already completed, confirmed by <@U\w+>\./);
      expect(await audited(world, 'completed')).toHaveLength(2);
    }),
  );

  it.concurrent(
    'serves a request that arrives twice once',
    inWorld(async ({ world, batch }) => {
      const message = await batch();
      await twice(world, (forgery) => world.ayu.clickForged(message, offered(message), forgery));
      await sees(world, 'both executions', async () => (await audited(world, 'completed')).length >= 2);
      await settled(world);
      expect(await audited(world, 'completed')).toHaveLength(2);
    }),
  );

  it.concurrent(
    'lets one that became stale fail by itself',
    inWorld(async ({ world, batch, statuses }) => {
      const message = await batch();
      await world.sql("INSERT INTO users (email, location_id) VALUES ('vendor1@dkm', 8)");
      await world.ayu.click(message, BUTTON);
      await sees(world, 'the end of both', async () => (await statuses())['prod'] === 'completed');
      await settled(world);
      expect(await statuses()).toEqual({ dev: 'failed', prod: 'completed', test: 'ready' });
    }),
  );

  it.concurrent(
    'is refused for runs that it does not offer, and from any other message',
    inWorld(async ({ world, batch }) => {
      const message = await batch();
      const runs = await world.sql<{ id: number; target: string }>('SELECT id, target FROM sync_runs');
      const idOf = (target: string) => runs.find((each) => each.target === target)?.id;
      const alone = await preview(world, world.ayu, 'dev');
      await settled(world);
      const before = await everything(world);
      const press = (value: string, on = message) =>
        toldAfter(world, () => world.ayu.clickForged(on, { ...offered(message), value }));

      expect(await press(`1:${idOf('test')}`)).toContain(
        'deactivates 2 users, so it is not confirmed together',
      );
      expect(await press('1:4')).toContain('There is no such run in the database.');
      expect(await press('2:1')).toContain('There is no such run in the database.');
      for (const value of [
        '1',
        '1:',
        '1:1,1',
        '1:x',
        '1:1:1',
        `1:${Array.from({ length: 151 }, (_, n) => n + 1)}`,
      ]) {
        expect(await press(value)).toContain('There is no such run in the database.');
      }
      expect(await press(`1:${idOf('prod')}`, alone)).toContain('This button is not on the message');
      expect(await everything(world)).toEqual(before);
      expect(await audited(world, 'confirmed')).toEqual([]);
    }),
  );
});

describe('Confirm All That Deactivate Nobody, where a target needs several people', () => {
  const options = {
    settings: {
      SYNC_APPROVALS: 'prod=3',
      SLACK_ADMIN_USER_IDS: [AYU, BUDI, CITRA].map(({ id }) => id).join(','),
    },
  };

  it.concurrent(
    'counts whoever presses once, however often, and says who is missing',
    inWorld(async ({ world, batch, statuses }) => {
      const message = await batch();
      const button = offered(message);
      const own = await toldAfter(world, () => world.ayu.clickForged(message, button));
      expect(own).toContain('1 of 2 previews is being executed.');
      expect(own).toContain(`*Prod*: The target \`prod\` needs 3 people. <@${AYU.id}> requested this one`);
      await settled(world);
      for (const _ of ['first', 'second']) {
        const told = await toldAfter(world, () => world.budi.clickForged(message, button), BUDI.id);
        expect(told).toContain('*Prod*: your approval counts, 2 of 3. More admins must confirm it.');
        await settled(world);
      }
      expect(await statuses()).toEqual({ dev: 'completed', prod: 'ready', test: 'ready' });
      expect(await audited(world, 'approved')).toHaveLength(1);
      expect(await audited(world, 'withdrawn')).toEqual([]);
    }, options),
  );
});

describe('Confirm All That Deactivate Nobody, in a freeze', () => {
  const today = () => new Date().toISOString().slice(0, 10);
  const later = () => new Date(Date.now() + 2 * 86_400_000).toISOString().slice(0, 10);
  const options = {
    settings: { SYNC_FREEZE: `${today()}-${later()}`, SYNC_SCHEDULE_TZ: 'UTC' },
  };

  it.concurrent(
    'executes nothing, and says until when',
    inWorld(async ({ world, batch, statuses }) => {
      const message = await batch();
      const told = await toldAfter(world, () => world.ayu.click(message, BUTTON));
      expect(told).toContain('Your click executed no preview.');
      expect(told).toContain('*Dev*: Executions are frozen until');
      expect(await statuses()).toEqual({ dev: 'ready', prod: 'ready', test: 'ready' });
    }, options),
  );
});

describe.concurrent('/usersync all', () => {
  it('offers no run together with others whose message Slack has not taken, and does once it has', () =>
    inStrictWorld(
      async (world) => {
        let isAway = true;
        const when = ({ blocks }: { readonly [name: string]: unknown }) =>
          isAway && JSON.stringify(blocks ?? '').includes('run:');
        world.slack.fail('chat.postMessage', { status: 503, times: Number.POSITIVE_INFINITY, when });
        await world.ayu.command('all');
        const summary = await sees(world, 'a summary of what nobody sees', () =>
          world.slack
            .messages(CHANNEL)
            .find((each) => shown(each).includes('1 is planned, but Slack has not taken its message yet.')),
        );
        expect(buttons(summary)).not.toContain(BUTTON);
        isAway = false;
        await sees(world, 'the button', () => buttons(summary).includes(BUTTON));
        expect(world.slack.messages(CHANNEL).length).toBeGreaterThan(1);
      },
      { timing: IMPATIENT, settings: { SYNC_TARGETS: 'dev' } },
    ));

  it('reads a location once that has several names', () =>
    inStrictWorld(
      async (world) => {
        await world.ayu.command('all');
        await sees(world, 'a preview', () =>
          world.slack.messages(CHANNEL).find((message) => buttons(message).includes('confirm_run')),
        );
        await settled(world);
        expect(await world.sql('SELECT target FROM sync_runs')).toEqual([{ target: 'dev' }]);
        expect(world.slack.ephemerals(AYU.id)).toEqual([]);
      },
      { timing: IMPATIENT, settings: { SYNC_TARGETS: 'dev,develop=DEV' } },
    ));
});
