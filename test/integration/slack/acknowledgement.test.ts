import { beforeEach, describe, expect, it } from 'vitest';
import { connect } from '../../../sandbox/database/database-server.ts';
import type { Acknowledgement } from '../../../sandbox/strict-slack/signed-request.ts';
import type { StoredMessage } from '../../../sandbox/strict-slack/workspace.ts';
import { CHANNEL, preview, reply, sees, settled } from '../../support/strict-conversation.ts';
import { useStrictWorld } from '../../support/strict-world.ts';

let other: StoredMessage;

const world = useStrictWorld({}, { each: true });

beforeEach(async () => {
  other = await preview(world, world.ayu, 'test');
  await settled(world);
});

const statusOf = async (target: string) => {
  const [run] = await world.sql<{ status: string }>('SELECT status FROM sync_runs WHERE target = ?', [
    target,
  ]);
  return run?.status;
};

/** Every kind of request, one after the other. */
async function everyKind(): Promise<Acknowledgement[]> {
  return [
    await world.ayu.command('help'),
    await world.ayu.command('nonsense'),
    await world.citra.command('dev'),
    await world.budi.command('dev'),
    await world.budi.click(other, 'view_plan'),
    await world.citra.click(other, 'cancel_run'),
    await world.ayu.click(other, 'confirm_run'),
  ];
}

function expectAcknowledged(answers: readonly Acknowledgement[]): void {
  expect(answers.map(({ status, body }) => ({ status, body }))).toEqual(
    answers.map(() => ({ status: 200, body: '' })),
  );
  const slowest = Math.max(...answers.map(({ elapsedMs }) => elapsedMs));
  if (process.env['MEASURE'] !== undefined) console.log(`slowest acknowledgement: ${slowest.toFixed(1)} ms`);
}

describe('every command and click is acknowledged before the work ends', () => {
  it('while 800 users are read from a slow server', async () => {
    let answer: () => void = () => {};
    const slow = new Promise<undefined>((resolve) => {
      answer = () => resolve(undefined);
    });
    world.depots.prod.faults.onRequest = ({ page }) => (page === 8 ? slow : undefined);
    const first = await world.ayu.command('prod');
    await sees(world, 'the last page being asked for', () =>
      world.depots.prod.requests.some(({ page }) => page === 8),
    );
    const others = await everyKind();
    expect(await statusOf('prod')).toBe('reading');
    expectAcknowledged([first, ...others]);
    answer();
    await sees(world, 'the plan', async () => (await statusOf('prod')) === 'ready');
    await settled(world);
    expect(world.slack.messages(CHANNEL)).toHaveLength(3);
  });

  it('while 800 users are written', async () => {
    const message = await preview(world, world.ayu, 'prod');
    const laravel = await connect(world.database.url);
    await laravel.beginTransaction();
    await laravel.query('SELECT id FROM locations WHERE id = 1 FOR UPDATE');
    const first = await world.ayu.click(message, 'confirm_run');
    await sees(world, 'the execution', async () => (await statusOf('prod')) === 'executing');
    const others = await everyKind();
    expect(await statusOf('prod')).toBe('executing');
    expectAcknowledged([first, ...others]);
    await laravel.end();
    expect((await reply(world, message)).text).toContain('800 users added');
    await settled(world);
  });
});
