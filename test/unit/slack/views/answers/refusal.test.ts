import { describe, expect, it } from 'vitest';
import { en } from '../../../../../src/slack/text/en.ts';
import { refusalsText, refusalText } from '../../../../../src/slack/views/answers/refusal.ts';
import type { Refusal } from '../../../../../src/sync/run/refusal.ts';
import { type RunStatus, SYSTEM } from '../../../../../src/sync/run/run.ts';
import { ANN, aRun, BOB, completedRun } from '../../../../support/view-fixtures.ts';

const run = aRun();
const holder = aRun({ id: 11, status: 'executing', confirmedBy: BOB });

const REFUSALS: Record<Refusal['code'], readonly [Refusal, RegExp]> = {
  not_admin: [
    { code: 'not_admin', why: 'not_listed', admins: ['U0ANN', 'S0OPS'] },
    /^Only usersync admins .* Ask the operator.* The admins are <@U0ANN>, <!subteam\^S0OPS>\.$/,
  ],
  wrong_channel: [
    { code: 'wrong_channel', channelIds: ['C0OPS', 'C0DEV'] },
    /Use it in <#C0OPS>, <#C0DEV>\.$/,
  ],
  shared_channel: [
    { code: 'shared_channel', channelId: 'C0VENDOR' },
    /another company read <#C0VENDOR>, so usersync shows no users there.* SLACK_ALLOW_SHARED_CHANNELS\.$/,
  ],
  channel_unverifiable: [
    { code: 'channel_unverifiable', channelId: 'C0VENDOR' },
    /^Slack did not say whether people of another company read the channel, so nothing was done\./,
  ],
  location_missing: [
    { code: 'location_missing', target: 'dev' },
    /no single row for the target `dev`\. The operator must see that it has exactly one, or correct SYNC_TARGETS/,
  ],
  being_read: [
    { code: 'being_read', run: aRun({ status: 'reading' }) },
    /^Users of Dev are already being read: Run 12 \(<#C0OPS>\)\. Requested by <@U0ANN>, .*\. No other run was started\. Wait for its preview\.$/,
  ],
  run_not_found: [
    { code: 'run_not_found' },
    /^There is no such run in the database\. .* Type `\/usersync help`/,
  ],
  wrong_message: [
    { code: 'wrong_message' },
    /not on the message that shows its run\. .* Scroll to that message/,
  ],
  not_ready: [
    { code: 'not_ready', run: holder },
    /^Run 11 is being executed, confirmed by <@U0BOB>\. .* thread\.$/,
  ],
  expired: [
    { code: 'expired', run },
    /^The preview of run 12 has expired\. .* Type `\/usersync dev` for a new/,
  ],
  frozen: [
    { code: 'frozen', until: new Date('2026-11-30T07:00:00Z') },
    /^Executions are frozen until <!date.*> \(SYNC_FREEZE\)\. Nothing was changed\. Confirm after that, or ask for a new/,
  ],
  paused: [{ code: 'paused', run }, /^Run 12 was not applied: rules are paused at its target\./],
  person_decides: [
    { code: 'person_decides', run, why: 'left_out' },
    /^Run 12 was not applied: a person must decide at its target first\./,
  ],
  paused_already: [{ code: 'paused_already', target: 'dev' }, /^Rules are already paused for `dev`\./],
  not_paused: [{ code: 'not_paused', target: 'dev' }, /^There is no pause for `dev` alone\./],
  alone_unseen: [
    { code: 'alone_unseen' },
    /^Nobody else reads this conversation, so no other admin would learn/,
  ],
  people_unverifiable: [
    { code: 'people_unverifiable' },
    /^Slack did not say whether everybody who counts .* Confirm again in a minute\./,
  ],
  break_glass_off: [{ code: 'break_glass_off' }, /^Nobody may confirm alone here \(BREAK_GLASS: off\)\./],
  location_busy: [
    { code: 'location_busy', holder },
    /^Users of Dev are being changed right now: run 11, confirmed by <@U0BOB>\. .* Wait for its result, then try again\.$/,
  ],
  second_person_needed: [
    { code: 'second_person_needed', run, needed: 2 },
    /^The target `dev` needs two people\. <@U0ANN> requested this one, so another admin must confirm it\./,
  ],
  guard_tripped: [{ code: 'guard_tripped' }, /a reason is needed\. .* Press Confirm With Reason…/],
  guard_tripped_since: [
    {
      code: 'guard_tripped_since',
      run,
      facts: { deactivate: 7, recentlyDeactivated: 0, active: 20 },
    },
    /^Since the preview, Dev or its limits have changed: 7 of the 20 users .* Nothing was changed\. .* press Confirm With Reason… there\.$/,
  ],
  plan_altered: [
    { code: 'plan_altered', run },
    /^Run 12 as stored is not what was shown.* Nothing was changed\. Type `\/usersync dev` for a new preview\.$/,
  ],
  target_mismatch: [{ code: 'target_mismatch', expected: 'dev' }, /not the target's name\. .* type `dev`\.$/],
  reason_missing: [
    { code: 'reason_missing' },
    /^A reason of at least 5 characters is needed\. .* give one\.$/,
  ],
  already_followed: [
    { code: 'already_followed', run: aRun({ nextRunId: 13 }) },
    /^A new preview was already started for run 12: run 13\. .* The message of the new one says how it stands\.$/,
  ],
  not_completed: [
    { code: 'not_completed', run },
    /and run 12 is not one\. Nothing was changed\. Look for the number .* type `\/usersync rollback`/,
  ],
  not_in_plan: [
    { code: 'not_in_plan', emails: ['a@dkm', 'b@dkm'] },
    /^The plan does not change `a@dkm`, `b@dkm`, and only users it .* The plan stays as it is\. Press View All/,
  ],
  deactivates: [
    { code: 'deactivates', run: aRun({}, { deactivate: 2 }) },
    /^Run 12 deactivates 2 users.* It changed nothing\. Confirm it on its own message\.$/,
  ],
  nothing_left: [
    { code: 'nothing_left' },
    /would change nothing\. It stays as it is\. Press Adjust again and leave out less, or press Cancel/,
  ],
  taken_back: [
    { code: 'taken_back', run: completedRun({ takenBackBy: 13 }), by: 13 },
    /^Run 12 was already taken back, by run 13\. Nothing was changed\. .* type `\/usersync rollback 13`: the preview shows what that changes\.$/,
  ],
  several_syncs: [
    { code: 'several_syncs', runs: [completedRun(), completedRun({ id: 11, target: 'prod' })] },
    /^Several targets were synced recently.*Nothing was changed\. .*\n• \*Dev\*, run 12: completed by .*`\/usersync rollback 12`.*\n• .*`\/usersync rollback 11`/,
  ],
  nothing_completed: [
    { code: 'nothing_completed' },
    /^No sync that changed something still stands, so there is nothing to take back\./,
  ],
  not_failed: [{ code: 'not_failed', run }, /^Run 12 has not failed, .* Type `\/usersync dev`/],
};

describe('refusalText', () => {
  it.each(Object.entries(REFUSALS))(
    'says what happened and what to do next (%s)',
    (_code, [refusal, words]) => {
      expect(refusalText(en, refusal)).toMatch(words);
    },
  );

  it.each(['not_listed', 'guest', 'bot', 'deleted', 'stranger', 'unverifiable'] as const)(
    'tells who is no admin why (%s)',
    (why) => {
      const others = ['not_listed', 'guest', 'bot', 'deleted', 'stranger', 'unverifiable'] as const;
      const text = refusalText(en, { code: 'not_admin', why });
      expect(text).toMatch(/[Nn]othing was (changed|done)/);
      expect(others.filter((other) => refusalText(en, { code: 'not_admin', why: other }) === text)).toEqual([
        why,
      ]);
    },
  );

  it('counts the targets without a preview that one answer does not name', () => {
    const refusals = (count: number) =>
      Array.from({ length: count }, () => ({ code: 'nothing_left' }) as const);
    expect(refusalsText(en, refusals(2)).split('\n')).toHaveLength(2);
    expect(refusalsText(en, refusals(60)).split('\n').at(-1)).toMatch(
      /^…and \d+ more targets without a preview/,
    );
  });

  it('names the target, or speaks of all', () => {
    const all = { target: undefined };
    expect(refusalText(en, { code: 'not_paused', ...all })).toBe(en.automatic.notPaused);
    expect(refusalText(en, { code: 'paused_already', ...all })).toBe(en.automatic.pausedAlready(undefined));
    expect(refusalText(en, { code: 'nothing_completed', ...all })).not.toBe(
      refusalText(en, { code: 'nothing_completed', target: 'dev' }),
    );
  });

  it('says of an adjusted plan who adjusted it', () => {
    const refusal = { code: 'second_person_needed', run: aRun({}, { omitted: 1 }), needed: 2 } as const;
    expect(refusalText(en, refusal)).toContain(
      '<@U0ANN> adjusted this one, so another admin must confirm it.',
    );
  });

  it.each([
    ['reading', /^Run 12 is still reading users\. .* Wait for its preview\.$/],
    ['ready', /^Run 12 is waiting for confirmation\. .* Press the button again\.$/],
    ['executing', /^Run 12 is being executed, confirmed by <@U0BOB>\./],
    ['completed', /^Run 12 is already completed, confirmed by <@U0BOB>\. Type `\/usersync dev`/],
    ['cancelled', /^Run 12 was cancelled by <@U0ANN>\. Nothing was changed\. Type `\/usersync dev`/],
    ['expired', /^The preview of run 12 has expired\. Nothing was changed\. Type `\/usersync dev`/],
    ['superseded', /^Run 12 was replaced by a newer preview of Dev\. Nothing was changed\.$/],
    ['failed', /^Run 12 has failed and changed nothing\. Press Try Again or New Preview/],
  ] satisfies [RunStatus, RegExp][])('says what became of a run that is %s', (status, words) => {
    const ended = aRun({ status, confirmedBy: BOB, cancelledBy: ANN });
    expect(refusalText(en, { code: 'not_ready', run: ended })).toMatch(words);
  });

  it.each([
    ['not_ready', 'cancelled'],
    ['not_ready', 'expired'],
    ['not_ready', 'failed'],
    ['expired', 'ready'],
  ] as const)(
    'names the preview that was started since (%s, %s), and suggests no other one',
    (code, status) => {
      const words = refusalText(en, { code, run: aRun({ status, nextRunId: 13 }) });
      expect(words).toMatch(/^A new preview was already started for run 12: run 13\./);
      expect(words).not.toContain('/usersync');
    },
  );

  it('counts the other admins where more than two people are needed', () => {
    const refusal = { code: 'second_person_needed', run: aRun(), needed: 3 } as const;
    expect(refusalText(en, refusal)).toContain(
      'needs 3 people. <@U0ANN> requested this one, so 2 other admins must',
    );
  });

  it('credits nobody with a run that had nothing to change', () => {
    const ended = completedRun({ confirmedBy: undefined }, { add: 0 });
    expect(refusalText(en, { code: 'not_ready', run: ended })).toMatch(/^Run 12 had nothing to change\./);
  });

  it('names no rollback that would be refused where a rollback is completed already', () => {
    const rollback = completedRun({ reverts: 11 });
    const text = refusalText(en, { code: 'not_ready', run: rollback });
    expect(text).toContain('Type `/usersync dev` for a new preview.');
    expect(text).not.toContain('rollback 11');
  });

  it('names the command of a rollback where the run was one', () => {
    const rollback = aRun({ status: 'expired', reverts: 11 });
    expect(refusalText(en, { code: 'not_ready', run: rollback })).toContain(
      'Type `/usersync rollback 11` for',
    );
  });

  it('names ten of the emails that the plan does not have, and counts the others', () => {
    const emails = (n: number) => Array.from({ length: n }, (_, index) => `user${index + 1}@dkm`);
    expect(refusalText(en, { code: 'not_in_plan', emails: emails(12) })).toContain(
      '`user10@dkm` and 2 more, and only',
    );
    expect(refusalText(en, { code: 'not_in_plan', emails: emails(1) })).toContain('`user1@dkm`, and only');
  });

  it('links only what is a channel', () => {
    const text = refusalText(en, { code: 'wrong_channel', channelIds: ['<!channel>'] });
    expect(text).toContain('`&lt;!channel&gt;`');
    const many = Array.from({ length: 500 }, (_, n) => `C0${n}`);
    expect(refusalText(en, { code: 'wrong_channel', channelIds: many })).toMatch(/<#C08>, <#C09>\.$/);
    expect(refusalText(en, { code: 'wrong_channel', channelIds: [] })).toMatch(/Ask the operator/);
  });
});

describe('a list that is read on schedule', () => {
  it('is not said to have been asked for by the bot', () => {
    const run = aRun({ status: 'reading', requestedBy: SYSTEM });
    const text = refusalText(en, { code: 'being_read', run });
    expect(text).toMatch(/Run 12 \(<#C0OPS>\)\. Scheduled, .*\. No other run was started\./);
    expect(text).not.toContain('usersync asked');
  });
});
