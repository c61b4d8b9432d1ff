import fc from 'fast-check';
import type { Excerpt } from '../../../../src/slack/views/run/excerpt.ts';
import { inEnglish } from '../../../../src/sync/failures/depot-reason-words.ts';
import {
  DATABASE_REFUSALS,
  type Failure,
  HELD_BACK_BY,
  UNFIT_PROBLEMS,
  type WordedReason,
} from '../../../../src/sync/failures/failure.ts';
import { AUTO_HELD, type GuardVerdict, type Rules } from '../../../../src/sync/rules/rules.ts';
import { type Change, type ChangeAction, KEEP_REASONS } from '../../../../src/sync/run/change.ts';
import {
  type Actor,
  type Run,
  type RunCounts,
  type RunStatus,
  SYSTEM,
  TRANSITIONS,
} from '../../../../src/sync/run/run.ts';
import { NO_COUNTS } from '../../../support/view-fixtures.ts';
import { depotReasons } from './arbitrary-reason.ts';
import { hostileText } from './hostile.ts';

const LARGEST = 4_294_967_295;
const COUNTS = [
  'source',
  'add',
  'reactivate',
  'deactivate',
  'omitted',
  'protected',
  'kept',
  'unchanged',
  'alreadyInactive',
  'skipped',
];

export const count = fc.oneof(fc.constantFrom(0, 1, 2, LARGEST), fc.nat(100));
const runId = fc.oneof(fc.constant(LARGEST), fc.integer({ min: 1, max: 1_000 }));
export const date = fc.date({
  min: new Date('2001-01-01'),
  max: new Date('2100-01-01'),
  noInvalidDate: true,
});

export const actor: fc.Arbitrary<Actor> = fc.oneof(
  fc.constant(SYSTEM),
  fc.record({ id: fc.constantFrom('U0ANN', 'W0BOB', 'nobody'), name: hostileText(255) }),
  fc.record({ id: hostileText(64), name: hostileText(255) }),
);

const someCounts: fc.Arbitrary<RunCounts> = fc
  .tuple(...[...COUNTS, 'duplicates'].map((name) => count.map((n) => [name, n] as const)))
  .map((entries) => ({ ...NO_COUNTS, ...Object.fromEntries(entries) }));

const noChanges = someCounts.map((counts) => ({ ...counts, add: 0, reactivate: 0, deactivate: 0 }));

const counts = fc.oneof({ weight: 4, arbitrary: someCounts }, { weight: 1, arbitrary: noChanges });

const guard: fc.Arbitrary<GuardVerdict> = fc.oneof(
  fc.constant({ tripped: false } as const),
  fc.record({
    tripped: fc.constant(true as const),
    why: fc.constantFrom('limits' as const, 'everyone' as const),
    deactivate: count,
    recentlyDeactivated: count,
    active: count,
  }),
);

const limits = fc.record({ count, percent: fc.integer({ min: 0, max: 100 }), inclusive: fc.boolean() });

const rules: fc.Arbitrary<Rules | undefined> = fc.option(
  fc.record({
    limits: fc.array(limits, { maxLength: 3 }),
    protectedEmails: fc.array(hostileText(255), { maxLength: 3 }),
    people: fc.integer({ min: 1, max: 9 }),
  }),
  { nil: undefined },
);

const reason = hostileText(1_000);
/** As older versions stored it, or with its data. */
const worded: fc.Arbitrary<WordedReason> = fc.oneof(
  fc.record({ reason }),
  depotReasons.map((why) => ({ reason: inEnglish(why), why })),
);
const withReason = <const C extends Failure['code']>(code: C) => worded.map((each) => ({ code, ...each }));

