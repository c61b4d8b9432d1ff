import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connect } from '../../../sandbox/database/database-server.ts';
import { until } from '../../../sandbox/process/until.ts';
import type { StoredMessage } from '../../../sandbox/strict-slack/workspace.ts';
import { type KillWorld, startKillWorld, USERS_OF_EACH, type Victim } from '../../support/kill-world.ts';
import { buttons, CHANNEL, shown } from '../../support/strict-conversation.ts';

const RESULT = `Sync completed successfully! ${USERS_OF_EACH} users added, 0 users deactivated, 0 users unchanged.`;

const HOW = ['two replicas', 'a restart'] as const;
type How = (typeof HOW)[number];

const POINTS = [
  'while it reads',
  'while it tells the preview',
  'after a confirm was written, before its transaction',
  'inside the transaction',
  'while it edits the message for the result',
  'while it tells the result, which Slack takes',
  'while it tells the result, which Slack does not take',
] as const;
type Point = (typeof POINTS)[number];
/** Where somebody confirms after the death. */
const UNCONFIRMED: readonly Point[] = ['while it reads', 'while it tells the preview'];

const targetOf = (how: How, point: Point) => `t${HOW.indexOf(how)}${POINTS.indexOf(point)}`;

let world: KillWorld;
beforeAll(async () => {
  const killed = HOW.flatMap((how) => POINTS.map((point) => targetOf(how, point)));
  world = await startKillWorld([...killed, 'paused']);
}, 120_000);
afterAll(() => world.stop());

/** Waits for something that Slack or the database shows. */
const sees = <T>(what: string, look: () => T | undefined | false | Promise<T | undefined | false>) =>
  until<T>(look, {
    failure: async () => {
      const runs = await world.sql(
        'SELECT id, target, status, attempt, failure, lease_owner, lease_until, UTC_TIMESTAMP(3) AS now FROM sync_runs',
      );
      const open = await world.sql('SELECT * FROM sync_outbox WHERE closed_at IS NULL');
      const processes = await world.sql('SELECT owner, free_since FROM sync_processes');
      return `${what}. ${JSON.stringify({ runs, open, processes }, undefined, 1)}`;
    },
  });

const messagesOf = (target: string) =>
  world.slack.messages(CHANNEL).filter((message) => shown(message).includes(target));

const previewOf = (target: string): Promise<StoredMessage> =>
  sees(`a preview of ${target}`, () =>
    messagesOf(target).find((message) => buttons(message).includes('confirm_run')),
  );

const repliesTo = ({ ts }: StoredMessage) => world.slack.messages(CHANNEL, ts).map(({ text }) => text);

const isAbout = (target: string, text: string) => (args: object) => {
  const sent = JSON.stringify(args);
  return sent.includes(target) && sent.includes(text);
};

/** Kills the bot at the point. */
const KILLED: Readonly<Record<Point, (victim: Victim, target: string) => Promise<void>>> = {
  'while it reads': async (victim, target) => {
    await victim.ayu.command(target);
    await sees('the list asked for', () => world.depots.readers.has(target));
    await victim.kill();
  },
  'while it tells the preview': async (victim, target) => {
    const killed = world.killAt(victim, 'chat.update', isAbout(target, 'confirm_run'), true);
    await victim.ayu.command(target);
    await killed;
  },
  'after a confirm was written, before its transaction': async (victim, target) => {
    await victim.ayu.command(target);
    const message = await previewOf(target);
    const killed = world.killAt(victim, 'chat.update', isAbout(target, 'Sync in Progress'), true);
    await victim.ayu.click(message, 'confirm_run');
    await killed;
  },
  'inside the transaction': async (victim, target) => {
    await victim.ayu.command(target);
    const message = await previewOf(target);
    const laravel = await connect(world.databaseUrl);
    try {
      await laravel.beginTransaction();
      await laravel.query('SELECT id FROM locations WHERE location_code = ? FOR UPDATE', [target]);
      await victim.ayu.click(message, 'confirm_run');
      await sees('a transaction that waits', async () => {
        const runs = "SELECT id FROM sync_runs WHERE target = ? AND status = 'executing'";
        const free = await world.sql(`${runs} FOR UPDATE SKIP LOCKED`, [target]);
        return free.length === 0 && (await world.sql(runs, [target])).length === 1;
      });
      await victim.kill();
    } finally {
      await laravel.end();
    }
  },
  'while it edits the message for the result': async (victim, target) => {
    await victim.ayu.command(target);
    const message = await previewOf(target);
    const killed = world.killAt(victim, 'chat.update', isAbout(target, 'Sync Completed'), false);
    await victim.ayu.click(message, 'confirm_run');
    await killed;
  },
  'while it tells the result, which Slack takes': (victim, target) =>
    killedWhileTelling(victim, target, true),
  'while it tells the result, which Slack does not take': (victim, target) =>
    killedWhileTelling(victim, target, false),
};

