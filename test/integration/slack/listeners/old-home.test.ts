import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { AYU, BUDI, CITRA } from '../../../../sandbox/local-slack/workspace.ts';
import { buttons, CHANNEL, preview, sees, shown, toldAfter } from '../../../support/strict-conversation.ts';
import { inStrictWorld } from '../../../support/strict-world.ts';

describe('Preview on a Home tab from before a change of the settings', () => {
  it.each([
    ['SYNC_TARGETS', { SYNC_TARGETS: 'dev' }],
    ['SLACK_CHANNEL_IDS', { SLACK_CHANNEL_IDS: '' }],
  ])('is answered after a change of %s', (_, settings) =>
    inStrictWorld(
      async (world) => {
        const { homes, messages, views } = world.slack.workspace;
        await world.ayu.openHome();
        const home = await sees(world, 'the Home tab', () => homes.get(AYU.id));
        const blocks = z
          .array(z.looseObject({ accessory: z.looseObject({}).optional() }))
          .parse(home.view['blocks']);
        const ofTest = blocks.filter(({ accessory }) => accessory?.['value'] === 'test');
        await world.bot.stop();
        const restarted = await world.anotherBot(settings);
        await world
          .person(AYU.id, restarted)
          .clickInView({ ...home, view: { ...home.view, blocks: ofTest } }, 'home_preview');
        const answered = await sees(world, 'an answer', () => messages.length + views.size > 0);
        expect(answered).toBe(true);
      },
      { settings: { SLACK_CHANNEL_IDS: CHANNEL } },
    ),
  );
});

describe('New Preview on a message from before its target was renamed', () => {
  it('says that there is no such target any more, and which there are', () =>
    inStrictWorld(async (world) => {
      const message = await preview(world, world.ayu, 'dev');
      await world.ayu.click(message, 'cancel_run');
      await sees(world, 'New Preview', () => buttons(message).includes('retry_run'));
      await world.bot.stop();
      const restarted = await world.anotherBot({ SYNC_TARGETS: 'development=dev,test' });
      const again = () => world.person(AYU.id, restarted).click(message, 'retry_run');
      const told = await toldAfter(world, again);
      expect(told).toContain('There is no target `dev`. Nothing was changed.');
      expect(told).toContain('development');
    }));
});

describe('The message of a plan that is over', () => {
  it('names who approved it, although its target needs one person again', () =>
    inStrictWorld(async (world) => {
      const message = await preview(world, world.ayu, 'dev');
      await world.bot.stop();
      const admins = [AYU, BUDI, CITRA].map(({ id }) => id).join(',');
      const strict = await world.anotherBot({ SYNC_APPROVALS: 'dev=3', SLACK_ADMIN_USER_IDS: admins });
      await world.person(BUDI.id, strict).click(message, 'confirm_run');
      await sees(world, 'the approval', () => shown(message).includes('Counted so far: 2 of 3'));
      await strict.stop();
      await world.person(AYU.id, await world.anotherBot()).click(message, 'cancel_run');
      await sees(world, 'the end', () => shown(message).includes('Cancelled by'));
      expect(shown(message)).toContain(`Approved by <@${BUDI.id}>`);
    }));
});
