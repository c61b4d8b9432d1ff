import { beforeAll, describe, expect, it } from 'vitest';
import { AYU } from '../../../../sandbox/local-slack/workspace.ts';
import type { Action } from '../../../../sandbox/strict-slack/slack-payloads.ts';
import type { StoredMessage } from '../../../../sandbox/strict-slack/workspace.ts';
import {
  audited,
  buttons,
  CHANNEL,
  everything,
  modal,
  preview,
  sees,
  settled,
  toldAfter,
} from '../../../support/strict-conversation.ts';
import { useStrictWorld } from '../../../support/strict-world.ts';

/** A preview of dev, run 1. */
let dev: StoredMessage;
/** A preview of test, run 2. */
let test: StoredMessage;

const world = useStrictWorld();

beforeAll(async () => {
  dev = await preview(world, world.ayu, 'dev');
  test = await preview(world, world.ayu, 'test');
  await settled(world);
});

/** A click with a value that the bot never put into a button; Slack's type allows strings alone. */
const click = (actionId: string, value: unknown) =>
  ({ actionId, blockId: 'run:1:ready:buttons', value }) as unknown as Action;

const NO_RUN: [string, unknown][] = [
  ['a run that does not exist', '4294967295'],
  ['zero', '0'],
  ['a negative number', '-1'],
  ['SQL', "1' OR '1'='1"],
  ['SQL behind the number', '1; DROP TABLE users'],
  ['2,000 characters', '1'.repeat(2000)],
  ['a number with blanks', ' 1 '],
  ['a number too large', '99999999999'],
  ['no value', undefined],
  ['null', null],
  ['a number', 1],
  ['an object', { id: 1 }],
  ['an array', ['1']],
];

/** What the person is told of it: by an ephemeral message, or in the modal that was opened. */
async function answerTo(actionId: string, value: unknown, message: StoredMessage): Promise<string> {
  const inModal = ['view_plan', 'adjust_run', 'confirm_guarded_run'].includes(actionId);
  if (!inModal) return toldAfter(world, () => world.ayu.clickForged(message, click(actionId, value)));
  world.slack.workspace.views.clear();
  await world.ayu.clickForged(message, click(actionId, value));
  return JSON.stringify((await modal(world, 'Nothing was changed')).view);
}

describe.each([
  'confirm_run',
  'cancel_run',
  'retry_run',
  'view_plan',
  'adjust_run',
  'confirm_guarded_run',
  'roll_back_run',
])('a forged click on %s', (actionId) => {
  it.each(NO_RUN)('with %s is refused, audited and changes nothing', async (_what, value) => {
    const before = await everything(world);
    const trail = (await audited(world)).length;
    expect(await answerTo(actionId, value, dev)).toContain('There is no such run in the database.');
    expect(await everything(world)).toEqual(before);
    expect((await audited(world)).slice(trail)).toMatchObject([
      { step: 'refused', outcome: 'run_not_found', actor_id: AYU.id },
    ]);
  });

  it("with another target's run is refused, audited and changes nothing", async () => {
    const before = await everything(world);
    const trail = (await audited(world)).length;
    expect(await answerTo(actionId, '2', dev)).toContain(
      'This button is not on the message that shows its run.',
    );
    expect(await everything(world)).toEqual(before);
    expect((await audited(world)).slice(trail)).toMatchObject([
      { step: 'refused', outcome: 'wrong_message', actor_id: AYU.id },
    ]);
  });

  it('from another channel is refused and changes nothing', async () => {
    const before = await everything(world);
    const elsewhere = { ...dev, channel: 'C0NOTHERE1' };
    expect(await answerTo(actionId, '1', elsewhere)).toContain('This button is not on the message');
    expect(await everything(world)).toEqual(before);
  });
});

describe('after all of these', () => {
  it('the previews can still be confirmed', async () => {
    await world.ayu.click(test, 'confirm_run');
    await sees(world, 'the completed run', () => !buttons(test).includes('cancel_run'));
    await settled(world);
    expect(world.slack.messages(CHANNEL, test.ts).map(({ text }) => text)).toEqual([
      'Sync completed successfully! 3 users added, 2 users deactivated, 10 users unchanged.',
    ]);
    expect(buttons(dev)).toContain('confirm_run');
  });
});
