import { lackOf } from '../../sync/rules/approval.ts';
import { ACTIONS, GUARDED_CONFIRMATION } from '../ids.ts';
import { limitsOf, neededFor } from '../tell/show-run.ts';
import {
  type GuardSubmission,
  guardInputErrors,
  guardModal,
  REASON_LENGTH,
  readGuardSubmission,
} from '../views/modals/guard-modal.ts';
import { beginExecution } from './begin.ts';
import type { Door } from './door/door.ts';
import type { Services } from './door/services.ts';
import { runModalButton } from './run-modal.ts';

/**
 * Confirm With Reason… and Confirm Alone…: where the guard tripped, or an admin acts alone, the target's name is typed and a reason
 * given.
 */
export function registerGuardedConfirm(door: Door, services: Services): void {
  const { telling, useCases } = services;
  runModalButton(door, services, ACTIONS.confirmGuarded, {
    title: (t) => t.guard.modalTitle,
    place: 'preview',
    fill: async (t, run) => guardModal(t, run, limitsOf(run, telling.showing.guardLimits)),
  });

  runModalButton(door, services, ACTIONS.confirmAlone, {
    title: (t) => t.alone.modalTitle,
    place: 'preview',
    fill: async (t, run) => {
      const { guardLimits, frozenUntil } = telling.showing;
      const isFrozen = frozenUntil?.(new Date()) !== undefined;
      // A freeze may have ended since the button was shown. Then one confirms as always.
      const lack = lackOf({ isFrozen, needed: neededFor(telling.showing, run) });
      return guardModal(t, run, limitsOf(run, guardLimits), lack);
    },
  });

  door.submission(GUARDED_CONFIRMATION, {
    read: readGuardSubmission,
    errors: (submission, t) => {
      const mistake = mistakeIn(submission);
      return mistake && guardInputErrors(t, mistake);
    },
    serve: async (run, { typed, reason, alone }, guest) => {
      const click = { runId: run.id, actor: guest.actor, message: undefined };
      const confirmed = await useCases.execution.confirm(click, { target: typed, reason, alone });
      await beginExecution(services, confirmed, guest);
    },
  });
}

/** The mistakes that show without any look-up: the acknowledgement must not wait. */
function mistakeIn({ target, typed, reason }: GuardSubmission) {
  if (typed.toLowerCase() !== target) return { code: 'target_mismatch', expected: target } as const;
  // Slack counts blanks at the ends too.
  return reason.length < REASON_LENGTH.min ? ({ code: 'reason_missing' } as const) : undefined;
}
