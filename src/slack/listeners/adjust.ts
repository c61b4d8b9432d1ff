import type { types } from '@slack/bolt';
import { plannedChanges, type Run } from '../../sync/run/run.ts';
import { ACTIONS, ADJUSTMENT, ADJUSTMENT_PICKS } from '../ids.ts';
import type { Texts } from '../text/en.ts';
import { mrkdwn } from '../text/escape.ts';
import { refusalText } from '../views/answers/refusal.ts';
import {
  ADJUST_ERRORS_AT,
  type AdjustSubmission,
  adjustedRunId,
  adjustInputErrors,
  adjustMistake,
  adjustModal,
  readAdjustment,
} from '../views/modals/adjust-modal.ts';
import { MOST_OPTIONS, pickOptions } from '../views/modals/adjust-picks.ts';
import { showSoon } from './begin.ts';
import type { Door } from './door/door.ts';
import type { Typing } from './door/payloads.ts';
import type { Services } from './door/services.ts';
import type { Submitter } from './door/submission.ts';
import { runModalButton } from './run-modal.ts';

/** Adjust: an admin leaves users out of a plan that waits for Confirm. */
export function registerAdjust(door: Door, services: Services): void {
  const { plans } = services.records;
  runModalButton(door, services, ACTIONS.adjust, {
    title: (t) => t.adjust.modalTitle,
    place: 'preview',
    fill: async (t, run) => {
      const isShort = plannedChanges(run.counts) <= MOST_OPTIONS;
      return adjustModal(t, run, isShort ? await plans.search(run.id, '', MOST_OPTIONS) : []);
    },
  });

  door.options(ADJUSTMENT_PICKS, (typing, { t }) => suggest(services, typing, t));

  door.submission(ADJUSTMENT, {
    read: readAdjustment,
    errors: (submission, t) => {
      const mistake = adjustMistake(submission);
      return mistake && adjustInputErrors(t, mistake);
    },
    staysOpen: { errorsAt: ADJUST_ERRORS_AT, typed: typedText },
    serve: (run, submission, guest, viewId) => adjust(services, run, submission, { guest, viewId }),
  });
}

async function suggest(
  { records }: Services,
  { view, text }: Typing,
  t: Texts,
): Promise<types.PlainTextOption[]> {
  const run = await records.runs.find(adjustedRunId(view));
  if (run?.status !== 'ready') return [];
  return pickOptions(t, await records.plans.search(run.id, text, MOST_OPTIONS));
}

async function adjust(
  services: Services,
  run: Run,
  submission: AdjustSubmission,
  { guest, viewId }: { readonly guest: Submitter; readonly viewId: string },
): Promise<void> {
  const { t } = guest;
  const click = { runId: run.id, actor: guest.actor, message: undefined };
  const adjusted = await services.useCases.adjust(click, submission, `adjustment by view ${viewId}`);
  if (adjusted.outcome === 'adjusted') {
    await guest.close();
    return showSoon(services, adjusted.run, guest);
  }
  const { refusal } = adjusted;
  if (refusal.code !== 'not_in_plan' && refusal.code !== 'nothing_left') {
    await guest.tell(refusalText(t, refusal));
  } else if (!(await guest.keepOpen(adjustInputErrors(t, refusal)))) {
    await guest.tell(`${refusalText(t, refusal)} ${typedText(submission, t)}`);
  }
}

const TYPED_LIMIT = 2_500;

/** The input of a modal that is closed by now, so that it is not lost. */
function typedText({ emails }: AdjustSubmission, t: Texts): string {
  return t.adjust.typed(mrkdwn(emails.join(', ') || '-', TYPED_LIMIT));
}
