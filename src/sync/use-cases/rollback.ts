import type { Runs } from '../ports/runs.ts';
import type { Locations } from '../ports/source.ts';
import type { Audit } from '../ports/steps.ts';
import { type Click, type ClickedRun, clickedRun } from '../run/click.ts';
import { type Refusal, refuse } from '../run/refusal.ts';
import { type Actor, plannedChanges, type Run } from '../run/run.ts';
import type { Preview, PreviewRequested } from './preview.ts';

export type RollbackRequest = {
  /** The run to take back: a sync or a rollback. Undefined: the newest sync in force. */
  readonly runId: number | undefined;
  /** Only without `runId`: the target whose newest sync is taken back. Undefined: any target. */
  readonly target?: string | undefined;
  readonly channelId: string;
  readonly actor: Actor;
  readonly requestKey: string;
  /** The message of the clicked button; undefined for a command. */
  readonly message?: Click['message'];
};

export type Rollback = ReturnType<typeof createRollback>;

type Ports = {
  readonly runs: Runs;
  readonly audit: Audit;
  readonly preview: Preview;
  readonly locations: Locations;
  /** The target names that `/usersync` accepts. */
  readonly targets: readonly string[];
};

/** 24 h. If another target was synced within this time before the newest sync, the meant target is unclear. */
const LATELY_MS = 24 * 3_600_000;

/** Opens a run that takes back another's changes: previewed, confirmed and audited like any, and open to rollback by its number. */
export function createRollback(ports: Ports) {
  const { runs, audit, preview } = ports;
  return async (request: RollbackRequest): Promise<PreviewRequested> => {
    const { runId, channelId, actor, requestKey, message } = request;
    const found =
      runId === undefined
        ? await newestStanding(ports, request.target)
        : await clickedRun(runs, { runId, actor, message });
    if (found.outcome === 'refused') {
      return refuse(audit, actor, found.refusal, { runId, target: request.target });
    }
    const reverted = found.run;
    const refusal = refusalOf(reverted);
    if (refusal !== undefined) {
      return refuse(audit, actor, refusal, { runId: reverted.id, target: reverted.target });
    }
    return preview.request({ target: reverted.target, channelId, actor, requestKey, reverts: reverted.id });
  };
}

function refusalOf(run: Run): Refusal | undefined {
  if (run.status !== 'completed' || plannedChanges(run.counts) === 0) return { code: 'not_completed', run };
  return run.takenBackBy === undefined ? undefined : { code: 'taken_back', run, by: run.takenBackBy };
}

/** The newest sync in force that changed users; a rollback is taken back only by its number. Refuses if the target is unclear. */
async function newestStanding(
  { runs, locations, targets }: Ports,
  target: string | undefined,
): Promise<ClickedRun> {
  const names = target === undefined ? targets : [target];
  const [found, synced] = await Promise.all([locations.findAll(names), runs.syncedLocations(names)]);
  const ids = new Set([...[...found.values()].map(({ locationId }) => locationId), ...synced]);
  if (target !== undefined && ids.size === 0) {
    return { outcome: 'refused', refusal: { code: 'location_missing', target } };
  }
  const standing = await runs.standingSyncs([...ids]);
  const [newest] = standing;
  if (newest === undefined) return { outcome: 'refused', refusal: { code: 'nothing_completed', target } };
  const lately = standing.filter((run) => finished(newest) - finished(run) < LATELY_MS);
  return lately.length > 1
    ? { outcome: 'refused', refusal: { code: 'several_syncs', runs: lately } }
    : { outcome: 'found', run: newest };
}

function finished({ finishedAt }: Run): number {
  return finishedAt?.getTime() ?? 0;
}