/** Every failure, by code: the compiler asks for a new one here. */
export const FAILURES: { readonly [C in Failure['code']]: fc.Arbitrary<Extract<Failure, { code: C }>> } = {
  login_failed: fc
    .tuple(
      withReason('login_failed'),
      fc.record({ unauthorized: fc.boolean(), unanswered: fc.boolean() }, { requiredKeys: [] }),
    )
    .map(([failure, means]) => ({ ...failure, ...means })),
  fetch_failed: withReason('fetch_failed'),
  invalid_response: withReason('invalid_response'),
  list_moved: fc.constant({ code: 'list_moved' }),
  list_longer: fc.record({ code: fc.constant('list_longer' as const), page: count, users: count }),
  list_empty: fc.record({
    code: fc.constant('list_empty' as const),
    active: count,
    listed: fc.option(count, { nil: undefined }),
  }),
  location_missing: fc.record({
    code: fc.constant('location_missing' as const),
    unnamed: fc.option(fc.boolean(), { nil: undefined }),
  }),
  location_url: withReason('location_url'),
  index_in_the_way: fc.record({ code: fc.constant('index_in_the_way' as const), index: hostileText(300) }),
  index_missing: fc.constant({ code: 'index_missing' }),
  not_transactional: fc.record({
    code: fc.constant('not_transactional' as const),
    tables: fc.array(
      fc.record({ table: hostileText(64), engine: fc.oneof(fc.constant('VIEW'), hostileText(64)) }),
      { maxLength: 20 },
    ),
  }),
  users_unfit: fc.record({
    code: fc.constant('users_unfit' as const),
    columns: fc.array(
      fc.record({
        problem: fc.constantFrom(...UNFIT_PROBLEMS),
        column: hostileText(64),
        type: hostileText(300),
      }),
      { maxLength: 20 },
    ),
  }),
  not_as_written: fc.record({
    code: fc.constant('not_as_written' as const),
    total: count,
    emails: fc.array(hostileText(255), { maxLength: 20 }),
    triggers: fc.array(hostileText(64), { maxLength: 20 }),
  }),
  privilege_missing: fc.record({
    code: fc.constant('privilege_missing' as const),
    right: hostileText(60),
    table: hostileText(64),
    column: fc.option(hostileText(64), { nil: undefined }),
  }),
  audit_unguarded: fc.record({
    code: fc.constant('audit_unguarded' as const),
    triggers: fc.array(hostileText(64), { minLength: 1, maxLength: 2 }),
  }),
  database_refused: fc.record({
    code: fc.constant('database_refused' as const),
    refusal: fc.constantFrom(...DATABASE_REFUSALS),
    number: hostileText(10),
    words: reason,
    triggers: fc.option(fc.array(hostileText(64), { maxLength: 20 }), { nil: undefined }),
  }),
  stale: fc.record({
    code: fc.constant('stale' as const),
    total: count,
    emails: fc.array(hostileText(255), { maxLength: 20 }),
  }),
  plan_altered: fc.constant({ code: 'plan_altered' }),
  planned_earlier: fc.constant({ code: 'planned_earlier' }),
  protected_since: fc.record({
    code: fc.constant('protected_since' as const),
    total: count,
    emails: fc.array(hostileText(255), { maxLength: 20 }),
  }),
  guard_tripped: fc.record({
    code: fc.constant('guard_tripped' as const),
    deactivate: count,
    recentlyDeactivated: count,
    active: count,
  }),
  second_person_needed: fc.record({
    code: fc.constant('second_person_needed' as const),
    people: fc.integer({ min: 0, max: 9 }),
    needed: fc.integer({ min: 2, max: 9 }),
  }),
  held_back: fc.record({
    code: fc.constant('held_back' as const),
    by: fc.constantFrom(...HELD_BACK_BY),
  }),
  location_changed: fc.record({
    code: fc.constant('location_changed' as const),
    otherServer: fc.option(fc.boolean(), { nil: undefined }),
  }),
  channel_unreachable: fc.record({
    code: fc.constant('channel_unreachable' as const),
    // Slack's own word.
    reason: fc.constantFrom('not_in_channel', 'is_archived', 'restricted_action', 'never_heard_of'),
  }),
  database_lost: fc.constant({ code: 'database_lost' }),
  interrupted: fc.record({ code: fc.constant('interrupted' as const), attempts: count }),
  unexpected: fc.constant({ code: 'unexpected' }),
};

