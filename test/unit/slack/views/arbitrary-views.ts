import type { types } from '@slack/bolt';
import fc from 'fast-check';
import type { Texts } from '../../../../src/slack/text/en.ts';
import { callMessage, digestMessage, quietLine } from '../../../../src/slack/views/answers/automation.ts';
import { configMessage } from '../../../../src/slack/views/answers/config-message.ts';
import { historyMessage } from '../../../../src/slack/views/answers/history-message.ts';
import { helpMessage, homeView } from '../../../../src/slack/views/answers/home-and-help.ts';
import { statusMessage } from '../../../../src/slack/views/answers/status-message.ts';
import { findMessage, usersModal } from '../../../../src/slack/views/answers/users.ts';
import { loadingModal, type Message } from '../../../../src/slack/views/blocks.ts';
import { adjustModal } from '../../../../src/slack/views/modals/adjust-modal.ts';
import { detailsModal } from '../../../../src/slack/views/modals/details-modal.ts';
import { guardModal, withdrawalModal } from '../../../../src/slack/views/modals/guard-modal.ts';
import { targetModal } from '../../../../src/slack/views/modals/target-modal.ts';
import { batchMessage } from '../../../../src/slack/views/run/batch-message.ts';
import { NO_EXCERPT } from '../../../../src/slack/views/run/excerpt.ts';
import { readingMessage, runMessage, waitingMessage } from '../../../../src/slack/views/run/run-message.ts';
import { threadReply } from '../../../../src/slack/views/run/thread-reply.ts';
import { planModal } from '../../../../src/slack/views/run/whole-plan.ts';
import { CALL_REASONS } from '../../../../src/sync/automation/calls.ts';
import { EVERY_TARGET } from '../../../../src/sync/use-cases/pause.ts';
import { changes } from '../../../support/view-fixtures.ts';
import {
  auditRow,
  batch,
  configOptions,
  fileRefusal,
  foundUsers,
  linkOf,
  listedUser,
  overviews,
  runs,
  schedule,
  target,
  userFilter,
} from './arbitrary-admin.ts';
import { actor, count, excerpt, run } from './arbitrary-run.ts';
import { hostileText } from './hostile.ts';

/** Something to show, in whatever language it is asked for. */
export type Shown<T> = fc.Arbitrary<(t: Texts) => T>;

const guardLimits = fc.record({ count, percent: fc.double({ min: 0, max: 100, noNaN: true }) });
const failed = run.map((each) => ({ ...each, status: 'failed' as const }));
const uneventful = run.map((each) => ({
  ...each,
  status: 'completed' as const,
  counts: { ...each.counts, add: 0, reactivate: 0, deactivate: 0 },
}));

const people = fc.record({
  needed: fc.integer({ min: 1, max: 9 }),
  approvals: fc.array(
    fc.record({
      actor,
      at: fc.date({ min: new Date('2025-01-01'), max: new Date('2027-01-01'), noInvalidDate: true }),
    }),
    { maxLength: 8 },
  ),
});

const pause = fc.record({
  target: fc.oneof(target, fc.constant(EVERY_TARGET)),
  by: actor,
  at: fc.date({ min: new Date('2025-01-01'), max: new Date('2027-01-01'), noInvalidDate: true }),
  becauseOf: fc.option(
    fc.record({ runId: count, why: fc.constantFrom('failed' as const, 'taken_back' as const) }),
    { nil: undefined },
  ),
});

