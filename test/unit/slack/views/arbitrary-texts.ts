import fc from 'fast-check';
import { databaseTrouble, databaseWhy, onHold } from '../../../../src/slack/tell/answer.ts';
import { code } from '../../../../src/slack/text/escape.ts';
import { reminderText } from '../../../../src/slack/views/answers/automation.ts';
import { refusalsText, refusalText } from '../../../../src/slack/views/answers/refusal.ts';
import { switchText } from '../../../../src/slack/views/answers/status-message.ts';
import { unknownTargetText } from '../../../../src/slack/views/answers/unknown-command.ts';
import { usersFileText, usersRefusalText } from '../../../../src/slack/views/answers/users.ts';
import { whyRefused } from '../../../../src/slack/views/inline.ts';
import { adjustInputErrors } from '../../../../src/slack/views/modals/adjust-modal.ts';
import { guardInputErrors } from '../../../../src/slack/views/modals/guard-modal.ts';
import { batchAnswer } from '../../../../src/slack/views/run/batch-message.ts';
import { exportFileText, exportRefusalText } from '../../../../src/slack/views/run/whole-plan.ts';
import { DatabaseLostError, DatabaseRefusedError } from '../../../../src/sync/failures/errors.ts';
import type { Refusal } from '../../../../src/sync/run/refusal.ts';
import type { Run } from '../../../../src/sync/run/run.ts';
import type { Confirmation } from '../../../../src/sync/use-cases/execute.ts';
import { fileRefusal, target, userFilter } from './arbitrary-admin.ts';
import { actor, count, run } from './arbitrary-run.ts';
import type { Shown } from './arbitrary-views.ts';
import { hostileText } from './hostile.ts';

/** Each why somebody is no admin. */
export const WHY = ['not_listed', 'guest', 'bot', 'deleted', 'stranger', 'unverifiable'] as const;

/** Every refusal, by code: the compiler asks for a new one here. */
function refusals(each: Run, text: string, texts: readonly string[]) {
  return {
    not_admin: {
      code: 'not_admin',
      admins: Array.from({ length: 40 }, (_, n) => `U0ADM${n}`),
      why: WHY[texts.length % WHY.length] ?? 'bot',
    },
    wrong_channel: { code: 'wrong_channel', channelIds: texts },
    location_missing: { code: 'location_missing', target: text },
    being_read: { code: 'being_read', run: each },
    run_not_found: { code: 'run_not_found' },
    wrong_message: { code: 'wrong_message' },
    alone_unseen: { code: 'alone_unseen' },
    people_unverifiable: { code: 'people_unverifiable' },
    not_ready: { code: 'not_ready', run: each },
    expired: { code: 'expired', run: each },
    frozen: { code: 'frozen', until: new Date('2026-11-30T07:00:00Z') },
    location_busy: { code: 'location_busy', holder: each },
    second_person_needed: { code: 'second_person_needed', run: each, needed: 3 },
    guard_tripped: { code: 'guard_tripped' },
    guard_tripped_since: {
      code: 'guard_tripped_since',
      run: each,
      facts: { deactivate: 7, recentlyDeactivated: 0, active: 20 },
    },
    plan_altered: { code: 'plan_altered', run: each },
    target_mismatch: { code: 'target_mismatch', expected: text },
    reason_missing: { code: 'reason_missing' },
    already_followed: { code: 'already_followed', run: each },
    not_failed: { code: 'not_failed', run: each },
    not_completed: { code: 'not_completed', run: each },
    not_in_plan: { code: 'not_in_plan', emails: [text, ...texts, ...texts] },
    shared_channel: { code: 'shared_channel', channelId: text },
    channel_unverifiable: { code: 'channel_unverifiable', channelId: text },
    deactivates: { code: 'deactivates', run: each },
    nothing_left: { code: 'nothing_left' },
    nothing_completed: { code: 'nothing_completed', target: each.waits ? undefined : text },
    taken_back: { code: 'taken_back', run: each, by: 13 },
    paused: { code: 'paused', run: each },
    person_decides: { code: 'person_decides', run: each, why: 'taken_back' },
    paused_already: { code: 'paused_already', target: each.waits ? undefined : text },
    not_paused: { code: 'not_paused', target: each.waits ? undefined : text },
    break_glass_off: { code: 'break_glass_off' },
    several_syncs: { code: 'several_syncs', runs: Array.from({ length: 12 }, () => each) },
  } as const satisfies { readonly [C in Refusal['code']]: Extract<Refusal, { code: C }> };
}

const refusal: fc.Arbitrary<Refusal> = fc
  .tuple(run, hostileText(300), fc.array(hostileText(64), { maxLength: 12, size: 'max' }), fc.nat())
  .map(([each, text, texts, n]) => {
    const all = Object.values<Refusal>(refusals(each, text, texts));
    return all[n % all.length] ?? { code: 'run_not_found' };
  });

function confirmationOf(each: Run, why: Refusal, kind: number): Confirmation {
  const outcomes: readonly Confirmation[] = [
    { outcome: 'claimed', run: each, lease: { runId: each.id, owner: 'one', attempt: 1 } },
    { outcome: 'approved', run: each, people: 4712, needed: 4711 },
    { outcome: 'refused', refusal: why },
  ];
  return outcomes[kind % outcomes.length] ?? { outcome: 'refused', refusal: why };
}

