import type { types } from '@slack/bolt';
import { plannedChanges, type Run } from '../../../sync/run/run.ts';
import { ACTIONS, olderValue } from '../../ids.ts';
import type { Texts } from '../../text/en.ts';
import { plain } from '../../text/escape.ts';
import { actions, button, fitting, header, type Message, section, spoken } from '../blocks.ts';
import { command, type LinkOf, labelled, requestedWords, runLink, targetLabel, wordOf } from '../inline.ts';
import { durationText, runState, workTime } from '../run/run-state.ts';

/** How many runs one page of the history shows at most. */
export const HISTORY_ROWS = 10;

/** The space for the runs, of 12,000 characters in all. */
const SPACE = { blocks: HISTORY_ROWS, characters: 11_000 };

/** The answer to `/usersync history`: a page of runs, newest first. Runs that do not fit come on the next page. */
export function historyMessage(
  t: Texts,
  runs: readonly Run[],
  page: { readonly target: string | undefined; readonly linkOf: LinkOf; readonly older: boolean },
): Message {
  const { target, linkOf } = page;
  const title = target === undefined ? t.history.title : t.history.titleOf(plain(target, 100));
  const rows = fitting(
    runs.map((run) => row(t, run, linkOf)),
    SPACE,
  );
  const last = runs[rows.length - 1];
  const older = page.older || rows.length < runs.length;
  return spoken(labelled(t, title), [
    header('history:title', labelled(t, title)),
    ...(rows.length === 0 ? [section('history:none', t.history.none(command(t, 'help')))] : rows),
    ...(older && last !== undefined ? [actions('history:older', [olderButton(t, target, last.id)])] : []),
  ]);
}

function row(t: Texts, run: Run, linkOf: LinkOf): types.SectionBlock {
  const details = button(ACTIONS.runDetails, t.history.details, String(run.id), t.history.detailsOf(run.id));
  return section(`history:${run.id}`, runLines(t, run, linkOf), details);
}

function olderButton(t: Texts, target: string | undefined, beforeRunId: number): types.Button {
  return button(ACTIONS.olderRuns, t.history.older, olderValue({ target, beforeRunId }));
}

/** Statuses for which `runState` names the counts already. */
const COUNTED: readonly string[] = ['ready', 'executing', 'completed'];

/** A run in two lines: its state; then who asked and when, who confirmed, how long it took, and a link. */
export function runLines(t: Texts, run: Run, linkOf: LinkOf): string {
  const rollback = run.reverts === undefined ? '' : `, ${t.state.rollbackOf(run.reverts)}`;
  const title = `*${t.run.number(run.id)}*, ${targetLabel(run)}${rollback}`;
  return `${title}: ${runState(t, run)}\n${facts(t, run, linkOf).join(' · ')}`;
}

function facts(t: Texts, run: Run, linkOf: LinkOf): string[] {
  const { confirmedBy, counts } = run;
  const wasStarted = run.status === 'failed' && confirmedBy !== undefined;
  const counted = COUNTED.includes(run.status) || plannedChanges(counts) === 0;
  const took = workTime(run);
  const link = runLink(linkOf, run, t.state.open);
  return [
    requestedWords(t, run),
    ...(wasStarted ? [wordOf(t, run)] : []),
    ...(counted ? [] : [t.history.plan(t.state.planned(counts))]),
    ...(took === undefined ? [] : [t.history.took(durationText(t, took))]),
    ...(link === undefined ? [] : [link]),
  ];
}
