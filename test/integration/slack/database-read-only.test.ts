import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type DatabaseServer, query } from '../../../sandbox/database/database-server.ts';
import { startMariadb } from '../../../sandbox/database/mariadb.ts';
import { scenarioUsers } from '../../../sandbox/worlds/scenarios.ts';
import {
  audited,
  buttons,
  preview,
  replies,
  reply,
  sees,
  settled,
  shown,
  toldAfter,
} from '../../support/strict-conversation.ts';
import { IMPATIENT, inStrictWorld, type StrictWorld } from '../../support/strict-world.ts';
import { expectExecutedOnce, heldExecution, heldReading, usersOfDev } from './support/at-work.ts';

/** A right that no bot has lets its account write to a server that takes no writes. */
const ACCOUNT = 'the_bot';
const TOLD =
  'The database server is read-only. This request changed nothing. Tell the database administrator';
const ON_HOLD = /^The database server is read-only\. Run \d+ is on hold\. It resumes by itself/;

/** As after a fail-over: the address of the bot leads to a server that has become a replica. */
// One that was given serves other tests too.
describe.skipIf(process.env['TEST_DATABASE_URL'])('a server that turns read-only while the bot runs', () => {
  let server: DatabaseServer;
  /** MySQL has one setting against everybody, administrators too. */
  let setting: 'read_only' | 'super_read_only';

  beforeAll(async () => {
    server = await startMariadb({ flags: [] });
    await query(server.url(''), `CREATE USER ${ACCOUNT} IDENTIFIED BY 'secret'`);
    await query(server.url(''), `GRANT SELECT, INSERT, UPDATE, DELETE ON \`usersync\\_%\`.* TO ${ACCOUNT}`);
    const known = await query(server.url(''), "SHOW GLOBAL VARIABLES LIKE 'super_read_only'");
    setting = known.length > 0 ? 'super_read_only' : 'read_only';
  });
  afterAll(() => server.stop());

  const turn = (how: 0 | 1) => query(server.url(''), `SET GLOBAL ${setting} = ${how}`);
  const writable = async () => {
    await turn(0);
    // super_read_only brings the other along, and leaves it.
    await query(server.url(''), 'SET GLOBAL read_only = 0');
  };
  const inWorld = (act: (world: StrictWorld) => Promise<void>) =>
    inStrictWorld(
      async (world) => {
        try {
          await act(world);
        } finally {
          await writable();
        }
      },
      {
        server,
        databaseUrl: (url) => Object.assign(new URL(url), { username: ACCOUNT, password: 'secret' }).href,
        depots: { test: { users: scenarioUsers.test().slice(0, 3) } },
        timing: IMPATIENT,
      },
    );

  it('changes nothing and says whom to tell; the same clicks work once it is writable again', () =>
    inWorld(async (world) => {
      const message = await preview(world, world.ayu, 'dev');
      await settled(world);
      await turn(1);
      expect(await toldAfter(world, () => world.ayu.command('test'))).toContain(TOLD);
      expect(await toldAfter(world, () => world.ayu.click(message, 'confirm_run'))).toContain(TOLD);
      expect(await toldAfter(world, () => world.ayu.click(message, 'cancel_run'))).toContain(TOLD);
      const response = await fetch(`http://127.0.0.1:${world.bot.port}/readyz`);
      expect([response.status, await response.text()]).toEqual([503, 'The database takes no writes.\n']);
      expect((await audited(world)).map(({ step }) => step)).toEqual(['requested', 'previewed']);
      expect(await usersOfDev(world)).toEqual([]);
      expect(buttons(message)).toContain('confirm_run');

      await writable();
      await world.ayu.click(message, 'confirm_run');
      expect((await reply(world, message)).text).toContain('Sync completed successfully! 25 users added');
      expect(await usersOfDev(world)).toHaveLength(25);
    }));

  it('holds a run that reads its list, and the run goes on by itself', () =>
    inWorld(async (world) => {
      const { message, answer } = await heldReading(world);
      await turn(1);
      answer();
      expect((await reply(world, message)).text).toMatch(ON_HOLD);
      await writable();
      await sees(world, 'the preview', () => buttons(message).includes('confirm_run'));
      await settled(world);
      expect(shown(message)).toContain('25 users will be added to Dev');
      expect(replies(world, message.ts)).toHaveLength(1);
    }));

  it('undoes an execution that it interrupts, which is done once when it is writable again', () =>
    inWorld(async (world) => {
      const { message, laravel } = await heldExecution(world);
      // It waits for statements that are at work, and lets none in before it.
      let turned = false;
      const turning = turn(1).then(() => {
        turned = true;
      });
      await sees(world, 'the administrator', async () => turned || (await waits(world, setting)));
      await laravel.end();
      await turning;
      expect((await reply(world, message)).text).toMatch(ON_HOLD);
      expect(await usersOfDev(world)).toEqual([]);

      await writable();
      await expectExecutedOnce(world, message);
    }));
});

async function waits({ sql }: StrictWorld, setting: string): Promise<boolean> {
  const processes = await sql<{ Info: string | null }>('SHOW PROCESSLIST');
  return processes.some(({ Info }) => Info?.startsWith(`SET GLOBAL ${setting}`) === true);
}
