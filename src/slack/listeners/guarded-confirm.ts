import type { App } from '@slack/bolt';
import { ACTIONS, GUARDED_CONFIRMATION } from '../ids.ts';
import { limitsOf } from '../tell/show-run.ts';
import {
  type GuardSubmission,
  guardInputErrors,
  guardModal,
  REASON_LENGTH,
  readGuardSubmission,
} from '../views/guard-modal.ts';
import { beginExecution } from './begin.ts';
import type { Desk } from './desk.ts';
import { onPressOpen } from './modal.ts';
import { parseSubmission } from './payloads.ts';
import { readable, serveSubmission } from './submission.ts';

/** Confirm With Reason…: where the guard tripped, the target's name is typed and a reason given. */
export function registerGuardedConfirm(app: App, desk: Desk): void {
  const { showing, execution } = desk;
  onPressOpen(app, desk, ACTIONS.confirmGuarded, {
    title: (t) => t.guard.modalTitle,
    place: 'preview',
    fill: async (t, run) => guardModal(t, run, limitsOf(run, showing.guardLimits)),
  });

  app.view(GUARDED_CONFIRMATION, async ({ ack, body }) => {
    const { view, ...submitter } = parseSubmission(body);
    const submission = readable(() => readGuardSubmission(view));
    const mistake = submission && mistakeIn(submission);
    const errors = mistake && guardInputErrors(showing.t, mistake);
    if (errors !== undefined) {
      await ack({ response_action: 'errors', errors });
      return;
    }
    await ack();
    await serveSubmission(desk, submitter, submission?.runId, async (run, actor, reader) => {
      const click = { runId: run.id, actor, message: undefined };
      const declaration = { target: submission?.typed ?? '', reason: submission?.reason ?? '' };
      await beginExecution(desk, await execution.confirm(click, declaration), reader);
    });
  });
}

/** What can be said of the input before anything is looked up: the acknowledgement must not wait. */
function mistakeIn({ target, typed, reason }: GuardSubmission) {
  if (typed.toLowerCase() !== target) return { code: 'target_mismatch', expected: target } as const;
  // Slack counts blanks at the ends too.
  return reason.length < REASON_LENGTH.min ? ({ code: 'reason_missing' } as const) : undefined;
}
