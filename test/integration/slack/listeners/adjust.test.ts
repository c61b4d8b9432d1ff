import { beforeEach, describe, expect, it } from 'vitest';
import { connect } from '../../../../sandbox/database/database-server.ts';
import { AYU, CITRA } from '../../../../sandbox/local-slack/workspace.ts';
import type { StoredMessage, StoredView } from '../../../../sandbox/strict-slack/workspace.ts';
import {
  attachment,
  audited,
  everything,
  modal,
  preview,
  reply,
  sees,
  settled,
  shown,
  toldAfter,
} from '../../../support/strict-conversation.ts';
import { useStrictWorld } from '../../../support/strict-world.ts';

const world = useStrictWorld({}, { each: true });
let message: StoredMessage;

/** Test gets new_user1 to new_user3 and loses old_user1 and old_user2; Prod gets 800. */
async function open(target: string): Promise<StoredView> {
  message = await preview(world, world.ayu, target);
  await settled(world);
  await world.ayu.click(message, 'adjust_run');
  return modal(world, 'adjust:picks');
}

const options = (view: StoredView) => JSON.stringify(view.view['blocks']);
const errorsOf = ({ body }: { readonly body: string }) => (body === '' ? undefined : JSON.parse(body).errors);

describe('whoever adjusts a short plan', () => {
  let view: StoredView;
  beforeEach(async () => {
    view = await open('test');
  });

  it('picks users from a list of the whole plan, which says what it does with each', async () => {
    expect(options(view)).toContain('multi_static_select');
    expect(options(view)).toMatch(
      /"text":"new_user1@dkm","emoji":false\},"value":"\d+","description":\{[^}]*"New"/,
    );
    expect(options(view)).toMatch(
      /"text":"old_user2@dkm","emoji":false\},"value":"\d+","description":\{[^}]*"To Deactivate"/,
    );
    const value = /"old_user2@dkm".*?"value":"(\d+)"/.exec(options(view))?.[1] ?? '';
    expect(errorsOf(await world.ayu.submit(view, { picks: value, emails: 'New_User1@dkm' }))).toBeUndefined();
    await sees(world, 'the shorter plan', () => shown(message).includes('Left Out (2)'));
    expect(shown(message)).toContain('`new_user1@dkm` would have been added');
    expect(shown(message)).toContain('`old_user2@dkm` would have been deactivated');
    await settled(world);
    await world.ayu.click(message, 'confirm_run');
    expect((await reply(world, message)).text).toContain('2 users added, 1 user deactivated');
  });

  it.each([
    [
      'somebody whom the plan does not change',
      { emails: 'user1@dkm nobody@dkm' },
      'The plan does not change user1@dkm, nobody@dkm. Correct the spelling, or delete this from the box.',
    ],
    [
      'all of it',
      { emails: 'new_user1@dkm new_user2@dkm new_user3@dkm old_user1@dkm old_user2@dkm' },
      'Without all that, the plan would change nothing. Leave out less, or go back and press Cancel.',
    ],
    ['nobody', {}, 'Enter at least one email here, pick somebody above, or tick a box below.'],
  ])(
    'is told in the modal where it leaves out %s; the modal stays, and can be corrected',
    async (_, entries, error) => {
      const before = await everything(world);
      const answer = await world.ayu.submit(view, entries);
      expect(errorsOf(answer)).toEqual({ 'adjust:emails': error });
      expect(world.slack.workspace.views.size).toBe(1);
      expect(await everything(world)).toEqual(before);
      expect(world.slack.ephemerals(AYU.id)).toEqual([]);
      expect(errorsOf(await world.ayu.submit(view, { emails: 'new_user1@dkm' }))).toBeUndefined();
      expect(world.slack.workspace.views.size).toBe(0);
      await sees(world, 'the shorter plan', () => shown(message).includes('Left Out (1)'));
    },
  );

  it('is told of a database that cannot be reached in the modal, which keeps all that was typed', async () => {
    await world.sql('RENAME TABLE sync_changes TO sync_changes_away');
    const answer = await world.ayu.submit(view, { emails: 'new_user1@dkm' });
    await world.sql('RENAME TABLE sync_changes_away TO sync_changes');
    expect(Object.keys(errorsOf(answer) ?? {})).toEqual(['adjust:emails']);
    expect(errorsOf(answer)?.['adjust:emails']).not.toMatch(/[`*]|&lt;/);
    expect(world.slack.workspace.views.size).toBe(1);
    expect(errorsOf(await world.ayu.submit(view, { emails: 'new_user1@dkm' }))).toBeUndefined();
    await sees(world, 'the shorter plan', () => shown(message).includes('Left Out (1)'));
  });

  it('is acknowledged within 3 s where the database is slow, and told then, with what was typed', async () => {
    const laravel = await connect(world.database.url);
    await laravel.beginTransaction();
    await laravel.query('SELECT id FROM locations WHERE id = 7 FOR UPDATE');
    const acknowledged = await world.ayu.submit(view, { emails: 'nobody@dkm' });
    expect(acknowledged).toMatchObject({ status: 200, body: '' });
    const told = toldAfter(world, () => laravel.end());
    expect(await told).toMatch(/The plan does not change `nobody@dkm`.*You had entered: nobody@dkm/);
  });

  it('is told otherwise that the preview is over, and closes the modal', async () => {
    await world.budi.click(message, 'cancel_run');
    await sees(world, 'the end', () => shown(message).includes('Cancelled by'));
    const told = await toldAfter(world, () => world.ayu.submit(view, { emails: 'new_user1@dkm' }));
    expect(told).toContain('was cancelled by');
    expect(world.slack.workspace.views.size).toBe(0);
  });

  it('leaves nobody out by a position that the plan does not have', async () => {
    const before = await everything(world);
    const forged = { type: 'multi_static_select', selected_options: [{ value: '4711' }] };
    const answer = await world.ayu.submit(view, { picks: forged });
    expect(errorsOf(answer)?.['adjust:emails']).toContain('#4711');
    expect(await everything(world)).toEqual(before);
  });
});

describe('whoever adjusts a long plan', () => {
  let view: StoredView;
  beforeEach(async () => {
    view = await open('prod');
  });

  it('searches it while typing, and picks from what is found', async () => {
    expect(options(view)).toContain('multi_external_select');
    expect(options(view)).not.toContain('user800@dkm');
    expect(await world.ayu.suggest(view, 'picks', '')).toHaveLength(100);
    expect(await world.ayu.suggest(view, 'picks', 'user8%')).toEqual([]);
    expect(await world.ayu.suggest(view, 'picks', 'USER80')).toEqual([
      { value: '80', text: 'user80@dkm' },
      { value: '800', text: 'user800@dkm' },
    ]);
    await attachment(world, message);
    await world.ayu.submit(view, { picks: '80,800' });
    await sees(world, 'the shorter plan', () => shown(message).includes('Left Out (2)'));
    expect(shown(message)).toContain('`user800@dkm` would have been added');
    await settled(world);
    const files = [...world.slack.workspace.files.values()].map(({ content }) => String(content));
    expect(files.some((each) => each.includes('omitted,user800@dkm,,,add\r\n'))).toBe(true);
  });

  it('finds nothing as somebody who is no admin, which is audited, and nothing in a plan that is over', async () => {
    expect(await world.citra.suggest(view, 'picks', 'user1')).toEqual([]);
    expect(await audited(world, 'refused')).toMatchObject([{ outcome: 'not_admin', actor_id: CITRA.id }]);
    await world.ayu.click(message, 'cancel_run');
    await sees(world, 'the end', () => shown(message).includes('Cancelled by'));
    expect(await world.ayu.suggest(view, 'picks', 'user1')).toEqual([]);
  });
});
