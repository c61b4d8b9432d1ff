import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AYU, BUDI, CITRA } from '../../../../sandbox/local-slack/workspace.ts';
import type { StoredMessage, StoredView } from '../../../../sandbox/strict-slack/workspace.ts';
import { scenarioUsers } from '../../../../sandbox/worlds/scenarios.ts';
import {
  audited,
  buttons,
  everything,
  modal,
  preview,
  reply,
  sees,
  settled,
  shown,
  toldAfter,
  twice,
} from '../../../support/strict-conversation.ts';
import { type StrictWorld, startStrictWorld } from '../../../support/strict-world.ts';

let world: StrictWorld;
/** The preview of a plan that deactivates 9 of the 12 users of Test. */
let message: StoredMessage;

beforeEach(async () => {
  world = await startStrictWorld({ depots: { test: { users: scenarioUsers.test().slice(0, 3) } } });
  message = await preview(world, world.ayu, 'test');
  await settled(world);
});

afterEach(async () => {
  await world.stop();
});

const RIGHT = { target: 'test', reason: 'Office closed' };

async function openModal(person = world.ayu): Promise<StoredView> {
  await person.click(message, 'confirm_guarded_run');
  return modal(world, 'Execute Sync');
}

const active = () => world.sql("SELECT 1 FROM users WHERE location_id = 7 AND status = 'active'");

/** The modal as nobody was shown it. */
function withMetadata(view: StoredView, metadata: unknown): StoredView {
  const private_metadata = typeof metadata === 'string' ? metadata : JSON.stringify(metadata);
  return { ...view, view: { ...view.view, private_metadata } };
}

