import type { Unsynced } from '../../../sync/automation/schedule.ts';
import type { Run } from '../../../sync/run/run.ts';
import { runBlockId } from '../../ids.ts';
import type { Texts } from '../../text/en.ts';
import { code } from '../../text/escape.ts';
import { context, type Message } from '../blocks.ts';
import { command, labelled, moment, place, targetName } from '../inline.ts';
import { runState } from '../run/run-state.ts';
import { namedTargets } from './target-card.ts';

/** The schedule of previews. */
export type SchedulePlan = {
  readonly cron: string;
  readonly timezone: string;
  /** Undefined where the schedule has no further time. */
  readonly next: Date | undefined;
  readonly targets: readonly string[];
};

/** When the next scheduled preview comes, and of which targets. */
export function scheduleLine(t: Texts, plan: SchedulePlan | undefined): string {
  if (plan === undefined) return t.schedule.none;
  const { cron, timezone, next, targets } = plan;
  const planned = t.schedule.planned(code(cron, 100), code(timezone, 60), namedTargets(t, targets));
  return `${planned} ${next === undefined ? t.schedule.noNext : t.schedule.next(moment(t, next))}`;
}

/** The message of a scheduled preview without changes: one small line. */
export function quietLine(t: Texts, run: Run): Message {
  const when = moment(t, run.finishedAt ?? run.readyAt ?? run.requestedAt);
  const text = labelled(t, t.schedule.quiet(place(run), runState(t, run), when));
  return { text, blocks: [context(runBlockId(run, 'quiet'), [text])] };
}

/** The reminder of targets that were not synced for long, in mrkdwn; `targets` has at least one. */
export function reminderText(t: Texts, targets: readonly Unsynced[]): string {
  const lines = targets.map(({ target, days }) =>
    days === 'never'
      ? t.schedule.never(targetName(target))
      : t.schedule.days(targetName(target), Math.floor(days)),
  );
  const first = targets[0]?.target ?? 'help';
  const named = namedTargets(t, lines, { show: (line) => line });
  return labelled(t, t.schedule.reminder(named, command(t, first)));
}
