import { describe, expect, it } from 'vitest';
import { connect } from '../../../sandbox/database/database-server.ts';
import { AYU, BUDI } from '../../../sandbox/local-slack/workspace.ts';
import {
  audited,
  buttons,
  CHANNEL,
  preview,
  sees,
  settled,
  shown,
  toldAfter,
} from '../../support/strict-conversation.ts';
import { IMPATIENT, inStrictWorld, type StrictWorld } from '../../support/strict-world.ts';

/** With four connections, a bot reads one server at a time and executes one plan. */
const ROOM_FOR_ONE = {
  timing: IMPATIENT,
  databaseUrl: (url: string) => `${patient(url)}&connectionLimit=4`,
};

/** 200 requests share the bot's connections. */
const PATIENT = { databaseUrl: patient };

/** Waits for a connection for as long as a busy machine takes. */
function patient(url: string): string {
  return `${url}?acquireTimeout=120000`;
}

const INVITE = 'Type `/invite @usersync` here, then type your command again.';

const summaryOf = ({ slack }: StrictWorld) =>
  slack.messages(CHANNEL).find((message) => shown(message).startsWith('Sync of All Targets'));

const previewsOf = ({ slack }: StrictWorld) =>
  slack.messages(CHANNEL).filter((message) => buttons(message).includes('confirm_run'));

/** Holds back every answer of a depot server until it is opened. */
function hold(depot: StrictWorld['depots']['dev']): () => void {
  let open: () => void = () => {};
  const opened = new Promise<undefined>((resolve) => {
    open = () => resolve(undefined);
  });
  depot.faults.onRequest = () => opened;
  return open;
}

describe.concurrent('/usersync all', () => {
  it('reads as many servers at a time as the bot has room for; the summary tells of the others', () =>
    inStrictWorld(async (world) => {
      const open = hold(world.depots.dev);
      await world.ayu.command('all');
      const summary = await sees(world, 'two that wait', () => {
        const message = summaryOf(world);
        return message !== undefined && /2 are waiting their turn/.test(shown(message)) && message;
      });
      expect(shown(summary)).toMatch(/\*Test\*: waiting its turn/);
      expect(world.depots.test.requests).toEqual([]);
      expect(world.slack.messages(CHANNEL)).toHaveLength(2);
      open();
      await sees(world, 'three previews', () => previewsOf(world).length === 3);
      await settled(world);
      expect(shown(summary)).toContain('3 are waiting for confirmation');
      expect(world.slack.messages(CHANNEL)).toHaveLength(4);
      expect(await audited(world, 'taken_over')).toEqual([]);
    }, ROOM_FOR_ONE));

  it('in a channel where the bot cannot post tells the person once, and reads nothing', () =>
    inStrictWorld(async (world) => {
      const told = await toldAfter(world, () => world.ayu.command('all', 'C0NOTHERE1'));
      expect(told).toContain(INVITE);
      await settled(world);
      expect(world.slack.ephemerals(AYU.id)).toHaveLength(1);
      expect((await audited(world)).map(({ step }) => step)).toEqual(['requested', 'failed']);
    }));

  it('names the targets that have no location in one message, and previews the others', () =>
    inStrictWorld(
      async (world) => {
        const told = await toldAfter(world, () => world.ayu.command('all'));
        expect(told.match(/`gone\d`/g)).toEqual(['`gone1`', '`gone2`', '`gone3`', '`gone4`', '`gone5`']);
        expect(told).toContain('…and 3 more targets without a preview.');
        await sees(world, 'the preview of Dev', () => previewsOf(world).length === 1);
        expect(await audited(world, 'refused')).toHaveLength(8);
      },
      { settings: { SYNC_TARGETS: `${range(8).map((n) => `gone${n}`)},dev` } },
    ));
});

