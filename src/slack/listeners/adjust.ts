import type { App } from '@slack/bolt';
import { ACTIONS, ADJUSTMENT } from '../ids.ts';
import { adjustInputErrors, adjustMistake, adjustModal, readAdjustment } from '../views/adjust-modal.ts';
import { refusalText } from '../views/refusal.ts';
import { showSoon } from './begin.ts';
import type { Desk } from './desk.ts';
import { onPressOpen } from './modal.ts';
import { parseSubmission } from './payloads.ts';
import { readable, serveSubmission } from './submission.ts';

/** Adjust: leaves users out of a plan that waits to be confirmed. */
export function registerAdjust(app: App, desk: Desk): void {
  const { showing, adjust } = desk;
  onPressOpen(app, desk, ACTIONS.adjust, {
    title: (t) => t.adjust.modalTitle,
    place: 'preview',
    fill: async (t, run) => adjustModal(t, run),
  });

  app.view(ADJUSTMENT, async ({ ack, body }) => {
    const { view, viewId, ...submitter } = parseSubmission(body);
    const submission = readable(() => readAdjustment(view));
    const mistake = submission && adjustMistake(submission);
    if (mistake !== undefined) {
      await ack({ response_action: 'errors', errors: adjustInputErrors(showing.t, mistake) });
      return;
    }
    await ack();
    await serveSubmission(desk, submitter, submission?.runId, async (run, actor, reader) => {
      const click = { runId: run.id, actor, message: undefined };
      const omission = { emails: submission?.emails ?? [], actions: submission?.actions ?? [] };
      const adjusted = await adjust(click, omission, `adjustment by view ${viewId}`);
      if (adjusted.outcome === 'refused') await reader.tell(refusalText(reader.t, adjusted.refusal));
      else await showSoon(desk, adjusted.run, reader);
    });
  });
}
