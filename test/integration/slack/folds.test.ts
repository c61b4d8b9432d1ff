import { describe, expect, it } from 'vitest';
import type { Arguments } from '../../../sandbox/strict-slack/faults.ts';
import { buttons, modal, preview, sees, settled, shown } from '../../support/strict-conversation.ts';
import { useStrictWorld } from '../../support/strict-world.ts';

const world = useStrictWorld({}, { each: true });

const hasFold = (args: Arguments) => JSON.stringify(args).includes('default_collapsed');
const folds = () => world.slack.workspace.calls.filter(({ args }) => hasFold(args));

describe('the unchanged users of a preview', () => {
  it('can be unfolded on the message', async () => {
    const message = await preview(world, world.ayu, 'test');
    await settled(world);
    expect(JSON.stringify(message.blocks)).toMatch(
      /"Unchanged Users \(10\)".*`user1@dkm`\\n`user2@dkm`.*`user10@dkm`/,
    );
    expect(buttons(message)).toContain('view_plan');
    await world.ayu.click(message, 'cancel_run');
    await sees(world, 'the end', () => shown(message).includes('Cancelled by'));
    expect(JSON.stringify(message.blocks)).not.toContain('container');
  });

  it('stand under View All where Slack does not take that, and Slack is not asked again', async () => {
    world.slack.fail('chat.update', { error: 'invalid_blocks', times: 9, when: hasFold });
    world.slack.fail('chat.postMessage', { error: 'invalid_blocks', times: 9, when: hasFold });
    const message = await preview(world, world.ayu, 'test');
    await settled(world);
    expect(folds()).toHaveLength(1);
    expect(shown(message)).toContain('3 users will be added to Test');
    expect(JSON.stringify(message.blocks)).not.toContain('container');
    await world.ayu.click(message, 'view_plan');
    await modal(world, 'Unchanged Users (10)');
    await preview(world, world.budi, 'test');
    await settled(world);
    expect(folds()).toHaveLength(1);
  });

  it('are sent again where Slack refused the message for another reason', async () => {
    world.slack.fail('chat.update', { error: 'invalid_blocks', times: 2 });
    await preview(world, world.ayu, 'test');
    await settled(world);
    const before = folds().length;
    await preview(world, world.budi, 'test');
    await settled(world);
    expect(folds().length).toBeGreaterThan(before);
  });
});
