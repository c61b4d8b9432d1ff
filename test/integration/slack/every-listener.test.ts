import { App } from '@slack/bolt';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { CITRA } from '../../../sandbox/local-slack/workspace.ts';
import type { StoredMessage, StoredView } from '../../../sandbox/strict-slack/workspace.ts';
import { scenarioUsers } from '../../../sandbox/worlds/scenarios.ts';
import {
  audited,
  CHANNEL,
  everything,
  modal,
  preview,
  sees,
  settled,
  toldAfter,
} from '../../support/strict-conversation.ts';
import { useStrictWorld } from '../../support/strict-world.ts';

/** What Bolt was asked to listen to, whoever asked: a listener beside the door is found here too. */
const heard: string[] = [];
beforeAll(() => {
  const { command, action, options, view, event, shortcut } = App.prototype;
  const name = (of: unknown) => (of instanceof RegExp ? 'whatever is unknown' : String(of));
  vi.spyOn(App.prototype, 'command').mockImplementation(function (this: App, ...args) {
    heard.push(`command ${name(args[0])}`);
    command.apply(this, args);
  });
  vi.spyOn(App.prototype, 'event').mockImplementation(function (this: App, ...args: unknown[]) {
    heard.push(`event ${name(args[0])}`);
    Reflect.apply(event, this, args);
  });
  for (const [method, kind, key, real] of [
    ['action', 'button', 'action_id', action],
    ['options', 'select', 'action_id', options],
    ['view', 'form', 'callback_id', view],
    ['shortcut', 'shortcut', 'callback_id', shortcut],
  ] as const) {
    vi.spyOn(App.prototype, method).mockImplementation(function (this: App, ...args: unknown[]) {
      const [of] = args;
      heard.push(`${kind} ${name(typeof of === 'object' && of !== null ? Reflect.get(of, key) : of)}`);
      Reflect.apply(real, this, args);
    });
  }
});
afterAll(() => {
  vi.restoreAllMocks();
});

const world = useStrictWorld({ depots: { test: { users: scenarioUsers.test().slice(0, 3) } } });
let message: StoredMessage;
let guardedForm: StoredView;
let adjustForm: StoredView;
let choiceForm: StoredView;
let usersList: StoredView;

beforeAll(async () => {
  message = await preview(world, world.ayu, 'dev');
  const guarded = await preview(world, world.ayu, 'test');
  await world.ayu.click(guarded, 'confirm_guarded_run');
  guardedForm = await modal(world, 'Execute Sync');
  await world.ayu.click(message, 'adjust_run');
  adjustForm = await modal(world, 'Adjust the Plan');
  await world.ayu.shortcut('preview_here', message);
  choiceForm = await modal(world, 'Show Preview');
  await world.ayu.command('users test');
  usersList = await modal(world, 'Send as File');
  await settled(world);
});

const press = (actionId: string) => () =>
  world.citra.clickForged(message, { actionId, blockId: 'x', value: '1' });

function homeOf(user: string): StoredView {
  const text = { type: 'plain_text', text: 'Preview' };
  const accessory = { type: 'button', action_id: 'home_preview', value: 'dev', text };
  const blocks = [{ type: 'section', block_id: 'home:target:0', accessory }];
  return { id: 'V0HOME', hash: 'h', user, rootId: 'V0HOME', view: { type: 'home', blocks } };
}

/** What each listener gets from Citra, who is no admin. */
const REFUSED: Readonly<Record<string, () => Promise<unknown>>> = {
  'command /usersync': () => world.citra.command('dev'),
  'event app_mention': () => world.citra.mention('@usersync dev'),
  'shortcut preview_anywhere': () => world.citra.shortcut('preview_anywhere'),
  'shortcut preview_here': () => world.citra.shortcut('preview_here', message),
  'button confirm_run': press('confirm_run'),
  'button confirm_guarded_run': press('confirm_guarded_run'),
  'button confirm_alone_run': press('confirm_alone_run'),
  'button confirm_batch': press('confirm_batch'),
  'button cancel_run': press('cancel_run'),
  'button adjust_run': press('adjust_run'),
  'button view_plan': press('view_plan'),
  'button retry_run': press('retry_run'),
  'button roll_back_run': press('roll_back_run'),
  'button run_details': press('run_details'),
  'button older_runs': press('older_runs'),
  'button home_preview': () => world.citra.clickInView(homeOf(CITRA.id), 'home_preview'),
  'button send_users': () => world.citra.clickInView(usersList, 'send_users'),
  'select picks': () => world.citra.suggest(adjustForm, 'picks', 'user'),
  'form guarded_confirmation': () =>
    world.citra.submit(guardedForm, { target: 'test', reason: 'I want to do it' }),
  'form withdrawal': () => {
    const view = { ...guardedForm.view, callback_id: 'withdrawal', private_metadata: '1' };
    return world.citra.submit({ ...guardedForm, view }, { target: 'test', reason: 'I want to do it' });
  },
  'form adjustment': () => world.citra.submit(adjustForm, { emails: 'new_user1@dkm' }),
  'form target_choice': () => world.citra.submit(choiceForm, { target: 'dev' }),
};

/** Those are open to anybody, and change nothing. */
const OPEN = [
  'event app_home_opened',
  'event member_joined_channel',
  'button whatever is unknown',
  'form whatever is unknown',
  'shortcut whatever is unknown',
];

describe('every listener', () => {
  it('is listed here', () => {
    expect(heard.toSorted()).toEqual([...Object.keys(REFUSED), ...OPEN].toSorted());
  });

  it.each(Object.keys(REFUSED))(
    'refuses somebody who is no admin, and has that audited: %s',
    async (name) => {
      const before = await everything(world);
      const trail = (await audited(world)).length;
      await REFUSED[name]?.();
      await sees(world, 'the refusal', async () => (await audited(world)).length > trail);
      await settled(world);
      expect((await audited(world)).slice(trail)).toEqual([
        expect.objectContaining({ step: 'refused', outcome: 'not_admin', actor_id: CITRA.id }),
      ]);
      expect(await everything(world)).toEqual(before);
    },
  );

  it('that is open to anybody shows nothing of users and changes nothing', async () => {
    const [before, trail] = [await everything(world), await audited(world)];
    expect(await toldAfter(world, () => world.citra.command('help'), CITRA.id)).toContain('/usersync');
    expect(await toldAfter(world, press('of_yesterday'), CITRA.id)).toContain('version');
    await world.citra.openHome();
    const home = await sees(world, 'the Home tab', () => world.slack.workspace.homes.get(CITRA.id));
    expect(JSON.stringify(home.view)).not.toMatch(/@dkm|home_preview|run_details/);
    await world.citra.invite(CHANNEL);
    // Once a later event is served, so are those before.
    const published = () => world.slack.calls.filter(({ method }) => method === 'views.publish').length;
    const shownBefore = published();
    await world.citra.openHome();
    await sees(world, 'the Home tab anew', () => published() > shownBefore);
    await settled(world);
    expect(await everything(world)).toEqual(before);
    expect(await audited(world)).toEqual(trail);
  });
});
