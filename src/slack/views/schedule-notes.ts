import type { Unsynced } from '../../sync/remind.ts';
import type { Run } from '../../sync/run.ts';
import { runBlockId } from '../ids.ts';
import type { Texts } from '../text/en.ts';
import { context, type Message } from './blocks.ts';
import { command, moment, place, targetName } from './inline.ts';
import { namedTargets } from './named-targets.ts';

/** The message of a preview on a schedule that found nothing to change: one small line. */
export function quietLine(t: Texts, run: Run): Message {
  const when = moment(run.finishedAt ?? run.readyAt ?? run.requestedAt);
  const text = t.schedule.quiet(place(run), when);
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
  return t.schedule.reminder(namedTargets(t, lines, { show: (line) => line }), command(first));
}
