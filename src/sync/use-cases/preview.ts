import { callsOfPreview, lifetimeOf } from '../automation/calls.ts';
import { LeaseLostError, LocationMissingError } from '../failures/errors.ts';
import { LocationChangedError } from '../failures/stale-errors.ts';
import type { PlanFacts, Plans, Staging } from '../ports/plans.ts';
import type { Logger, Progress, ReadersOf } from '../ports/ports.ts';
import type { LeasedRun, Requested, RunDraft, Runs } from '../ports/runs.ts';
import type { Locations, UserSource } from '../ports/source.ts';
import type { Audit } from '../ports/steps.ts';
import { type AutoRule, judgeByEach, type Rules, type RulesFor, withoutMargin } from '../rules/rules.ts';
import { doubtOf } from '../run/absence.ts';
import { type ReadPorts, readAndDraft } from '../run/read-list.ts';
import { type Refusal, type Refused, readersRefusal, refuse } from '../run/refusal.ts';
import { type Actor, plannedChanges, type Run, SYSTEM } from '../run/run.ts';
import { workOn } from '../run/work.ts';

/** See `RunDraft`. `target`: its name. */
export type PreviewRequest = Pick<RunDraft, 'channelId' | 'requestKey'> &
  Partial<Pick<RunDraft, 'follows' | 'reverts' | 'batchId'>> & {
    readonly target: string;
    readonly actor: Actor;
  };

export type PreviewRequested =
  | ({ readonly outcome: 'requested' } & LeasedRun)
  | { readonly outcome: 'repeated' }
  | Refused;

export type Preview = ReturnType<typeof createPreview>;

type Ports = {
  readonly source: UserSource;
  readonly locations: Locations;
  readonly runs: Runs;
  readonly audit: Audit;
  readonly staging: Staging;
  readonly plans: Plans;
  readonly progress: Progress;
  readonly logger: Logger;
  readonly rulesFor: RulesFor;
  readonly readersOf: ReadersOf;
  /** Whether this process has capacity to read one more list. */
  readonly mayRead: () => boolean;
  readonly settings: {
    readonly ttlMinutes: number;
    /** The next due time of scheduled previews; undefined without a schedule, or if no due time is left. */
    readonly nextDue?: ((now: Date) => Date | undefined) | undefined;
    /** The rule of each target that has one. */
    readonly autoRules: ReadonlyMap<string, AutoRule>;
  };
};

/** Refusals get an audit row, except those after which the schedule asks again at its next tick. */
export function createPreview(ports: Ports) {
  const reads = new Map<number, AbortController>();
  return {
    /** Opens a run. The run can be shown before its work starts. */
    request: (request: PreviewRequest) => requestRun(ports, request),
    /** Makes the plan from the server's list or the run to take back, judges and presents it. Never throws: the run has the result. */
    read: async (claimed: LeasedRun, stop: AbortSignal) => {
      const lost = new AbortController();
      reads.set(claimed.run.id, lost);
      ports.progress.reading(claimed.run);
      await workOn(ports, claimed, stop, (signal) => readAndPlan(ports, claimed, signal), lost);
      if (reads.get(claimed.run.id) === lost) reads.delete(claimed.run.id);
    },
    /** Ends the read of a cancelled run at once, if this process reads it; another one sees it at its next page or renewal. */
    giveUp: (runId: number) => reads.get(runId)?.abort(new LeaseLostError(runId)),
    /** Fails a run that was opened in a channel where the bot cannot post. */
    abandon: async ({ run, lease }: LeasedRun, reason: string) => {
      const failure = { code: 'channel_unreachable', reason } as const;
      const audit = { step: 'failed', actor: run.requestedBy, outcome: failure.code, reason } as const;
      await ports.runs.fail(lease, failure, { audit, notices: [] });
    },
  };
}

async function requestRun(ports: Ports, request: PreviewRequest): Promise<PreviewRequested> {
  const { audit, readersOf } = ports;
  const [target, readers] = await Promise.all([placeOf(ports, request), readersOf(request.channelId)]);
  const ofChannel = readersRefusal(readers, request.channelId);
  if (ofChannel !== undefined) return refuseChannel(ports, request, ofChannel);
  if (target === undefined) {
    const refusal = { code: 'location_missing', target: request.target } as const;
    return refuse(audit, request.actor, refusal, { target: request.target });
  }
  const requested = await openRead(ports, target, request);
  if (requested.outcome !== 'being_read') return requested;
  const refusal = { code: 'being_read', run: requested.by } as const;
  // The schedule asks again at each tick, so its refusals get no audit row.
  if (request.actor.id === SYSTEM.id) return { outcome: 'refused', refusal };
  return refuse(audit, request.actor, refusal, { runId: requested.by.id, target: request.target });
}

/** `baseUrl`: where the list is; undefined for a rollback, which reads none. */
type Place = RunDraft['target'] & { readonly baseUrl?: string };

/** Where the run takes place; a rollback, at the location of the run that it takes back, whatever the target's name means by now. */
async function placeOf(
  { locations, runs }: Ports,
  { target, reverts }: PreviewRequest,
): Promise<Place | undefined> {
  if (reverts === undefined) return locations.find(target);
  const reverted = await runs.find(reverts);
  return reverted && { ...reverted, name: reverted.target };
}

