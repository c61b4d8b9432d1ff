import { lackOf } from '../../sync/rules/approval.ts';
import { ACTIONS, GUARDED_CONFIRMATION } from '../ids.ts';
import { limitsOf, neededFor } from '../tell/show-run.ts';
import { guardInputErrors, guardModal, readGuardSubmission } from '../views/modals/guard-modal.ts';
import { beginExecution } from './begin.ts';
import type { Door } from './door/door.ts';
import type { Services } from './door/services.ts';
import { runModalButton } from './run-modal.ts';

/**
 * Confirm With Reason… and Confirm Alone…: if the guard tripped, or an admin acts alone, the admin types the target's name and a
 * reason.
 */
export function registerGuardedConfirm(door: Door, services: Services): void {
  const { records, telling, useCases } = services;
  runModalButton(door, services, ACTIONS.confirmGuarded, {
    title: (t) => t.guard.modalTitle,
    place: 'preview',
    // Nobody should give a reason for a plan that a freeze then refuses.
    objection: async () => {
      const until = telling.showing.frozenUntil?.(await records.runs.clock());
      return until && { code: 'frozen', until };
    },
    fill: async (t, run) => guardModal(t, run, limitsOf(run, telling.showing.guardLimits)),
  });

  runModalButton(door, services, ACTIONS.confirmAlone, {
    title: (t) => t.alone.modalTitle,
    place: 'preview',
    fill: async (t, run) => {
      const { guardLimits, frozenUntil } = telling.showing;
      const isFrozen = frozenUntil?.(new Date()) !== undefined;
      // A freeze may have ended since the button was shown. The modal then works like a plain confirmation.
      const lack = lackOf({ isFrozen, needed: neededFor(telling.showing, run) });
      return guardModal(t, run, limitsOf(run, guardLimits), lack);
    },
  });

  door.submission(GUARDED_CONFIRMATION, {
    read: readGuardSubmission,
    errors: (submission, t) => guardInputErrors(t, submission),
    serve: async (run, { typed, reason, alone }, guest) => {
      const click = { runId: run.id, actor: guest.actor, message: undefined };
      const confirmed = await useCases.execution.confirm(click, { target: typed, reason, alone });
      await beginExecution(services, confirmed, guest);
    },
  });
}