/** Every message of the bot, for whatever data. */
export const MESSAGES: Readonly<Record<string, Shown<Message>>> = {
  'the message of a run': fc.tuple(run, excerpt, guardLimits, people, fc.array(hostileText(255))).map(
    ([each, rows, limits, counted, unchanged]) =>
      (t) =>
        runMessage(t, each, rows, {
          guardLimits: limits,
          people: counted,
          breakGlass: true,
          unchanged,
          frozenUntil: new Date('2026-11-30T07:00:00Z'),
        }),
  ),
  'the message of a run that found nothing to change': fc.tuple(uneventful, excerpt).map(
    ([each, rows]) =>
      (t) =>
        runMessage(t, each, rows, {
          guardLimits: { count: 5, percent: 20 },
          people: { needed: 1, approvals: [] },
          breakGlass: true,
        }),
  ),
  'the message of a failed run': failed.map(
    (each) => (t) =>
      runMessage(t, each, NO_EXCERPT, {
        guardLimits: { count: 5, percent: 20 },
        people: { needed: 1, approvals: [] },
        breakGlass: true,
      }),
  ),
  'the progress of a run': fc.tuple(run, count, fc.option(count, { nil: undefined })).map(
    ([each, users, total]) =>
      (t) =>
        readingMessage(t, each, [users, total]),
  ),
  'the progress of a long run': fc.tuple(run, count).map(
    ([each, users]) =>
      (t) =>
        readingMessage(t, each, users === 0 ? undefined : [users, undefined], true),
  ),
  'a run that is waiting its turn': fc.tuple(run, count).map(
    ([each, ahead]) =>
      (t) =>
        waitingMessage(t, each, ahead),
  ),
  'a reply to a thread': fc.tuple(fc.oneof(run, failed), fc.nat()).map(
    ([each, noticeId]) =>
      (t) =>
        threadReply(t, each, noticeId),
  ),
  help: fc.array(hostileText(64), { maxLength: 60 }).map((targets) => (t) => helpMessage(t, targets)),
  'the sum of a /usersync all': fc.tuple(batch, linkOf).map(
    ([each, link]) =>
      (t) =>
        batchMessage(t, each, { linkOf: link }),
  ),
  'the status of targets': fc
    .tuple(overviews(40), linkOf, schedule, fc.array(target), fc.array(pause, { maxLength: 12 }))
    .map(
      ([all, link, plan, others, pauses]) =>
        (t) =>
          statusMessage(t, all, {
            ...{ linkOf: link, schedule: plan, others, pauses },
            differences: {
              settings: Array(30).fill('EXTERNAL_API_REQUESTS_PER_SECOND'),
              ...{ differing: others.length, elsewhere: pauses.length, others: 99 },
            },
          }),
    ),
  'a page of the history': fc
    .tuple(runs(14), fc.option(target, { nil: undefined }), linkOf, fc.boolean())
    .map(
      ([all, of, link, older]) =>
        (t) =>
          historyMessage(t, all, { target: of, linkOf: link, older }),
    ),
  'a call of people': fc.tuple(run, fc.constantFrom(...CALL_REASONS), fc.nat(), fc.option(linkOf)).map(
    ([each, reason, noticeId, link]) =>
      (t) =>
        callMessage(t, each, reason, {
          notify: ['U0BUDI', 'S0ADMINS', '<!channel>'],
          noticeId,
          ...(link && { linkOf: link }),
        }),
  ),
  'the digest': fc
    .tuple(overviews(40), linkOf, runs(14), fc.array(fc.tuple(actor, target, count), { maxLength: 60 }))
    .map(
      ([targets, link, waiting, syncs]) =>
        (t) =>
          digestMessage(
            t,
            {
              since: new Date('2026-11-16T08:00:00Z'),
              until: new Date('2026-11-23T08:00:00Z'),
              syncs: syncs.map(([by, name, n]) => ({
                ...{ by, target: name, runs: n, rollbacks: n, add: n, reactivate: n, deactivate: n },
              })),
              alone: waiting,
              targets,
              waiting,
              end: { seq: 4711n, hash: '9f3a'.repeat(16) },
            },
            { key: '2026-11-23T08:00:00.000Z', linkOf: link },
          ),
    ),
  'the users that were found': fc.tuple(hostileText(300), foundUsers, linkOf).map(
    ([text, found, link]) =>
      (t) =>
        findMessage(t, text, found, link),
  ),
  'the settings': configOptions.map((options) => (t) => configMessage(t, options)),
  'the line of a preview on schedule': run.map((each) => (t) => quietLine(t, each)),
};

/** Every modal and Home tab of the bot, for whatever data. */
export const VIEWS: Readonly<Record<string, Shown<types.ModalView | types.HomeView>>> = {
  'the modal of a plan': fc.tuple(run, excerpt, fc.array(hostileText(255)), fc.boolean()).map(
    ([each, rows, emails, truncated]) =>
      (t) =>
        planModal(t, each, Object.values(rows).flat(), { emails, truncated }),
  ),
  'the modal of the guard': fc
    .tuple(run, target, guardLimits, fc.constantFrom(undefined, 'people', 'frozen', 'frozen_and_people'))
    .map(
      ([each, name, limits, lack]) =>
        (t) =>
          guardModal(t, { ...each, target: name }, limits, lack),
    ),
  'the modal that withdraws an approval': run.map((each) => (t) => withdrawalModal(t, each)),
  'the modal that adjusts a plan': run.map((each) => (t) => adjustModal(t, each)),
  'the modal that adjusts a short plan': fc
    .tuple(run, fc.array(hostileText(255), { minLength: 1, maxLength: 100 }))
    .map(([each, emails]) => (t) => {
      const counts = { ...each.counts, add: 0, reactivate: 0, deactivate: emails.length };
      return adjustModal(t, { ...each, counts }, changes('deactivate', emails));
    }),
  'the details of a run': fc.tuple(run, fc.array(auditRow)).map(
    ([each, rows]) =>
      (t) =>
        detailsModal(t, each, rows),
  ),
  'a list of users': fc
    .tuple(
      count,
      fc.array(listedUser),
      userFilter,
      fc.oneof(
        fc.constantFrom({}, { file: 'sent' as const }),
        fileRefusal.map((refusal) => ({ file: { refusal } })),
      ),
    )
    .map(
      ([more, users, filter, file]) =>
        (t) =>
          usersModal(t, { total: users.length + more, users, filter, ...file }),
    ),
  'the modal of a shortcut': fc.tuple(fc.array(target, { minLength: 1, maxLength: 120 }), fc.boolean()).map(
    ([targets, here]) =>
      (t) =>
        targetModal(t, targets, here ? { channelId: 'C0OPS' } : { suggested: undefined }),
  ),
  'a loading modal': fc.constant((t) => loadingModal(t, t.guard.modalTitle)),
  'the Home tab of an admin': fc
    .record({
      admin: fc.constant(true as const),
      overviews: overviews(100),
      others: fc.array(target),
      recent: runs(14),
      pauses: fc.array(pause, { maxLength: 12 }),
      schedule,
      linkOf,
      channelId: fc.constantFrom('C0OPS', undefined, '<!channel>'),
    })
    .map((home) => (t) => homeView(t, home)),
  'the Home tab of another': fc
    .record({
      why: fc.constantFrom('not_listed', 'guest', 'unverifiable'),
      admins: fc.array(fc.stringMatching(/^[US][A-Z0-9]{8}$/), { maxLength: 30 }),
    })
    .map((visitor) => (t) => homeView(t, { admin: false, ...visitor })),
};