const failure: fc.Arbitrary<Failure> = fc.oneof(...Object.values(FAILURES));

const STATUSES = Object.keys(TRANSITIONS).filter((key): key is RunStatus => key in TRANSITIONS);

/** Any run that the database could hold, and many that it could not. */
export const run: fc.Arbitrary<Run> = fc
  .record({
    id: runId,
    target: fc.oneof(
      fc.constant('dev'),
      hostileText(64).map((text) => text || 'dev'),
    ),
    locationId: fc.nat(),
    locationName: hostileText(100),
    status: fc.constantFrom(...STATUSES),
    waits: fc.boolean(),
    undecided: fc.oneof(
      { arbitrary: fc.constant(undefined), weight: 1 },
      {
        arbitrary: fc.record({
          doubt: fc.constantFrom('order_ignored' as const, 'end_repeats' as const, 'end_unknown' as const),
          users: count,
        }),
        weight: 1,
      },
    ),
    channelId: hostileText(64),
    messageRefused: fc.option(hostileText(60), { nil: undefined }),
    fileRefused: fc.option(hostileText(60), { nil: undefined }),
    messageTs: fc.constantFrom(undefined, '1700000000.000100'),
    requestedBy: actor,
    confirmedBy: fc.option(actor, { nil: undefined }),
    cancelledBy: fc.option(actor, { nil: undefined }),
    reason: fc.option(hostileText(1_000), { nil: undefined }),
    requestedAt: date,
    readyAt: fc.option(date, { nil: undefined }),
    expiresAt: fc.option(date, { nil: undefined }),
    confirmedAt: fc.option(date, { nil: undefined }),
    finishedAt: fc.option(date, { nil: undefined }),
    counts,
    guard,
    rules,
    planHash: fc.constantFrom(undefined, 'f'.repeat(64)),
    failure: fc.option(failure, { nil: undefined }),
    nextRunId: fc.option(runId, { nil: undefined }),
    reverts: fc.option(runId, { nil: undefined }),
    takenBackBy: fc.option(runId, { nil: undefined, freq: 2 }),
    redoneBy: fc.option(runId, { nil: undefined }),
    batchId: fc.option(runId, { nil: undefined }),
    absence: fc.option(fc.record({ days: fc.nat(365), proposed: count, waiting: count }), { nil: undefined }),
    autoRule: fc.option(hostileText(255), { nil: undefined }),
    autoHeld: fc.option(fc.constantFrom(...AUTO_HELD), { nil: undefined }),
    alone: fc.boolean(),
  })
  .map((run) => ({ ...run, leftInForce: run.counts.protected }));

function change(action: ChangeAction): fc.Arbitrary<Change> {
  return fc.record({
    seq: fc.nat(),
    action: fc.constant(action),
    email: hostileText(255),
    statusBefore: fc.constantFrom(undefined, 'active' as const, 'inactive' as const),
    statusAfter: fc.constantFrom(undefined, 'active' as const, 'inactive' as const),
    detail: fc.oneof(
      fc.constantFrom(undefined, 'changed_since', 'id_user 7: constructor'),
      fc.constantFrom(...KEEP_REASONS),
      fc.constantFrom('no_email', 'bad_email', 'bad_status', 'id_user 7: no_email'),
      hostileText(255),
    ),
    sourceId: fc.constantFrom(undefined, 7n, 18_446_744_073_709_551_615n),
  });
}

const some = (action: ChangeAction) => fc.array(change(action), { maxLength: 40 });

export const excerpt: fc.Arbitrary<Excerpt> = fc.record({
  add: some('add'),
  reactivate: some('reactivate'),
  deactivate: some('deactivate'),
  omitted: some('omitted'),
  protected: some('protected'),
  kept: some('kept'),
  skipped: some('skipped'),
});