describe('a plan over the guard', () => {
  it('warns, and has another button in the place of Confirm', () => {
    expect(shown(message)).toContain('9 users will be deactivated');
    expect(shown(message)).toContain('*This plan deactivates 9 of the 12 users active at Test.*');
    expect(buttons(message).slice(0, 2)).toEqual(['confirm_guarded_run', 'cancel_run']);
    expect(buttons(message)).not.toContain('confirm_run');
  });

  it('asks for no reason during a freeze, which would refuse the plan', async () => {
    // The first bot knows no freeze, and might be the one that draws the message.
    await world.bot.stop();
    const frozen = await world.anotherBot({ SYNC_FREEZE: '2020-01-01-2099-12-31' });
    await world.person(AYU.id, frozen).click(message, 'confirm_guarded_run');
    const view = await modal(world, 'Executions are frozen until');
    await sees(world, 'the way out', () => buttons(message).includes('confirm_alone_run'));
    expect(JSON.stringify(view.view)).not.toContain('Execute Sync');
    expect(await audited(world, 'refused')).toMatchObject([{ actor_id: AYU.id, outcome: 'frozen' }]);
  });

  it('is executed once the target was typed and a reason given, and the reason is kept', async () => {
    const view = await openModal();
    expect(JSON.stringify(world.slack.calls.find(({ method }) => method === 'views.open')?.args)).toContain(
      'Loading',
    );
    expect((await world.ayu.submit(view, { ...RIGHT, target: ' TEST ' })).body).toBe('');
    expect((await reply(world, message)).text).toBe(
      'Sync completed successfully! 0 users added, 9 users deactivated, 3 users unchanged.',
    );
    expect(await active()).toHaveLength(3);
    expect(shown(message)).toContain('Reason given: Office closed');
    expect(await audited(world, 'confirmed')).toMatchObject([{ actor_id: AYU.id, reason: 'Office closed' }]);
    expect(world.slack.workspace.views.size).toBe(0);
  });

  it('is executed once where the submission arrives twice', async () => {
    const view = await openModal();
    const answer = await toldAfter(world, () =>
      twice(world, (forgery) => world.ayu.submit(view, RIGHT, forgery)),
    );
    expect(answer).toMatch(/^Run 1 is (being executed|completed already)/);
    await settled(world);
    expect(await audited(world, 'completed')).toHaveLength(1);
  });

  it.each([
    ['another target', { target: 'prod' }, { 'guard:target': "This is not the target's name. Type test." }],
    [
      'a reason of four letters',
      { reason: 'Gone' },
      { 'guard:reason': 'Give a reason of at least 5 characters.' },
    ],
    [
      'a reason of blanks',
      { reason: '        ' },
      { 'guard:reason': 'Give a reason of at least 5 characters.' },
    ],
    [
      'a reason padded with blanks',
      { reason: 'x     ' },
      { 'guard:reason': 'Give a reason of at least 5 characters.' },
    ],
  ])('stays unexecuted with %s, and the modal stays open and says why', async (_what, entry, errors) => {
    const view = await openModal();
    const before = await everything(world);
    const { status, body } = await world.ayu.submit(view, { ...RIGHT, ...entry });
    expect({ status, body: JSON.parse(body) }).toEqual({
      status: 200,
      body: { response_action: 'errors', errors },
    });
    expect(world.slack.workspace.views.size).toBe(1);
    expect(await everything(world)).toEqual(before);
    await world.ayu.submit(view, RIGHT);
    await reply(world, message);
    expect(await active()).toHaveLength(3);
  });

  it('is not executed by a forged click on the plain Confirm', async () => {
    const before = await everything(world);
    const confirm = { actionId: 'confirm_run', blockId: 'run:1:ready:buttons', value: '1' };
    const answer = await toldAfter(world, () => world.ayu.clickForged(message, confirm));
    expect(answer).toContain('Press Confirm With Reason…');
    expect(await everything(world)).toEqual(before);
    expect(await audited(world, 'refused')).toMatchObject([{ outcome: 'guard_tripped', actor_id: AYU.id }]);
  });

  it.each(['confirm_guarded_run', 'confirm_alone_run'])(
    'is not executed for everybody by a form (%s) that was opened for some, although another person was refused since',
    async (button) => {
      await world.stop();
      world = await startStrictWorld({
        depots: { test: { users: scenarioUsers.test().slice(0, 3) } },
        settings: { ...(button === 'confirm_alone_run' ? { TWO_PERSON_TARGETS: 'test' } : {}) },
      });
      message = await preview(world, world.ayu, 'test');
      await settled(world);
      await world.ayu.click(message, button);
      const opened = await modal(world, 'guard:reason');
      await world.sql(
        "UPDATE users SET status = 'inactive' WHERE location_id = 7 AND email NOT LIKE 'old_user%'",
      );
      const others = await active();
      await world.budi.click(message, 'confirm_guarded_run');
      const later = await modal(world, 'Execute Sync');
      const refusedFirst = await toldAfter(world, () => world.budi.submit(later, RIGHT), BUDI.id);
      expect(refusedFirst).toContain('Since the preview, Test or its limits have changed');
      const answer = await toldAfter(world, () => world.ayu.submit(opened, RIGHT));
      expect(answer).toContain('Since the preview, Test or its limits have changed');
      expect(await active()).toHaveLength(others.length);
      expect(await audited(world, 'confirmed')).toEqual([]);
    },
  );

  it('cancelled meanwhile is not executed, and the person is told', async () => {
    const view = await openModal();
    await world.budi.click(message, 'cancel_run');
    await sees(world, 'the cancelled run', () => shown(message).includes('Cancelled by'));
    const answer = await toldAfter(world, () => world.ayu.submit(view, RIGHT));
    expect(answer).toContain(`Run 1 was cancelled by <@${BUDI.id}>`);
    expect(await active()).toHaveLength(12);
  });
});

