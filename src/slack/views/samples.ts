import type { types } from '@slack/bolt';
import type { Change, ChangeAction } from '../../sync/run/change.ts';
import { type Actor, RUN_STATUSES, type Run } from '../../sync/run/run.ts';
import type { Texts } from '../text/en.ts';
import { callMessage, digestMessage } from './answers/automation.ts';
import { configMessage } from './answers/config-message.ts';
import { historyMessage } from './answers/history-message.ts';
import { helpMessage, homeView } from './answers/home-and-help.ts';
import { statusMessage } from './answers/status-message.ts';
import { findMessage, usersModal } from './answers/users.ts';
import { type Message, withoutFolds } from './blocks.ts';
import { adjustModal } from './modals/adjust-modal.ts';
import { detailsModal } from './modals/details-modal.ts';
import { guardModal, withdrawalModal } from './modals/guard-modal.ts';
import { targetModal } from './modals/target-modal.ts';
import { batchMessage } from './run/batch-message.ts';
import { NO_EXCERPT } from './run/excerpt.ts';
import { runMessage } from './run/run-message.ts';
import { threadReply } from './run/thread-reply.ts';
import { planModal } from './run/whole-plan.ts';

/** A message or view with invented data, for Slack to check. */
export type Sample = {
  readonly name: string;
  readonly payload: { readonly message: Message } | { readonly view: types.View };
};

const AT = new Date('2026-11-02T03:00:00Z');
const SOMEBODY: Actor = { id: 'U0123456789', name: 'somebody' };
const LIMITS = { count: 5, percent: 20 };
const PEOPLE = { needed: 2, approvals: [{ actor: SOMEBODY, at: AT }] };
const linkOf = () => 'https://example.slack.com/archives/C0123456789/p1700000000000100';

const RUN: Run = {
  id: 12,
  target: 'dev',
  locationId: 8,
  locationName: 'Dev',
  status: 'ready',
  waits: false,
  channelId: 'C0123456789',
  messageTs: undefined,
  messageRefused: undefined,
  fileRefused: undefined,
  requestedBy: SOMEBODY,
  confirmedBy: SOMEBODY,
  cancelledBy: SOMEBODY,
  reason: 'The office has closed',
  requestedAt: AT,
  readyAt: AT,
  expiresAt: AT,
  confirmedAt: AT,
  finishedAt: AT,
  counts: {
    ...{ source: 40, add: 2, reactivate: 2, deactivate: 2, omitted: 2, protected: 2, kept: 2 },
    ...{ unchanged: 2, alreadyInactive: 2, skipped: 2, duplicates: 2 },
  },
  guard: { tripped: true, why: 'limits', deactivate: 2, recentlyDeactivated: 6, active: 12 },
  undecided: undefined,
  rules: undefined,
  planHash: '0'.repeat(64),
  failure: { code: 'login_failed', reason: 'Connection timeout' },
  nextRunId: undefined,
  reverts: undefined,
  takenBackBy: undefined,
  redoneBy: undefined,
  batchId: undefined,
  autoRule: undefined,
  autoHeld: undefined,
  alone: false,
};

const EMAILS = ['user1@example.com', 'user2@example.com'];

function changesOf(action: ChangeAction): Change[] {
  return EMAILS.map((email, index) => ({
    ...{ seq: index + 1, action, email, detail: undefined },
    ...{ statusBefore: undefined, statusAfter: 'active' as const },
  }));
}

