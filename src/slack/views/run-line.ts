import { plannedChanges, type Run } from '../../sync/run.ts';
import type { Texts } from '../text/en.ts';
import { mention, moment, targetLabel } from './inline.ts';
import { type LinkOf, runLink } from './link.ts';
import { durationText, workTime } from './run-times.ts';
import { standing } from './standing.ts';

/** Whose standing has the counts already. */
const COUNTED: readonly string[] = ['ready', 'executing', 'completed'];

/** A run in two lines: what became of it; who asked and when, who confirmed it, how long it took, and a link. */
export function runLines(t: Texts, run: Run, linkOf: LinkOf): string {
  const rollback = run.reverts === undefined ? '' : `, ${t.state.rollbackOf(run.reverts)}`;
  const title = `*${t.run.number(run.id)}*, ${targetLabel(run)}${rollback}`;
  return `${title}: ${standing(t, run)}\n${facts(t, run, linkOf).join(' · ')}`;
}

function facts(t: Texts, run: Run, linkOf: LinkOf): string[] {
  const { requestedBy, requestedAt, confirmedBy, counts } = run;
  const confirmed = run.status === 'failed' ? confirmedBy : undefined;
  const counted = COUNTED.includes(run.status) || plannedChanges(counts) === 0;
  const took = workTime(run);
  const link = runLink(linkOf, run, t.state.open);
  return [
    t.history.requested(mention(requestedBy), moment(requestedAt)),
    ...(confirmed === undefined ? [] : [t.history.confirmed(mention(confirmed))]),
    ...(counted ? [] : [t.history.plan(t.state.counts(counts))]),
    ...(took === undefined ? [] : [t.history.took(durationText(t, took))]),
    ...(link === undefined ? [] : [link]),
  ];
}
