import { ACTIONS, ADJUSTMENT } from '../ids.ts';
import { adjustInputErrors, adjustMistake, adjustModal, readAdjustment } from '../views/adjust-modal.ts';
import { refusalText } from '../views/refusal.ts';
import { showSoon } from './begin.ts';
import type { Door } from './door.ts';
import { runModalButton } from './run-modal.ts';
import type { Services } from './services.ts';

/** Adjust: leaves users out of a plan that waits to be confirmed. */
export function registerAdjust(door: Door, services: Services): void {
  runModalButton(door, services, ACTIONS.adjust, {
    title: (t) => t.adjust.modalTitle,
    place: 'preview',
    fill: async (t, run) => adjustModal(t, run),
  });

  door.submission(ADJUSTMENT, {
    read: readAdjustment,
    errors: (submission, t) => {
      const mistake = adjustMistake(submission);
      return mistake && adjustInputErrors(t, mistake);
    },
    serve: async (run, { emails, actions }, guest, viewId) => {
      const click = { runId: run.id, actor: guest.actor, message: undefined };
      const requestKey = `adjustment by view ${viewId}`;
      const adjusted = await services.useCases.adjust(click, { emails, actions }, requestKey);
      if (adjusted.outcome === 'refused') await guest.tell(refusalText(guest.t, adjusted.refusal));
      else await showSoon(services, adjusted.run, guest);
    },
  });
}