/** One of each message, modal and Home view. Messages of runs come without folds, which have a sample of their own. */
export function samples(t: Texts): readonly Sample[] {
  const excerpt = { ...NO_EXCERPT, add: changesOf('add'), deactivate: changesOf('deactivate') };
  const card = (run: Run) =>
    runMessage(t, run, excerpt, { guardLimits: LIMITS, people: PEOPLE, breakGlass: true, unchanged: EMAILS });
  const runs = RUN_STATUSES.map((status, index): Run => ({ ...RUN, id: index + 1, status }));
  const plain: Run = { ...RUN, guard: { tripped: false }, counts: { ...RUN.counts, deactivate: 0 } };
  const users = EMAILS.map((email) => ({
    ...{ email, target: 'dev', status: 'active' as const, updatedAt: AT },
    lastChange: { run: RUN, statusAfter: 'active' as const },
  }));
  const filter = { target: 'dev', status: undefined, text: 'user' };
  const overview = {
    ...{ target: 'dev', locationName: 'Dev', active: 12, inactive: 3, leftAlone: 1, changedSince: 1 },
    ...{
      lastSync: RUN,
      rolledBackSince: undefined,
      working: undefined,
      pending: RUN,
      lastFailed: undefined,
      moreThan: undefined,
    },
  };
  const home = {
    ...{ admin: true as const, overviews: [overview], others: [], recent: runs, schedule: undefined },
    pauses: [{ target: 'dev', by: SOMEBODY, at: AT, becauseOf: undefined }],
    ...{ linkOf, channelId: RUN.channelId },
  };
  const batch = { id: 3, channelId: RUN.channelId, messageTs: undefined, runs: [plain] };
  const messages: Readonly<Record<string, Message>> = {
    ...Object.fromEntries(runs.map((run) => [`a run that is ${run.status}`, withoutFolds(card(run))])),
    'a reply in a thread': threadReply(t, { ...RUN, status: 'completed' }, 1),
    'the sum of all targets': batchMessage(t, batch, { linkOf }),
    help: helpMessage(t, ['dev']),
    status: statusMessage(t, [overview], {
      linkOf,
      differences: { settings: ['SYNC_AUTO'], differing: 1, elsewhere: 1, others: 2 },
    }),
    history: historyMessage(t, runs, { target: undefined, linkOf, older: true }),
    'users that were found': findMessage(
      t,
      'user',
      { total: 2, isTotalCapped: false, isSearchCut: false, users },
      linkOf,
    ),
    settings: configMessage(t, {
      facts: {
        ...{ version: '1.0.0', language: 'en', ttlMinutes: 30, guard: LIMITS, admins: [SOMEBODY.id] },
        depot: { timeoutMs: 30_000, pageSize: 100, maxConcurrent: 4, requestsPerSecond: 20 },
        ...{ channels: [RUN.channelId], protectedEmails: ['vendor*'] },
        freeze: { windows: [], timezone: 'UTC' },
        ...{ retentionDays: undefined, reminderDays: undefined, notify: [SOMEBODY.id], digest: undefined },
        ...{ autoRules: ['dev=add:20'], absenceDays: 3, breakGlass: true },
      },
      servers: [{ target: 'dev', place: { locationName: 'Dev', host: 'dev.example.com', people: 1 } }],
      ...{ more: 0, schedule: undefined, frozenUntil: undefined },
    }),
    'a call of people': callMessage(t, RUN, 'guard', { notify: [SOMEBODY.id, 'S0123456789'], noticeId: 1 }),
    'the digest': digestMessage(
      t,
      {
        ...{ since: AT, until: AT, alone: [RUN], targets: [overview], waiting: [RUN] },
        syncs: [
          { by: SOMEBODY, target: 'dev', runs: 1, rollbacks: 0, add: 25, reactivate: 0, deactivate: 0 },
        ],
        end: { seq: 4711n, hash: '9f3a'.repeat(16) },
      },
      { key: AT.toISOString(), linkOf },
    ),
  };
  const views: Readonly<Record<string, types.View>> = {
    'View All': planModal(t, RUN, changesOf('add'), { emails: EMAILS, truncated: false }),
    'Confirm With Reason': guardModal(t, RUN, LIMITS),
    'Withdraw Your Approval': withdrawalModal(t, RUN),
    'Adjust of a short plan': adjustModal(
      t,
      { ...RUN, counts: { ...RUN.counts, reactivate: 0, deactivate: 0 } },
      changesOf('add'),
    ),
    'Adjust of a long plan': adjustModal(t, RUN),
    Details: detailsModal(t, RUN, []),
    'a shortcut': targetModal(t, ['dev'], { suggested: undefined }),
    'a list of users': usersModal(t, { total: 3, users, filter }),
    'the Home tab of an admin': homeView(t, home),
    'the Home tab of others': homeView(t, { admin: false, why: 'not_listed', admins: [SOMEBODY.id] }),
  };
  return [
    ...Object.entries(messages).map(([name, message]) => ({ name, payload: { message } })),
    ...Object.entries(views).map(([name, view]) => ({ name, payload: { view } })),
    { name: FOLDED_SAMPLE, payload: { message: card({ ...plain, status: 'ready' }) } },
  ];
}

/** Slack may refuse this sample, which is no mistake: View All shows the folded users too. */
export const FOLDED_SAMPLE = 'a preview with its unchanged users folded';
