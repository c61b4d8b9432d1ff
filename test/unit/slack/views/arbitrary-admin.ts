import fc from 'fast-check';
import type { Timetable } from '../../../../src/slack/views/answers/automation.ts';
import type { ConfigOptions } from '../../../../src/slack/views/answers/config-message.ts';
import type { LinkOf } from '../../../../src/slack/views/inline.ts';
import type {
  FoundUsers,
  ListedUser,
  RunStep,
  TargetOverview,
  UserFilter,
} from '../../../../src/sync/ports/overview.ts';
import { RUN_STEPS } from '../../../../src/sync/ports/steps.ts';
import { EFFECTIVE_ACTIONS } from '../../../../src/sync/run/change.ts';
import type { Batch } from '../../../../src/sync/use-cases/batch.ts';
import { count, date, run } from './arbitrary-run.ts';
import { hostileText } from './hostile.ts';

export const LINK = 'https://slack.test/archives/C0OPS/p1700000000000100';

const optional = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });

/** Addresses that Slack gave, none, and such as nobody should follow. */
export const linkOf: fc.Arbitrary<LinkOf> = fc
  .oneof(
    fc.constantFrom(LINK, undefined),
    hostileText(400),
    hostileText(40).map((text) => `https://${text}`),
  )
  .map((address) => () => address);

/** Names as `SYNC_TARGETS` allows them. */
export const target = fc.oneof(
  fc.constantFrom('dev', 'test', 'prod'),
  fc.stringMatching(/^[a-z0-9][a-z0-9_-]{0,31}$/),
);

const overview: fc.Arbitrary<TargetOverview> = fc.record({
  target,
  locationName: optional(hostileText(100)),
  active: count,
  inactive: count,
  leftAlone: count,
  lastSync: optional(run.map((each) => ({ ...each, status: 'completed' as const }))),
  rolledBackSince: optional(run.map((each) => ({ ...each, status: 'completed' as const, reverts: 11 }))),
  working: optional(run.map((each) => ({ ...each, status: 'executing' as const }))),
  pending: optional(run.map((each) => ({ ...each, status: 'ready' as const }))),
  lastFailed: optional(run.map((each) => ({ ...each, status: 'failed' as const }))),
  changedSince: count,
  moreThan: optional(count),
});

/** How different targets stand. */
export function overviews(most: number) {
  return fc.uniqueArray(overview, { selector: (each) => each.target, maxLength: most });
}

export const schedule: fc.Arbitrary<Timetable | undefined> = optional(
  fc.record({
    cron: hostileText(200),
    timezone: hostileText(100),
    next: optional(date),
    targets: fc.array(target, { maxLength: 40 }),
  }),
);

/** Runs with different ids, newest first. */
export function runs(most: number) {
  return fc
    .array(run, { maxLength: most })
    .map((all) => all.map((each, index) => ({ ...each, id: 4_294_967_295 - index })));
}

export const batch: fc.Arbitrary<Batch> = fc.record({
  id: fc.integer({ min: 1, max: 4_294_967_295 }),
  channelId: fc.constant('C0OPS'),
  messageTs: fc.constant(undefined),
  runs: runs(60),
});

const STEPS = [...RUN_STEPS, 'refused', 'paused', 'resumed'];

export const auditRow: fc.Arbitrary<RunStep> = fc.record({
  at: date,
  step: fc.oneof(fc.constantFrom(...STEPS), hostileText(64)),
  actorId: fc.oneof(fc.constantFrom('U0ANN', 'usersync'), hostileText(64)),
  actorName: hostileText(255),
  outcome: fc.oneof(fc.constantFrom('no_changes', 'guard_tripped', 'ready', 'expired'), hostileText(64)),
  reason: fc.oneof(
    fc.constantFrom(
      undefined,
      'by run 4711',
      'of run 4711; left out: add, reactivate, deactivate, <!channel>@dkm',
    ),
    hostileText(1_000),
  ),
  facts: fc.oneof(
    fc.constantFrom(
      undefined,
      { kind: 'superseded' as const, byRunId: 4711 },
      { kind: 'rollback' as const, ofRunId: 4711 },
    ),
    fc.record({
      kind: fc.constant('adjusted' as const),
      ofRunId: fc.constant(4711),
      omission: fc.record({
        emails: fc.array(hostileText(255), { maxLength: 20 }),
        actions: fc.subarray([...EFFECTIVE_ACTIONS]),
      }),
    }),
  ),
});

export const listedUser: fc.Arbitrary<ListedUser> = fc.record({
  email: hostileText(255),
  target,
  status: fc.constantFrom('active', 'inactive', 'left_alone'),
  updatedAt: optional(date),
});

export const userFilter: fc.Arbitrary<UserFilter> = fc.record({
  target: optional(target),
  status: fc.constantFrom(undefined, 'active', 'inactive'),
  text: optional(hostileText(300)),
});

/** Words of Slack's that have no text of their own. */
export const fileRefusal: fc.Arbitrary<string> = fc.constantFrom('a_word_of_next_year', 'another_word');

/** Up to so many users as one answer tells of, and more that it does not. */
export const foundUsers: fc.Arbitrary<FoundUsers> = fc
  .record({
    more: count,
    isTotalCapped: fc.boolean(),
    isSearchCut: fc.boolean(),
    users: fc.array(
      fc.record({
        email: hostileText(255),
        target,
        status: fc.constantFrom('active', 'inactive', 'left_alone'),
        updatedAt: optional(date),
        lastChange: optional(fc.record({ run, statusAfter: fc.constantFrom('active', 'inactive') })),
      }),
      { maxLength: 20, size: 'max' },
    ),
  })
  .map(({ more, ...found }) => ({ ...found, total: found.users.length + more }));

const slackIds = fc.array(fc.stringMatching(/^[USC][A-Z0-9]{8}$/), { maxLength: 60, size: 'max' });
const positive = fc.integer({ min: 1, max: 10_000 });

export const configOptions: fc.Arbitrary<ConfigOptions> = fc.record({
  facts: fc.record({
    version: fc.constant('2.0.0'),
    language: fc.constantFrom('en', 'id'),
    ttlMinutes: positive,
    guard: fc.record({ count: positive, percent: positive }),
    depot: fc.record({
      timeoutMs: positive.map((seconds) => seconds * 1_000),
      pageSize: positive,
      maxConcurrent: positive,
      requestsPerSecond: positive,
    }),
    admins: slackIds,
    channels: slackIds,
    freeze: fc.record({
      windows: fc.array(fc.constantFrom('Fri 18:00-Mon 07:00', '2026-12-24-2027-01-02'), { maxLength: 200 }),
      timezone: fc.constantFrom('UTC', 'Asia/Jakarta'),
    }),
    protectedEmails: fc.array(hostileText(255), { maxLength: 40 }),
    autoRules: fc.array(fc.constantFrom('dev=add+reactivate:20', 'prod=add:5'), {
      maxLength: 60,
      size: 'max',
    }),
    absenceDays: fc.nat(365),
    breakGlass: fc.boolean(),
    retentionDays: optional(positive),
    reminderDays: optional(positive),
    notify: slackIds,
    digest: optional(fc.record({ cron: hostileText(300), timezone: hostileText(300) })),
  }),
  servers: fc.array(
    fc.record({
      target,
      place: optional(
        fc.record({
          locationName: hostileText(100),
          host: optional(fc.oneof(hostileText(255), fc.domain())),
          people: positive,
        }),
      ),
    }),
    { maxLength: 40, size: 'max' },
  ),
  more: count,
  schedule,
  frozenUntil: optional(date),
});
