import { describe, expect, inject, it } from 'vitest';
import { AYU, BUDI, CITRA } from '../../../sandbox/local-slack/workspace.ts';
import { startTcpProxy, type TcpProxy } from '../../../sandbox/process/tcp-proxy.ts';
import { scenarioUsers } from '../../../sandbox/worlds/scenarios.ts';
import {
  audited,
  buttons,
  CHANNEL,
  modal,
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

const LOST = 'The database cannot be reached. This request changed nothing.';

/** A bot whose way to the database can be cut. Each test has its own, so that they wait side by side. */
async function inWorld(act: (world: StrictWorld, proxy: TcpProxy) => Promise<void>): Promise<void> {
  const proxy = await startTcpProxy(Number(new URL(inject('databaseServerUrl')).port));
  const databaseUrl = (url: string) => through(proxy, url);
  const depots = { test: { users: scenarioUsers.test().slice(0, 3) } };
  try {
    await inStrictWorld((world) => act(world, proxy), { databaseUrl, depots, timing: IMPATIENT });
  } finally {
    await proxy.stop();
  }
}

/** A statement that gets no answer for as long as a connection is waited for is lost. */
function through(proxy: TcpProxy, databaseUrl: string): string {
  const url = new URL(databaseUrl);
  url.port = String(proxy.port);
  url.searchParams.set('socketTimeout', '5000');
  return url.href;
}

const health = async (world: StrictWorld, path: string) => {
  const response = await fetch(`http://127.0.0.1:${world.bot.port}${path}`);
  return { status: response.status, text: await response.text() };
};

/** As if the half minute had passed after which another process may take the run over. */
const endLease = ({ sql }: StrictWorld) =>
  sql("UPDATE sync_runs SET lease_until = '2025-01-01' WHERE lease_until IS NOT NULL");

/** Keeps a lease from running out, however slow the machine is. */
const prolongLease = ({ sql }: StrictWorld) =>
  sql(
    'UPDATE sync_runs SET lease_until = UTC_TIMESTAMP(3) + INTERVAL 20 SECOND WHERE lease_until IS NOT NULL',
  );

describe.concurrent('while the database is away', () => {
  it.each(['cut', 'freeze'] as const)('(%s), everybody is told so, and afterwards all works again', (how) =>
    inWorld(async (world, proxy) => {
      const message = await preview(world, world.ayu, 'dev');
      await settled(world);
      proxy[how]();
      const answers = await Promise.all([
        toldAfter(world, () => world.ayu.command('test')),
        toldAfter(world, () => world.budi.click(message, 'confirm_run'), BUDI.id),
        toldAfter(world, () => world.citra.click(message, 'cancel_run'), CITRA.id),
      ]);
      for (const answer of answers) expect(answer).toContain(LOST);
      expect(await health(world, '/healthz')).toEqual({ status: 200, text: 'ok\n' });
      expect(await health(world, '/readyz')).toEqual({
        status: 503,
        text: 'The database cannot be reached.\n',
      });
      expect((await audited(world)).map(({ step }) => step)).toEqual(['requested', 'previewed']);
      expect(await usersOfDev(world)).toEqual([]);

      proxy.restore();
      expect(
        await sees(world, 'a ready bot', async () => (await health(world, '/readyz')).status === 200),
      ).toBe(true);
      await world.ayu.click(message, 'confirm_run');
      await reply(world, message);
      expect(await usersOfDev(world)).toHaveLength(25);
    }),
  );

  it('modals say so too: the plan in itself, the form in the conversation with the app', () =>
    inWorld(async (world, proxy) => {
      const message = await preview(world, world.ayu, 'test');
      await world.ayu.click(message, 'confirm_guarded_run');
      const form = await modal(world, 'Execute Sync');
      await settled(world);
      proxy.cut();
      await world.budi.click(message, 'view_plan');
      await modal(world, LOST);
      await world.ayu.submit(form, { target: 'test', reason: 'Office closed' });
      const told = await sees(world, 'the answer', () => world.slack.messages(`D${AYU.id.slice(1)}`).at(0));
      expect(told.text).toContain(LOST);
      proxy.restore();
      expect(await world.sql("SELECT 1 FROM users WHERE status = 'inactive'")).toEqual([]);
    }));
});

describe.concurrent('a run that loses the database', () => {
  it('while it reads is on hold, says so once in its thread, and is read again afterwards', () =>
    inWorld(async (world, proxy) => {
      const { message, answer } = await heldReading(world);
      proxy.cut();
      answer();
      expect((await reply(world, message)).text).toMatch(
        /^The database cannot be reached, so run 1 is on hold\./,
      );
      expect(buttons(message)).toEqual([]);
      proxy.restore();
      await endLease(world);
      await sees(world, 'the preview', () => buttons(message).includes('confirm_run'));
      await settled(world);
      expect(shown(message)).toContain('25 users will be added to Dev');
      expect(world.slack.messages(CHANNEL)).toHaveLength(1);
      expect(replies(world, message.ts)).toHaveLength(1);
      expect(await audited(world, 'taken_over')).toHaveLength(1);
    }));

  it('is taken up by the same process when the database is back, not when its lease has run out', () =>
    inWorld(async (world, proxy) => {
      const { message, answer } = await heldReading(world);
      proxy.cut();
      answer();
      await reply(world, message);
      proxy.restore();
      await sees(world, 'the preview', async () => {
        await prolongLease(world);
        return buttons(message).includes('confirm_run');
      });
      expect(await audited(world, 'taken_over')).toHaveLength(1);
    }));

  it('while it executes has changed nothing, and is executed once afterwards', () =>
    inWorld(async (world, proxy) => {
      const { message, laravel } = await heldExecution(world);
      proxy.cut();
      expect((await reply(world, message)).text).toMatch(
        /^The database cannot be reached, so run 1 is on hold\./,
      );
      await laravel.end();
      expect(await usersOfDev(world)).toEqual([]);
      proxy.restore();
      await endLease(world);
      await expectExecutedOnce(world, message);
    }));

  it('after it was committed still tells the result, once', () =>
    inWorld(async (world, proxy) => {
      const message = await preview(world, world.ayu, 'dev');
      await settled(world);
      let go: () => void = () => {};
      const edits = world.slack.calls.filter(({ method }) => method === 'chat.update').length;
      world.slack.fail('chat.update', {});
      world.slack.fail('chat.update', { until: new Promise<void>((resolve) => (go = resolve)) });
      await world.ayu.click(message, 'confirm_run');
      await sees(
        world,
        'the outbox at Slack',
        () => world.slack.calls.filter(({ method }) => method === 'chat.update').length === edits + 2,
      );
      proxy.cut();
      go();
      await sees(world, 'the final message', () => shown(message).includes('Sync Completed'));
      proxy.restore();
      await reply(world, message);
      await settled(world);
      expect(replies(world, message.ts)).toHaveLength(1);
    }));
});
