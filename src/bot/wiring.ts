import { type Config, ownChannels } from '../config/config.ts';
import { freezeText } from '../config/freeze.ts';
import { dueTimes, onePerLocation } from '../config/schedules.ts';
import { hostOf } from '../depot-api/http/base-url.ts';
import type { SharedRates } from '../depot-api/http/shared-rates.ts';
import type { Metrics } from '../monitoring/metrics/metrics.ts';
import { asNoRequest, boltLogger } from '../process/logger.ts';
import { readVersion } from '../process/runtime.ts';
import { createSlackClient, type SlackClient } from '../slack/connect/client.ts';
import type { Network } from '../slack/connect/network.ts';
import { createMembers, createReaders } from '../slack/connect/people-and-channels.ts';
import type { SlackIdentity } from '../slack/connect/token-facts.ts';
import { createGate } from '../slack/listeners/door/gate.ts';
import type { Services } from '../slack/listeners/door/services.ts';
import { createHomes } from '../slack/listeners/home.ts';
import { createAnnouncer, EDIT_TIMEOUT_MS } from '../slack/tell/announcer.ts';
import { createDelivery } from '../slack/tell/delivery.ts';
import { textsFor } from '../slack/text/language.ts';
import type { SettingsFacts } from '../slack/views/answers/config-message.ts';
import { createLinks } from '../slack/views/inline.ts';
import { createAutomation } from '../sync/automation/automatic.ts';
import { createDigestFacts } from '../sync/automation/digest.ts';
import type { Tunnel } from '../sync/ports/ports.ts';
import { createRules } from '../sync/rules/rules.ts';
import { inRounds } from '../sync/run/concurrency.ts';
import { createQueue } from '../sync/run/queue.ts';
import { type Basics, wireCore } from './core.ts';
import { afterWork, capacityOf, createJobs } from './jobs.ts';

type Parts = Basics & {
  readonly metrics: Metrics;
  readonly client: SlackClient;
  readonly identity: SlackIdentity;
  readonly shared: SharedRates | undefined;
  readonly tunnel: Tunnel | undefined;
  readonly network: Network;
};

/** Puts core, depot servers, stores and Slack together. */
export function wire(parts: Parts) {
  const { config, logger, stores, metrics, client, identity, network } = parts;
  const { slack, sync, schedule, digest, homeChannelId, language, deployment } = config;
  const { runs, plans } = stores;
  const linkOf = createLinks(identity.teamUrl);
  const targets = [...config.targets.keys()];
  const distinctTargets = onePerLocation(targets, config.targets);
  const readersOf = createReaders({ ...slack, client, logger });
  const memberOf = createMembers(client);
  const gate = createGate({
    ...slack,
    client,
    memberOf,
    readersOf,
    audit: stores.audit,
    logger,
    teamId: identity.teamId,
  });
  const rulesFor = createRules(stores.locations, sync);
  const showing = {
    me: identity,
    t: textsFor(undefined, language, deployment),
    plans,
    guardLimits: sync.guard,
    rulesFor,
    approvalsOf: runs.approvals,
    isAdmin: gate.isAdmin,
    frozenUntil: async () => sync.frozenUntil?.(await runs.clock()),
    breakGlass: sync.breakGlass,
    linkOf,
    notify: config.notify,
    admins: [...slack.adminUsergroupIds, ...slack.adminUserIds],
    listed: gate.listed,
    ownChannels: ownChannels(config),
    folds: { areTaken: true },
    quietLine: schedule?.quietLine ?? true,
  };
  const slackOptions = { ...slack, network, logger: boltLogger(logger), report: metrics.slackCall };
  const editClient = createSlackClient({ ...slackOptions, timeoutMs: EDIT_TIMEOUT_MS });
  const announcer = createAnnouncer({ client, editClient, runs, logger, showing });
  // A process that others may take for dead must not deliver: another process then delivers the same notices.
  const telling = { ...slackOptions, doubt: stores.presence.liveness.doubt };
  const { kick, drain, settle, close } = createDelivery({
    ...stores,
    network,
    client: createSlackClient(telling),
    editClient: createSlackClient({ ...telling, timeoutMs: EDIT_TIMEOUT_MS }),
    progress: announcer,
    readersOf,
    showing,
    digest: digest && {
      channelId: digest.channelId,
      facts: createDigestFacts({
        ...stores,
        ...dueTimes(digest),
        targets: distinctTargets,
      }),
    },
    logger,
    reportRefused: metrics.noticeRefused,
  });
  // A delivery serves many requests, so its log lines carry no request id.
  const delivery = { kick: () => asNoRequest(kick), drain, settle: () => asNoRequest(settle), close };
  const useCases = wireCore({
    config,
    logger,
    stores,
    rulesFor,
    progress: announcer,
    isAdmin: gate.isAdmin,
    readersOf,
    mayRead: () => jobs.free().reading > 0,
    report: metrics.depotRequest,
    shared: parts.shared,
    tunnel: parts.tunnel,
  });
  const nextDue = schedule && dueTimes(schedule).nextDue;
  // Of many runs that end together, one clears the lists of all.
  const clearStaged = inRounds<void>(async () => void (await stores.retention.clearStaged()));
  const jobs = createJobs(logger, capacityOf(stores.connections), () =>
    afterWork({ queue, delivery, homes }, () => clearStaged()),
  );
  const queue = createQueue({ runs, progress: announcer, ...useCases, workers: jobs });

  const services: Services = {
    client,
    network,
    logger: metrics.troublesOf(logger, 'request'),
    people: {
      ...gate,
      readersOf,
      textsOf: async (userId) => {
        const member = await memberOf(userId).catch(() => undefined);
        return textsFor(member?.locale, language, deployment);
      },
    },
    useCases,
    records: stores,
    telling: { announcer, delivery, showing, linkOf },
    settings: {
      targets,
      distinctTargets,
      command: deployment.command,
      protectedEmails: sync.protectedEmails,
      homeChannelId,
      hostOf,
      facts: factsOf(config),
      timetable: async () => schedule && { ...schedule, next: nextDue?.(await stores.runs.clock()) },
    },
    queue,
  };
  const homes = createHomes(services);
  const automation = createAutomation({ ...stores, ...sync, ...useCases, queue, logger, rulesFor });
  return { services, homes, jobs, automation };
}

/** The settings that `/usersync config` shows. */
function factsOf(config: Config): SettingsFacts {
  const { slack, sync, depot, language, retentionDays, reminder, notify, digest } = config;
  const { ttlMinutes, guard, freeze, protectedEmails, absenceDays, breakGlass } = sync;
  return {
    version: readVersion(),
    language,
    ttlMinutes,
    guard,
    freeze: { ...freeze, windows: freeze.windows.map(freezeText) },
    protectedEmails,
    autoRules: [...sync.autoRules.values()].map(({ text }) => text),
    absenceDays,
    breakGlass,
    depot: depot.limits,
    admins: [...slack.adminUserIds, ...slack.adminUsergroupIds],
    channels: slack.channelIds,
    retentionDays,
    reminderDays: reminder?.afterDays,
    notify,
    digest,
  };
}