describe.concurrent('a preview for which the bot has no room', () => {
  it('says for how many it waits, and comes by itself', () =>
    inStrictWorld(async (world) => {
      const open = hold(world.depots.dev);
      await world.ayu.command('dev');
      await sees(world, 'Dev asked', () => world.depots.dev.requests.length > 0);
      await world.budi.command('test');
      const waiting = await sees(world, 'one that waits', () =>
        world.slack.messages(CHANNEL).find((message) => /is waiting its turn/.test(shown(message))),
      );
      expect(shown(waiting)).toContain(
        'Test is waiting its turn: 1 other run came first. It starts by itself.',
      );
      open();
      await sees(world, 'both previews', () => previewsOf(world).length === 2);
      await settled(world);
      expect(shown(waiting)).toContain('3 users will be added to Test');
    }, ROOM_FOR_ONE));
});

// By itself: 200 requests keep the process busy, and with it every bot that runs in it.
describe('an admin who types the same command 200 times while its list is read', () => {
  it('starts one run and is pointed to it, and holds nobody else up', () =>
    inStrictWorld(async (world) => {
      const open = hold(world.depots.dev);
      await world.ayu.command('dev');
      await sees(world, 'Dev asked', () => world.depots.dev.requests.length > 0);
      const [message] = await sees(world, 'its message', () => {
        const messages = world.slack.messages(CHANNEL);
        return messages.length > 0 && messages;
      });
      await sees(world, 'where it stands noted', async () => {
        const [run] = await world.sql<{ ts: string | null }>('SELECT message_ts AS ts FROM sync_runs');
        return run?.ts === message?.ts;
      });
      const typed = Array.from({ length: 199 }, () => world.ayu.command('dev'));
      const theirs = preview(world, world.budi, 'test', 'confirm_run');
      await Promise.all(typed);
      const answers = await sees(world, '199 answers', () => {
        const told = world.slack.ephemerals(AYU.id);
        return told.length === 199 && told;
      });
      const link = `archives/${CHANNEL}/p${message?.ts.replace('.', '')}|Run 1>`;
      expect(answers.map(shown).filter((text) => !text.includes(link))).toEqual([]);
      expect(shown(await theirs)).toContain('3 users will be added to Test');
      open();
      await sees(world, 'both previews', () => previewsOf(world).length === 2);
      await settled(world);
      expect(world.slack.messages(CHANNEL)).toHaveLength(2);
      expect(world.depots.dev.requests.filter(({ method }) => method === 'POST')).toHaveLength(1);
      expect(await world.sql('SELECT id FROM sync_runs')).toHaveLength(2);
    }, PATIENT));

  it('has the others of `/usersync all` previewed', () =>
    inStrictWorld(async (world) => {
      const open = hold(world.depots.dev);
      await world.ayu.command('dev');
      await sees(world, 'Dev asked', () => world.depots.dev.requests.length > 0);
      const told = await toldAfter(world, () => world.budi.command('all'), BUDI.id);
      expect(told).toContain('Users of Dev are already being read');
      await sees(world, 'two previews', () => previewsOf(world).length === 2);
      open();
      await sees(world, 'three previews', () => previewsOf(world).length === 3);
      await settled(world);
    }));
});

describe.concurrent('a confirmed run for which the bot has no room', () => {
  it('says for how many it waits, loses its buttons, and is executed by itself', () =>
    inStrictWorld(async (world) => {
      const first = await preview(world, world.ayu, 'dev');
      const second = await preview(world, world.ayu, 'test');
      await settled(world);
      const laravel = await connect(world.database.url);
      await laravel.beginTransaction();
      await laravel.query('SELECT id FROM locations WHERE id = 8 FOR UPDATE');
      await world.ayu.click(first, 'confirm_run');
      await sees(world, 'Dev executing', async () => (await audited(world, 'confirmed')).length === 1);
      await world.budi.click(second, 'confirm_run');
      await sees(world, 'one that waits', () => /is waiting its turn: 1 other run/.test(shown(second)));
      expect(shown(second)).toContain('Confirmed by <@U0ADMIN002>');
      expect(buttons(second)).toEqual([]);
      await laravel.commit();
      await laravel.end();
      await settled(world);
      expect([first, second].map(shown)).toEqual([
        expect.stringContaining('Sync Completed: Dev'),
        expect.stringContaining('Sync Completed: Test'),
      ]);
    }, ROOM_FOR_ONE));
});

function range(n: number): number[] {
  return Array.from({ length: n }, (_, index) => index + 1);
}
