import { describe, expect, it } from 'vitest';
import { AYU, BUDI } from '../../../sandbox/local-slack/workspace.ts';
import { FAR_SCHEDULE } from '../../support/far-weekday.ts';
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
import { inStrictWorld, type StrictWorld } from '../../support/strict-world.ts';

const NIGHTLY = {
  SYNC_SCHEDULE: FAR_SCHEDULE,
  SYNC_SCHEDULE_CHANNEL_ID: CHANNEL,
  SYNC_SCHEDULE_TARGETS: 'dev',
};
const usersOfDev = ({ sql }: StrictWorld) => sql('SELECT 1 FROM users WHERE location_id = 8');

const messageWith = (world: StrictWorld, text: string) =>
  sees(world, `a message with "${text}"`, () =>
    world.slack.messages(CHANNEL).find((message) => shown(message).includes(text)),
  );

describe('a preview on schedule', () => {
  it('is applied by its rule: the message and its thread say so, and it can be rolled back', () =>
    inStrictWorld(
      async (world) => {
        const message = await messageWith(world, 'Applied by the rule `dev=add:50`');
        expect(shown(message)).toContain('Nobody confirmed it.');
        await sees(world, 'Roll Back', () => buttons(message).includes('roll_back_run'));
        expect(shown(await reply(world, message))).toContain('Sync completed successfully! 25 users added');
        expect(await usersOfDev(world)).toHaveLength(25);
        expect(await audited(world, 'confirmed')).toMatchObject([
          { actor_id: expect.stringMatching(/^rule:[0-9a-f]{12}$/) },
        ]);
      },
      { settings: { ...NIGHTLY, SYNC_AUTO: 'dev=add:50' } },
    ));

  it('says why its rule did not apply it, and waits for an admin', () =>
    inStrictWorld(
      async (world) => {
        const message = await messageWith(
          world,
          'did not apply this plan: it has more changes than the rule allows.',
        );
        expect(await usersOfDev(world)).toHaveLength(0);
        await world.ayu.click(message, 'confirm_run');
        await reply(world, message);
        expect(await usersOfDev(world)).toHaveLength(25);
      },
      { settings: { ...NIGHTLY, SYNC_AUTO: 'dev=add:5' } },
    ));
});

describe('/usersync pause', () => {
  it('that was made under a name that the settings have no more is ended by the command that the status names', () =>
    inStrictWorld(async (world) => {
      await world.ayu.command('pause dev');
      await messageWith(world, 'paused the rules');
      await world.sql("UPDATE sync_pauses SET target = 'former'");
      expect(await toldAfter(world, () => world.ayu.command('status'))).toContain('resume former');
      await world.ayu.command('Resume  `former`');
      await messageWith(world, 'resumed the rules');
      expect(await world.sql('SELECT 1 FROM sync_pauses')).toEqual([]);
      expect(await toldAfter(world, () => world.ayu.command('resume former'))).toContain('`former`');
    }));

  it('and resume tell the channel and stand in the status; a second one is refused', () =>
    inStrictWorld(async (world) => {
      await world.ayu.command('pause dev');
      await messageWith(world, `<@${AYU.id}> paused the rules of \`dev\``);
      expect(await toldAfter(world, () => world.ayu.command('pause dev'))).toContain(
        'Rules are already paused for `dev`. Nothing was changed.',
      );
      expect(await toldAfter(world, () => world.ayu.command('status'))).toContain('Paused Rules');
      await world.ayu.command('resume');
      await messageWith(world, 'resumed the rules of all targets');
      expect(await toldAfter(world, () => world.ayu.command('resume dev'))).toContain(
        'no pause for `dev` alone',
      );
      expect(await audited(world, 'resumed')).toMatchObject([{ outcome: 'resumed', run_id: null }]);
    }));
});

describe('Confirm Alone…', () => {
  it('lets one admin through with a reason, and everybody reads it', () =>
    inStrictWorld(
      async (world) => {
        const message = await preview(world, world.ayu, 'dev');
        expect(buttons(message)).toContain('confirm_alone_run');
        await world.ayu.click(message, 'confirm_alone_run');
        const form = await modal(world, 'you act alone');
        await world.ayu.submit(form, { target: 'dev', reason: 'The gate stands open' });
        await reply(world, message);
        await settled(world);
        expect(shown(message)).toContain('Confirmed alone');
        expect(shown(message)).toContain('The gate stands open');
        expect(await usersOfDev(world)).toHaveLength(25);
        expect(await audited(world, 'broke_glass')).toMatchObject([{ outcome: 'people' }]);
        await sees(world, 'the call of all admins', () =>
          replies(world, message.ts).find((each) =>
            shown(each).includes(
              `<@${AYU.id}>, <@${BUDI.id}>: <@${AYU.id}> confirmed the plan for Dev *alone*. Reason given: The gate stands open`,
            ),
          ),
        );
      },
      { settings: { TWO_PERSON_TARGETS: 'dev', SYNC_NOTIFY: 'off' } },
    ));

  it('comes onto the message where a freeze began after the preview', () =>
    inStrictWorld(async (world) => {
      const message = await preview(world, world.ayu, 'dev');
      expect(buttons(message)).not.toContain('confirm_alone_run');
      await world.bot.stop();
      const frozen = await world.anotherBot({ SYNC_FREEZE: '2020-01-01-2099-12-31' });
      await world.person(AYU.id, frozen).click(message, 'confirm_run');
      await sees(world, 'Confirm Alone…', () => buttons(message).includes('confirm_alone_run'));
      expect(shown(message)).toContain('Executions are frozen');
      expect(await usersOfDev(world)).toHaveLength(0);
    }));

  it('is not there where nothing is lacking, or where it is switched off', () =>
    inStrictWorld(
      async (world) => {
        expect(buttons(await preview(world, world.ayu, 'dev'))).not.toContain('confirm_alone_run');
        expect(buttons(await preview(world, world.ayu, 'test'))).not.toContain('confirm_alone_run');
      },
      { settings: { TWO_PERSON_TARGETS: 'test', BREAK_GLASS: 'off' } },
    ));
});