describe('a plan over the guard that needs three people', () => {
  beforeEach(async () => {
    await world.stop();
    world = await startStrictWorld({
      depots: { test: { users: scenarioUsers.test().slice(0, 3) } },
      settings: {
        SYNC_APPROVALS: 'test=3',
        SLACK_ADMIN_USER_IDS: [AYU, BUDI, CITRA].map(({ id }) => id).join(','),
      },
    });
    message = await preview(world, world.ayu, 'test');
    await settled(world);
  });

  const approve = async () => {
    await world.budi.click(message, 'confirm_guarded_run');
    const view = await modal(world, 'Execute Sync');
    return toldAfter(
      world,
      () => twice(world, (forgery) => world.budi.submit(view, RIGHT, forgery)),
      BUDI.id,
    );
  };

  it('names all three on its message once it is executed', async () => {
    await approve();
    await world.citra.submit(await openModal(world.citra), RIGHT);
    await reply(world, message);
    await settled(world);
    expect(shown(message)).toContain(`Completed by <@${CITRA.id}>`);
    expect(shown(message)).toContain(`Requested by <@${AYU.id}>`);
    expect(shown(message)).toContain(`Approved by <@${BUDI.id}>`);
  });

  it('counts a reason once that arrives twice, and asks the same person for none to withdraw', async () => {
    expect(await approve()).toContain('Your approval counts: 2 of 3.');
    await sees(world, 'the approval', () => shown(message).includes('2 of 3'));
    await world.budi.click(message, 'confirm_guarded_run');
    const view = await modal(world, 'Withdraw Your Approval');
    expect(JSON.stringify(view.view)).not.toContain('guard:reason');
    const answer = await toldAfter(
      world,
      () => twice(world, (forgery) => world.budi.submit(view, {}, forgery)),
      BUDI.id,
    );
    expect(answer).toContain('Your approval was withdrawn: 1 of 3. Nothing was changed.');
    await settled(world);
    expect(await audited(world, 'approved')).toHaveLength(1);
    expect(await audited(world, 'withdrawn')).toHaveLength(1);
    expect(await active()).toHaveLength(12);
  });

  it('lets whoever has approved withdraw during a freeze', async () => {
    await approve();
    const frozen = await world.anotherBot({ SYNC_FREEZE: '2020-01-01-2099-12-31', SYNC_APPROVALS: 'test=3' });
    const budi = world.person(BUDI.id, frozen);
    await budi.click(message, 'confirm_guarded_run');
    const view = await modal(world, 'Withdraw Your Approval');
    const answer = await toldAfter(world, () => budi.submit(view, {}), BUDI.id);
    expect(answer).toContain('Your approval was withdrawn: 1 of 3. Nothing was changed.');
  });
});

describe('Confirm Alone… pressed by the last admin needed', () => {
  it('says nothing of acting alone, and is a confirmation like any other', async () => {
    await world.stop();
    const settings = { TWO_PERSON_TARGETS: 'dev' };
    world = await startStrictWorld({ depots: { dev: { users: scenarioUsers.dev() } }, settings });
    message = await preview(world, world.ayu, 'dev');
    await settled(world);
    await world.budi.click(message, 'confirm_alone_run');
    const view = await modal(world, 'guard:reason');
    expect(JSON.stringify(view.view)).not.toMatch(/act alone|Execute Alone/);
    await world.budi.submit(view, { ...RIGHT, target: 'dev' });
    await reply(world, message);
    expect(await audited(world, 'broke_glass')).toEqual([]);
    expect(await audited(world, 'confirmed')).toMatchObject([{ actor_id: BUDI.id }]);
  });
});

describe('a second form that the same person opened before the first was submitted', () => {
  it('withdraws no approval: it asked for a reason, and said nothing of that', async () => {
    await world.stop();
    const settings = {
      SYNC_APPROVALS: 'test=3',
      SLACK_ADMIN_USER_IDS: [AYU, BUDI, CITRA].map(({ id }) => id).join(','),
    };
    world = await startStrictWorld({
      depots: { test: { users: scenarioUsers.test().slice(0, 3) } },
      settings,
    });
    message = await preview(world, world.ayu, 'test');
    await settled(world);
    const first = await openModal(world.budi);
    world.slack.workspace.views.delete(first.id);
    const second = await openModal(world.budi);
    for (const form of [first, second]) {
      world.slack.workspace.views.set(form.id, form);
      const answer = await toldAfter(world, () => world.budi.submit(form, RIGHT), BUDI.id);
      expect(answer).toContain('Your approval counts: 2 of 3.');
    }
    await settled(world);
    expect((await audited(world)).map(({ step }) => step)).not.toContain('withdrawn');
  });
});

