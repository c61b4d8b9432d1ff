import type { TargetOverview } from '../../sync/overview.ts';
import type { Run } from '../../sync/run.ts';
import type { Texts } from '../text/en.ts';
import { failureWords } from './failure.ts';
import { moment, targetLabel } from './inline.ts';
import { type LinkOf, runLink } from './link.ts';
import { standing } from './standing.ts';

const REASON_LIMIT = 150;

/** How one target stands, a line each: users, last run, what changed since, what waits, the last error. */
export function targetCard(t: Texts, overview: TargetOverview, linkOf: LinkOf): string {
  const label = targetLabel(overview);
  if (overview.locationName === undefined) return `${label}\n${t.status.locationMissing}`;
  const { active, inactive, leftAlone, lastCompleted, pending, lastFailed, changedSince, moreThan } =
    overview;
  const linked = (run: Run) => {
    const name = t.status.run(run.id);
    return runLink(linkOf, run, name) ?? name;
  };
  return [
    label,
    moreThan === undefined ? t.status.users(active, inactive, leftAlone) : t.status.manyUsers(moreThan),
    lastCompleted === undefined ? t.status.never : lastRun(t, lastCompleted, linked(lastCompleted)),
    ...(changedSince > 0 && moreThan === undefined ? [t.status.changedSince(changedSince)] : []),
    ...(pending === undefined ? [] : [waiting(t, pending, linked(pending))]),
    ...(lastFailed === undefined ? [] : [failed(t, lastFailed, linked(lastFailed))]),
  ].join('\n');
}

function lastRun(t: Texts, run: Run, link: string): string {
  const words = run.reverts === undefined ? t.status.lastSync : t.status.lastRollback;
  return words(moment(run.finishedAt ?? run.requestedAt), standing(t, run), link);
}

function waiting(t: Texts, run: Run, link: string): string {
  return t.status.pending(t.state.counts(run.counts), moment(run.expiresAt ?? run.requestedAt), link);
}

function failed(t: Texts, run: Run, link: string): string {
  const { what } = failureWords(t, run, REASON_LIMIT);
  return t.status.lastFailed(moment(run.finishedAt ?? run.requestedAt), what, link);
}
