import type { Connection } from 'mariadb';
import { expect } from 'vitest';
import { connect } from '../../../../sandbox/database/database-server.ts';
import type { StoredMessage } from '../../../../sandbox/strict-slack/workspace.ts';
import {
  audited,
  CHANNEL,
  preview,
  replies,
  sees,
  settled,
  shown,
} from '../../../support/strict-conversation.ts';
import type { StrictWorld } from '../../../support/strict-world.ts';

// Runs that are stopped in the middle of their work, so that something can befall the database meanwhile.

export const usersOfDev = ({ sql }: StrictWorld) => sql('SELECT 1 FROM users WHERE location_id = 8');

/** A preview of Dev whose page 1 was asked for. `answer` lets the server give it, now and from then on. */
export async function heldReading(
  world: StrictWorld,
): Promise<{ readonly message: StoredMessage; readonly answer: () => void }> {
  let answer: () => void = () => {};
  const asked = new Promise<undefined>((resolve) => {
    answer = () => resolve(undefined);
  });
  world.depots.dev.faults.onRequest = ({ page }) => (page === 1 ? asked : undefined);
  await world.ayu.command('dev');
  const message = await sees(world, 'the message', () => world.slack.messages(CHANNEL).at(0));
  await sees(world, 'page 1 asked for', () => world.depots.dev.requests.some(({ page }) => page === 1));
  return { message, answer };
}

/** A confirmed sync of Dev that waits for the row of its location. It goes on when `laravel` ends. */
export async function heldExecution(
  world: StrictWorld,
): Promise<{ readonly message: StoredMessage; readonly laravel: Connection }> {
  const message = await preview(world, world.ayu, 'dev');
  await settled(world);
  const laravel = await connect(world.database.url);
  await laravel.beginTransaction();
  await laravel.query('SELECT id FROM locations WHERE id = 8 FOR UPDATE');
  await world.ayu.click(message, 'confirm_run');
  await sees(world, 'the execution', async () => (await audited(world, 'confirmed')).length > 0);
  await sees(world, 'Sync in Progress', () => shown(message).includes('Sync in Progress'));
  return { message, laravel };
}

/** Waits for the result behind the notice that the run is on hold, and requires that it is the result of one execution. */
export async function expectExecutedOnce(world: StrictWorld, message: StoredMessage): Promise<void> {
  await sees(world, 'the result', () => replies(world, message.ts).length > 1);
  await settled(world);
  expect(replies(world, message.ts).at(-1)?.text).toContain('Sync completed successfully! 25 users added');
  expect(replies(world, message.ts)).toHaveLength(2);
  expect(await usersOfDev(world)).toHaveLength(25);
  expect(await audited(world, 'completed')).toHaveLength(1);
}
