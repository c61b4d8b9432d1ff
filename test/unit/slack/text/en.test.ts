import { describe, expect, it } from 'vitest';
import { en } from '../../../../src/slack/text/en.ts';

/** The labels of buttons: of messages and dialogs, at the foot of modals, and in lists. */
function labelsIn(texts: object, areLabels = false): string[] {
  return Object.entries(texts).flatMap(([name, text]: [string, unknown]) => {
    const isLabel = areLabels || /^(button|dialog|submit|close|older|sendFile)$/.test(name);
    if (typeof text === 'string') return isLabel ? [text] : [];
    return typeof text === 'object' && text !== null ? labelsIn(text, isLabel) : [];
  });
}

describe('the English texts', () => {
  it('write button labels in title case', () => {
    expect(labelsIn(en).length).toBeGreaterThan(20);
    for (const word of labelsIn(en).flatMap((label) => label.split(' ')))
      expect(word).toMatch(/^([A-Z&]|as$)/);
  });

  it('say what to do where the bot itself is in trouble', () => {
    expect(en.trouble.channelUnreachable.no_member('`/invite @usersync`')).toContain(
      'Type `/invite @usersync` here',
    );
    expect(en.trouble.databaseLost).toMatch(/This request changed nothing\. Try again in a minute/);
    expect(en.trouble.databaseLostCommitting).toMatch(/may or may not have gone through\. Wait until/);
    expect(en.trouble.restarting(12)).toMatch(/run 12 resumes by itself .* Do not start another one/);
    expect(en.trouble.databaseLostDuringRun(12)).toMatch(/run 12 is on hold\. It resumes by itself/);
  });

  it('name the run to look for in the log, where there is one', () => {
    expect(en.trouble.unexpected(12)).toContain('Ask the operator to check the log for run 12');
    expect(en.trouble.unexpected(undefined)).toMatch(/Ask the operator to check the log\.$/);
  });

  it('count in singular and plural', () => {
    expect(en.run.planned('Dev', { add: 1, reactivate: 2, deactivate: 1 })).toBe(
      '1 user will be added to Dev; 2 users will be reactivated; 1 user will be deactivated.',
    );
    expect(en.run.done('Dev', { add: 0, reactivate: 1, deactivate: 0 })).toBe(
      '1 user was reactivated at Dev; nobody was deactivated.',
    );
    expect(en.run.done('Dev', { add: 0, reactivate: 0, deactivate: 2 })).toBe(
      '2 users were deactivated at Dev.',
    );
    expect(en.plan.duplicates(2)).toContain('2 rows');
    expect(
      en.refusal.guardTrippedSince('Dev', { deactivate: 1, recentlyDeactivated: 0, active: 1 }, false),
    ).toContain('1 of the 1 user active there now would be deactivated');
    expect(en.plan.skipped(1)).toMatch(/^1 row .* was skipped\. .* have it corrected/);
    expect(en.failure.interrupted.what(1)).toContain('interrupted once');
    expect(en.plan.fileComment(12, 1)).toBe('The only line of the plan of run 12.');
    expect(en.plan.fileComment(12, 813)).toBe('All 813 lines of the plan of run 12.');
  });

  it('say that a guard which trips at Confirm takes back the approvals, as the requester still counts', () => {
    const facts = { deactivate: 2, recentlyDeactivated: 0, active: 9 };
    expect(en.refusal.guardTrippedSince('Dev', facts, true)).toContain(
      'Nothing was changed, and earlier approvals do not count any more. ',
    );
  });

  it('say of a plan over the guard whom it deactivates, and what the limits are', () => {
    const facts = { deactivate: 1, recentlyDeactivated: 0, active: 1 };
    expect(en.guard.facts('Dev', facts)).toContain('deactivates the only user active at Dev');
    expect(en.guard.limits({ count: 1, percent: 12.5 })).toContain(
      'up to 1 user or 12.5% of the active users',
    );
  });
});