describe('the buttons of a preview that is over, on a message that Slack does not let the bot edit,', () => {
  it.each(['confirm_guarded_run', 'adjust_run'])(
    'open no form: %s says how the run stands',
    async (button) => {
      world.slack.fail('chat.update', { error: 'edit_window_closed', times: 1_000 });
      await world.ayu.submit(await openModal(), RIGHT);
      await reply(world, message);
      await world.ayu.click(message, button);
      await modal(world, 'Run 1 is already completed');
      expect(await audited(world, 'refused')).toMatchObject([{ outcome: 'not_ready', actor_id: AYU.id }]);
    },
  );
});

describe('a forged submission', () => {
  it('by somebody who is no admin is refused, told to that person alone, and audited', async () => {
    const view = await openModal();
    const before = await everything(world);
    const answer = await toldAfter(world, () => world.citra.submit(view, RIGHT), CITRA.id);
    expect(answer).toContain('Only usersync admins may do this');
    expect(await everything(world)).toEqual(before);
    expect(await audited(world, 'refused')).toMatchObject([{ outcome: 'not_admin', actor_id: CITRA.id }]);
  });

  it.each([
    ["another run's target", { runId: 1, target: 'dev' }, 'dev', 'target_mismatch'],
    ['a run that does not exist', { runId: 99, target: 'test' }, 'test', 'run_not_found'],
  ])('with %s is refused and audited', async (_what, metadata, target, outcome) => {
    const view = await openModal();
    const before = await everything(world);
    await world.ayu.submit(withMetadata(view, metadata), { ...RIGHT, target });
    await sees(world, 'the audit row', async () => (await audited(world, 'refused')).length > 0);
    expect(await audited(world, 'refused')).toMatchObject([{ outcome, actor_id: AYU.id }]);
    expect(await everything(world)).toEqual(before);
  });

  it.each([
    ['no JSON', 'run 1'],
    ['nothing', ''],
    ['a number', '1'],
    ['SQL', { runId: "1' OR '1'='1", target: 'test' }],
    ['a run number too large', { runId: 1e300, target: 'test' }],
    ['__proto__', '{"__proto__":{"runId":1,"target":"test"}}'],
  ])('whose metadata holds %s is acknowledged, refused, told and audited', async (_what, metadata) => {
    const view = await openModal();
    const before = await everything(world);
    const said = world.slack.calls.length;
    const { status } = await world.ayu.submit(withMetadata(view, metadata), RIGHT);
    expect(status).toBe(200);
    await sees(world, 'an answer', () =>
      world.slack.calls.slice(said).find(({ args }) => args['channel'] === AYU.id),
    );
    expect(await everything(world)).toEqual(before);
    expect(await audited(world, 'refused')).toMatchObject([{ outcome: 'run_not_found', actor_id: AYU.id }]);
  });
});

describe('a plan that the guard let pass at the preview', () => {
  const nobodyElse = () =>
    world.sql("UPDATE users SET status = 'inactive' WHERE location_id = 7 AND email NOT LIKE 'old_user%'");

  beforeEach(async () => {
    await world.stop();
    world = await startStrictWorld();
    message = await preview(world, world.ayu, 'test');
    await settled(world);
  });

  it('asks for a reason once everybody else became inactive: whoever clicks is told, and the message shows it', async () => {
    expect(buttons(message)).toContain('confirm_run');
    await nobodyElse();
    const answer = await toldAfter(world, () => world.ayu.click(message, 'confirm_run'));
    expect(answer).toMatch(
      /^Since the preview, Test or its limits have changed: 2 of the 2 users active there/,
    );
    expect(answer).toContain('press Confirm With Reason… there.');
    await sees(world, 'the other button', () => buttons(message).includes('confirm_guarded_run'));
    expect(buttons(message)).not.toContain('confirm_run');
    expect(shown(message)).toContain('*This plan deactivates all 2 users active at Test.*');
    await world.ayu.submit(await openModal(), RIGHT);
    expect((await reply(world, message)).text).toMatch(
      /^Sync completed successfully! .* 2 users deactivated/,
    );
  });
});