const unsynced = fc.record({ target, days: fc.oneof(count, fc.constant('never' as const)) });

/** Every text of the bot that stands alone, in a message or a modal. */
export const TEXTS: Readonly<Record<string, Shown<string>>> = {
  'a refusal': refusal.map((each) => (t) => refusalText(t, each)),
  'a refusal because of a run': run.map((each) => (t) => refusalText(t, { code: 'not_ready', run: each })),
  'the refusals of a /usersync all': fc.array(hostileText(64), { maxLength: 30, size: 'max' }).map(
    (targets) => (t) =>
      refusalsText(
        t,
        ['dev', ...targets].map((each) => ({ code: 'location_missing', target: each })),
      ),
  ),
  'the word that rules are paused or resumed': fc
    .tuple(actor, fc.option(target, { nil: undefined }), fc.boolean(), fc.boolean(), fc.boolean())
    .map(
      ([by, name, isPaused, holds, hasRules]) =>
        (t) =>
          switchText(
            t,
            by,
            { outcome: isPaused ? 'paused' : 'resumed', target: name, holds, elsewhere: true },
            hasRules ? ['dev=add:5'] : [],
          ),
    ),
  'the answer to whoever confirmed several runs at once': fc
    .tuple(fc.array(fc.tuple(run, fc.nat()), { maxLength: 30, size: 'max' }), refusal, count)
    .map(([runs, why, notReached]) => (t) => {
      const looked = runs.map(([each, kind]) => ({
        run: each,
        confirmation: confirmationOf(each, why, kind),
      }));
      return batchAnswer(t, looked, { notes: [], notReached });
    }),
  'the answer to an unknown target': fc
    .tuple(hostileText(4_000), fc.array(hostileText(64), { maxLength: 60, size: 'max' }))
    .map(
      ([typed, targets]) =>
        (t) =>
          unknownTargetText(t, typed, targets),
    ),
  'the answer to an unclear command': fc.tuple(fc.constantFrom('users', 'status'), target).map(
    ([verb, name]) =>
      (t) =>
        unknownTargetText(t, `${verb} ${name}`, [name]),
  ),
  'what goes with a list of users': fc.tuple(userFilter, count).map(
    ([filter, total]) =>
      (t) =>
        usersFileText(t, filter, { total: total + 60_000, sent: 50_000 }),
  ),
  'what goes with an exported run': run.map((each) => (t) => exportFileText(t, each)),
  'what goes with an exported run without its file': fc.tuple(run, fileRefusal).map(
    ([each, refusal]) =>
      (t) =>
        exportRefusalText(t, each, refusal),
  ),
  'what goes with a list of users without its file': fc.tuple(userFilter, count, fileRefusal).map(
    ([filter, total, refusal]) =>
      (t) =>
        usersRefusalText(t, filter, total, refusal),
  ),
  'the reminder': fc
    .array(unsynced, { minLength: 1, maxLength: 40 })
    .map((targets) => (t) => reminderText(t, targets)),
  'an answer that Slack did not take': hostileText(200).map(
    (reason) => (t) => t.trouble.slackRefused(code(reason, 100)),
  ),
  'a request for which Slack gave no answer': hostileText(200).map(
    (words) => (t) => t.trouble.slackUnanswered(whyRefused(t, `no_answer: ${words}`)),
  ),
  'a database that cannot be used': fc
    .tuple(
      fc.constantFrom('read_only', 'too_many_connections', 'disk_full', 'privilege', 'busy'),
      hostileText(500),
    )
    .map(([why, words]) => (t) => {
      const lost = new DatabaseLostError({ cause: words, why });
      const refused = new DatabaseRefusedError('other', '1', words, {});
      const troubles = [lost, refused].map((error) => databaseTrouble(t, error));
      return [...troubles, ...[lost, refused].map((error) => onHold(t, 4711, databaseWhy(t, error)))].join(
        ' ',
      );
    }),
  'trouble, and the comment on a file': fc
    .constantFrom(1, 4711)
    .map(
      (n) => (t) =>
        `${t.trouble.databaseLostDuringRun(4711)} ${t.trouble.unexpected(4711)} ${t.plan.fileComment(4711, n)}`,
    ),
};

/** What stands under the inputs of a modal, in plain text. */
export const INPUT_ERRORS: Readonly<Record<string, Shown<Record<string, string>>>> = {
  'wrong input to the guard': hostileText(100).map(
    (target) => (t) => guardInputErrors(t, { target, typed: `${target}.`, reason: '' }) ?? {},
  ),
  'no adjustment': fc.constant((t) => adjustInputErrors(t, { code: 'nothing_given' })),
  'an email that is too long': hostileText(3_000).map(
    (email) => (t) => adjustInputErrors(t, { code: 'email_too_long', email }),
  ),
  'emails that the plan does not have': fc
    .array(hostileText(300), { minLength: 1, maxLength: 20 })
    .map((emails) => (t) => adjustInputErrors(t, { code: 'not_in_plan', emails })),
  'all of the plan': fc.constant((t) => adjustInputErrors(t, { code: 'nothing_left' })),
  'too many emails': count.map((emails) => (t) => adjustInputErrors(t, { code: 'too_many', emails })),
};
