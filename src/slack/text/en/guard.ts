import type { GuardFacts, GuardLimits } from '../../../sync/safety.ts';
import { count } from './count.ts';

function share(location: string, { deactivate, active }: GuardFacts): string {
  if (deactivate < active) return `${deactivate} of the ${count(active, 'user')} active at ${location}`;
  return active === 1 ? `the only user active at ${location}` : `all ${active} users active at ${location}`;
}

/** Words of the deactivation guard: its warning, its modal and what is wrong with what was entered there. */
export const guard = {
  facts: (location: string, facts: GuardFacts) =>
    `*This plan deactivates ${share(location, facts)}.* In the last 24 hours, ` +
    `${count(facts.recentlyDeactivated, 'other user')} ${facts.recentlyDeactivated === 1 ? 'was' : 'were'} ` +
    'deactivated there.',
  limits: ({ count: users, percent, inclusive }: GuardLimits) =>
    inclusive
      ? `Within 24 hours, fewer than ${count(users, 'user')} or less than ${percent}% of the active users, whichever is ` +
        'more, can be deactivated without a reason, because no count of the server confirms its list.'
      : `Within 24 hours, up to ${count(users, 'user')} or ${percent}% of the active users, whichever is more, ` +
        'can be deactivated without a reason.',
  everyone: 'Nobody would stay active. That always needs a reason.',
  next: 'Make sure that this is meant. To go on, press Confirm With Reason…; otherwise press Cancel.',
  modalTitle: 'Confirm With Reason',
  submit: 'Execute Sync',
  close: 'Go Back',
  targetLabel: "Target's Name",
  targetHint: (target: string) => `Type ${target} to show that you mean this target.`,
  reasonLabel: 'Reason',
  reasonHint: 'Why is it right to deactivate so many users? Your answer is kept with the run.',
  targetMismatch: (expected: string) => `This is not the target's name. Type ${expected}.`,
  reasonMissing: (shortest: number) => `Give a reason of at least ${shortest} characters.`,
};