async function killedWhileTelling(victim: Victim, target: string, taken: boolean): Promise<void> {
  await victim.ayu.command(target);
  const message = await previewOf(target);
  const killed = world.killAt(victim, 'chat.postMessage', ({ thread_ts: ts }) => ts === message.ts, taken);
  await victim.ayu.click(message, 'confirm_run');
  await killed;
}

/**
 * From now on, none of them ends in time by itself: the death must be noticed. Those of the living are renewed and closed as ever. A
 * process that is found dead already may still get one by its last commit, and that one runs out.
 */
async function prolongLeases(): Promise<void> {
  for (const table of ['sync_runs', 'sync_outbox', 'sync_batches']) {
    await world.sql(
      `UPDATE ${table} SET lease_until = UTC_TIMESTAMP(3) + INTERVAL 1 HOUR
       WHERE lease_until > UTC_TIMESTAMP(3) AND lease_owner IN (SELECT owner FROM sync_processes)`,
    );
  }
}

describe.each(HOW)('with %s, a bot that is killed', (how) => {
  let there: Victim | undefined;
  /** Another bot that is there already, or the next one once it is ready. */
  const next = async () => {
    const bot = there ?? (await world.start());
    there = undefined;
    return bot;
  };
  afterAll(() => there?.kill());

  it.each(POINTS)('%s: the outcome is told without waiting for a lease to run out, once', async (point) => {
    const target = targetOf(how, point);
    const victim = await next();
    if (how === 'two replicas') there = await world.start();
    await KILLED[point](victim, target);
    await prolongLeases();
    const survivor = await next();
    there = survivor;
    if (UNCONFIRMED.includes(point)) await survivor.ayu.click(await previewOf(target), 'confirm_run');
    const message = await sees('the message', () => messagesOf(target)[0]);
    await sees('the outcome', () => repliesTo(message).length > 0);
    await sees('the end of all work', async () => {
      return (await world.sql('SELECT id FROM sync_outbox WHERE closed_at IS NULL')).length === 0;
    });
    expect(repliesTo(message)).toEqual([RESULT]);
    expect(messagesOf(target)).toHaveLength(1);
    const sql = "SELECT seq FROM audit_logs WHERE step = 'completed' AND target = ?";
    expect(await world.sql(sql, [target])).toHaveLength(1);
  });
});

describe('a bot that stands still', () => {
  it('is not taken for dead: it goes on where it stood', async () => {
    const [paused, other] = await Promise.all([world.start(), world.start()]);
    await paused.ayu.command('paused');
    await sees('the list asked for', () => world.depots.readers.has('paused'));
    paused.pause();
    // Longer than a dead one is missed.
    const end = Date.now() + 4_000;
    await sees('some seconds', () => Date.now() > end);
    const standing = "SELECT attempt FROM sync_runs WHERE target = 'paused' AND status = 'reading'";
    expect(await world.sql(standing)).toEqual([{ attempt: 1 }]);
    expect(await world.sql('SELECT owner FROM sync_processes WHERE free_since IS NOT NULL')).toEqual([]);
    paused.resume();
    await previewOf('paused');
    expect(
      await world.sql("SELECT seq FROM audit_logs WHERE step = 'taken_over' AND target = 'paused'"),
    ).toEqual([]);
    await Promise.all([paused.kill(), other.kill()]);
  });
});

// Last, because it shows every target.
describe.each(HOW)('with %s, a bot that is killed while it opens the runs of all targets', (how) => {
  it('leaves no target without its preview', async () => {
    const victim = await world.start();
    const other = how === 'two replicas' ? await world.start() : undefined;
    const killed = world.killAt(victim, 'chat.postMessage', isAbout('', 'Sync of All'), true);
    await victim.ayu.command('all');
    await killed;
    const opened = 'SELECT target FROM sync_runs WHERE batch_id = (SELECT MAX(id) FROM sync_batches)';
    expect((await world.sql(opened)).length).toBeLessThan(world.targets.length);
    await prolongLeases();
    const survivor = other ?? (await world.start());
    await sees('every preview', async () => {
      const read = await world.sql(`${opened} AND status IN ('ready', 'completed')`);
      return read.length >= world.targets.length;
    });
    const targets = await world.sql<{ target: string }>(opened);
    expect(targets.map(({ target }) => target).sort()).toEqual([...world.targets].sort());
    const summaries = world.slack.messages(CHANNEL).filter((each) => shown(each).includes('Sync of All'));
    expect(summaries).toHaveLength(1 + HOW.indexOf(how));
    await survivor.kill();
  });
});
