import type { types } from '@slack/bolt';
import type { TargetOverview } from '../../../sync/ports/overview.ts';
import type { Run } from '../../../sync/run/run.ts';
import type { Texts } from '../../text/en.ts';
import { section } from '../blocks.ts';
import { command, firstOf, type LinkOf, moment, runLink, targetLabel, targetName } from '../inline.ts';
import { failureWords } from '../run/failure.ts';
import { runState } from '../run/run-state.ts';

const REASON_LIMIT = 150;

/** One target, a line each: users, last sync, rollback, changes since, run in progress, waiting preview, last failure. */
export function targetCard(t: Texts, overview: TargetOverview, linkOf: LinkOf): string {
  const label = targetLabel(overview);
  if (overview.locationName === undefined) return `${label}\n${t.status.locationMissing}`;
  const { active, inactive, leftAlone, lastSync, rolledBackSince, working, pending } = overview;
  const { lastFailed, changedSince, moreThan } = overview;
  const linked = (run: Run) => {
    const name = t.status.run(run.id);
    return runLink(linkOf, run, name) ?? name;
  };
  // Marks rollbacks; any other run is a sync.
  const named = (run: Run) =>
    [linked(run), ...(run.reverts === undefined ? [] : [t.state.rollbackOf(run.reverts)])].join(', ');
  return [
    label,
    moreThan === undefined ? t.status.users(active, inactive, leftAlone) : t.status.manyUsers(moreThan),
    lastSync === undefined ? t.status.never : lastSyncLine(t, lastSync, linked(lastSync)),
    ...(rolledBackSince === undefined ? [] : [rolledBack(t, rolledBackSince, linked(rolledBackSince))]),
    ...(changedSince > 0 && moreThan === undefined ? [t.status.changedSince(changedSince)] : []),
    ...(working === undefined ? [] : [t.status.working(runState(t, working), named(working))]),
    ...(pending === undefined ? [] : [waiting(t, pending, named(pending))]),
    ...(lastFailed === undefined ? [] : [failed(t, lastFailed, named(lastFailed))]),
  ].join('\n');
}

function lastSyncLine(t: Texts, run: Run, link: string): string {
  return t.status.lastSync(moment(t, run.finishedAt ?? run.requestedAt), runState(t, run), link);
}

function rolledBack(t: Texts, run: Run, link: string): string {
  return t.status.rolledBack(moment(t, run.finishedAt ?? run.requestedAt), runState(t, run), link);
}

function waiting(t: Texts, run: Run, link: string): string {
  return t.status.pending(t.state.planned(run.counts), moment(t, run.expiresAt ?? run.requestedAt), link);
}

function failed(t: Texts, run: Run, link: string): string {
  const { what } = failureWords(t, run, REASON_LIMIT);
  return t.status.lastFailed(moment(t, run.finishedAt ?? run.requestedAt), what, link);
}

/** Says how many targets found no space, and how to see one of them. No block if all are shown. */
export function hiddenTargets(t: Texts, blockId: string, hidden: readonly string[]): types.SectionBlock[] {
  const [first] = hidden;
  return first === undefined
    ? []
    : [section(blockId, t.status.more(hidden.length, command(t, `status ${first}`)))];
}

/** The first names in a row, and how many more there are. `show` formats a name as mrkdwn. */
export function namedTargets(
  t: Texts,
  targets: readonly string[],
  { most = 20, show = targetName }: { most?: number; show?: (target: string) => string } = {},
): string {
  const { shown, more } = firstOf(targets, most, show);
  const named = shown.join(', ');
  return more > 0 ? `${named} ${t.schedule.more(more)}` : named;
}