/** Refuses because of the channel's readers. The schedule asks again if they are unknown, so it gets no audit row then. */
async function refuseChannel(
  { audit }: Ports,
  { actor, target }: PreviewRequest,
  refusal: Refusal,
): Promise<PreviewRequested> {
  const again = actor.id === SYSTEM.id && refusal.code === 'channel_unverifiable';
  return again ? { outcome: 'refused', refusal } : refuse(audit, actor, refusal, { target });
}

/** Opens the run. If a person waits for it, and it can start at once, its list is asked for at the same time. */
async function openRead(
  { source, runs, mayRead }: Ports,
  place: Place,
  request: PreviewRequest,
): Promise<Requested> {
  const { actor, batchId } = request;
  const { baseUrl } = place;
  const isAwaited = batchId === undefined && actor.id !== SYSTEM.id && mayRead();
  const cancel = isAwaited && baseUrl !== undefined ? source.prepare?.({ ...place, baseUrl }) : undefined;
  let opened: Requested | undefined;
  try {
    opened = await openRun(runs, place, request);
    return opened;
  } finally {
    if (opened?.outcome !== 'requested') cancel?.();
  }
}

function openRun(runs: Runs, place: Place, request: PreviewRequest): Promise<Requested> {
  const { actor, reverts, target: _, ...rest } = request;
  const isSync = reverts === undefined;
  const reads = isSync ? `list of ${place.locationId}` : `run ${reverts}`;
  const facts = isSync ? undefined : ({ kind: 'rollback', ofRunId: reverts } as const);
  return runs.request(
    { follows: undefined, batchId: undefined, ...rest, target: place, requestedBy: actor, reverts, reads },
    {
      audit: { step: 'requested', actor, outcome: isSync ? 'sync' : 'rollback', facts },
      // No notice: the listener shows the run at once. If that message fails, the notice of the finished plan shows the run.
      notices: [],
    },
  );
}

async function readAndPlan(ports: Ports, { run, lease }: LeasedRun, signal: AbortSignal): Promise<void> {
  const { runs, plans, progress, settings, rulesFor } = ports;
  const ownRules = await rulesFor(run);
  const { facts, rules } =
    run.reverts === undefined
      ? await planFromServer(ports, { run, lease }, ownRules, signal)
      : { facts: await plans.invert(lease, run.reverts, ownRules), rules: ownRules };
  const { active, recentlyDeactivated, ...planned } = facts;
  const { counts, hash } = planned;
  const guard = judgeByEach({ deactivate: counts.deactivate, recentlyDeactivated, active }, rules.limits);
  await progress.settle(run);
  const outcome = plannedChanges(counts) === 0 ? 'no_changes' : guard.tripped ? 'guard_tripped' : 'ready';
  const plan = { ...planned, guard, autoRule: autoRuleOf(run, settings) };
  const asksPeople = outcome !== 'no_changes' && plan.autoRule === undefined;
  await runs.present(lease, plan, lifetimeOf(run, settings), {
    audit: { step: 'previewed', actor: SYSTEM, outcome, counts, reason: `plan ${hash}` },
    notices: outcome === 'no_changes' ? ['message'] : ['message', 'list'],
    calls: asksPeople ? callsOfPreview(run, { guard, ...counts, people: rules.people }) : [],
  });
}

/** The rule for a scheduled plan. A plan that a person asked for is decided by people. */
function autoRuleOf({ requestedBy, reverts, target }: Run, settings: Ports['settings']): string | undefined {
  const isScheduled = requestedBy.id === SYSTEM.id && reverts === undefined;
  return isScheduled ? settings.autoRules.get(target)?.text : undefined;
}

/** Plans from the server's list. Also returns the rules of the plan, which are stricter than `ownRules` if the proof is thin. */
async function planFromServer(
  ports: Ports,
  { run, lease }: LeasedRun,
  ownRules: Rules,
  signal: AbortSignal,
): Promise<{ readonly facts: PlanFacts; readonly rules: Rules }> {
  const { source, locations, staging, plans, progress } = ports;
  const target = await locations.find(run.target);
  if (target === undefined) throw new LocationMissingError(run.target, !locations.names(run.target));
  // A list is never compared with the users of another location.
  if (target.locationId !== run.locationId) throw new LocationChangedError(run.target);
  // An earlier attempt may have left staged rows; before the first attempt there are none.
  if (lease.attempt > 1) await staging.clear(lease);
  const session = await source.open(target, signal);
  let rules: Rules = { ...ownRules, readFrom: target.baseUrl };
  const draft: ReadPorts['draft'] = ({ proof, ...from }) => {
    if (proof === 'thin') rules = withoutMargin(rules);
    return plans.draft(lease, { ...from, rules, doubt: proof && doubtOf(proof) });
  };
  const onProgress = (users: number, total: number | undefined) => progress.reading(run, users, total);
  return { facts: await readAndDraft({ session, staging, lease, draft, onProgress }), rules };
}
