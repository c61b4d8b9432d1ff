import { describe, expect, it } from 'vitest';
import { en } from '../../../../src/slack/text/en.ts';
import { id } from '../../../../src/slack/text/id.ts';
import { runState } from '../../../../src/slack/views/run/run-state.ts';
import { outcomeLines } from '../../../../src/slack/views/run/summary.ts';
import { peopleOf, threadReply } from '../../../../src/slack/views/run/thread-reply.ts';
import { actorOf } from '../../../../src/sync/rules/auto-rule.ts';
import { SYSTEM } from '../../../../src/sync/run/run.ts';
import { ANN, aRun, BOB } from '../../../support/view-fixtures.ts';

const rule = actorOf({ text: 'dev=add:5', actions: ['add'], most: 5 });
const byRule = { requestedBy: SYSTEM, confirmedBy: rule, autoRule: rule.name } as const;
const RESUME = 'so the rules of `dev` were paused. Type `/usersync resume dev` once you know why.';

describe('a run that a rule applied, in a list', () => {
  it.each([
    ['executing', en, /^being applied by the rule `.+` \(25 new\)$/],
    ['completed', en, /^applied by the rule `.+` \(25 added\)$/],
    ['executing', id, /^sedang dijalankan oleh aturan `.+` \(25 baru\)$/],
    ['completed', id, /^dijalankan oleh aturan `.+` \(25 ditambahkan\)$/],
  ] as const)('was confirmed by nobody (%s)', (status, t, words) => {
    expect(runState(t, aRun({ ...byRule, status }))).toMatch(words);
  });
});

describe('a run that a rule applied', () => {
  const failed = aRun({
    ...byRule,
    status: 'failed',
    failure: { code: 'stale', total: 1, emails: ['a@dkm'] },
  });

  it('says that its failure has paused the rules, on its card and in its thread', () => {
    expect(outcomeLines(en, failed).join('\n')).toContain(RESUME);
    const { text, blocks } = threadReply(en, failed, 1);
    expect(text).toContain(RESUME);
    // A rule is nobody who could look at it.
    expect(JSON.stringify(blocks)).not.toContain('please look at this');
    expect(peopleOf(failed)).toEqual([]);
  });

  it('says so where it was taken back, and not while it stands', () => {
    const completed = { ...byRule, status: 'completed' } as const;
    expect(outcomeLines(en, aRun({ ...completed, takenBackBy: 9 }, { add: 1 })).join('\n')).toContain(RESUME);
    expect(outcomeLines(en, aRun(completed, { add: 1 })).join('\n')).not.toContain('paused');
  });

  it('is told from one that a person confirmed', () => {
    const run = { ...failed, requestedBy: ANN, confirmedBy: BOB };
    expect(outcomeLines(en, run).join('\n')).not.toContain('paused');
    expect(peopleOf(run)).toEqual([ANN, BOB]);
  });
});
