import { beforeEach, describe, expect, it } from 'vitest';
import type { StoredMessage } from '../../../../sandbox/strict-slack/workspace.ts';
import {
  audited,
  everything,
  modal,
  preview,
  sees,
  settled,
  toldAfter,
} from '../../../support/strict-conversation.ts';
import { useStrictWorld } from '../../../support/strict-world.ts';

let message: StoredMessage;

const world = useStrictWorld({}, { each: true });

beforeEach(async () => {
  message = await preview(world, world.ayu, 'test');
  await settled(world);
});

const callsOf = (method: string) => world.slack.calls.filter((call) => call.method === method);

describe('View All', () => {
  it('opens a modal at once and fills it, unless somebody changed it meanwhile', async () => {
    await world.budi.click(message, 'view_plan');
    const filled = await modal(world, 'Unchanged Users (10)');
    for (const email of ['new_user3@dkm', 'old_user2@dkm', 'user10@dkm']) {
      expect(JSON.stringify(filled.view)).toContain(email);
    }
    const [opened] = callsOf('views.open');
    expect(JSON.stringify(opened?.args)).toContain('Loading…');
    expect(callsOf('views.update')).toMatchObject([
      { args: { view_id: filled.id, hash: expect.stringMatching(/^h/) } },
    ]);
  });

  it('asks for the modal before it asks anything else, because a trigger lives 3 seconds', async () => {
    const before = world.slack.calls.length;
    await world.budi.click(message, 'view_plan');
    await modal(world, 'Unchanged Users (10)');
    expect(world.slack.calls[before]?.method).toBe('views.open');
  });

  it('tells whoever is no admin so in the modal, and audits it', async () => {
    const before = await everything(world);
    await world.citra.click(message, 'view_plan');
    const refusal = await modal(world, 'Only usersync admins may do this');
    expect(JSON.stringify(refusal.view)).not.toContain('new_user');
    expect(await everything(world)).toEqual(before);
    expect(await audited(world, 'refused')).toMatchObject([{ outcome: 'not_admin', reason: 'not_listed' }]);
  });

  it('says so alone where Slack opens no modal', async () => {
    world.slack.fail('views.open', { error: 'expired_trigger_id' });
    const answer = await toldAfter(world, () => world.ayu.click(message, 'view_plan'));
    expect(answer).toContain('Slack opens a window only within 3 seconds');
  });

  it('survives a modal that was closed before it was filled', async () => {
    world.slack.fail('views.update', { error: 'not_found', times: 2 });
    await world.ayu.click(message, 'view_plan');
    await sees(world, 'the attempt to fill it', () => callsOf('views.update').length >= 1);
    await world.ayu.click(message, 'view_plan');
    await modal(world, 'Unchanged Users (10)');
  });
});
