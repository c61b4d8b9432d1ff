import type { Showing } from '../../../../src/slack/tell/show-run.ts';
import { en } from '../../../../src/slack/text/en.ts';
import type { Plans } from '../../../../src/sync/ports/plans.ts';
import { rules } from '../../database/support/runs.ts';

/** How a process shows runs whose settings ask for nothing special, where everybody is an admin and nobody has approved. */
export function plainShowing(plans: Plans): Showing {
  return {
    t: en,
    plans,
    guardLimits: { count: 5, percent: 20 },
    rulesFor: async () => rules(),
    frozenUntil: async () => undefined,
    approvalsOf: async () => [],
    notify: [],
    admins: [],
    isAdmin: async () => true,
    breakGlass: true,
    quietLine: true,
    linkOf: () => undefined,
  };
}
