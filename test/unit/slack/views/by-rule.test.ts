import { describe, expect, it } from 'vitest';
import { en } from '../../../../src/slack/text/en.ts';
import { id } from '../../../../src/slack/text/id.ts';
import { runLines } from '../../../../src/slack/views/answers/history-message.ts';
import { refusalText } from '../../../../src/slack/views/answers/refusal.ts';
import { findMessage } from '../../../../src/slack/views/answers/users.ts';
import { detailsModal } from '../../../../src/slack/views/modals/details-modal.ts';
import { runState } from '../../../../src/slack/views/run/run-state.ts';
import { outcomeLines } from '../../../../src/slack/views/run/summary.ts';
import { peopleOf, threadReply } from '../../../../src/slack/views/run/thread-reply.ts';
import { actorOf } from '../../../../src/sync/rules/rules.ts';
import { SYSTEM } from '../../../../src/sync/run/run.ts';
import { ANN, aRun, BOB } from '../../../support/view-fixtures.ts';

const rule = actorOf({ text: 'dev=add:5', actions: ['add'], most: 5 });
const byRule = { requestedBy: SYSTEM, confirmedBy: rule, autoRule: rule.name } as const;
const RESUME =
  'so the rules of `dev` were paused. Type `/usersync resume dev` once you know what went wrong.';

describe('a run that a rule applied, in a list', () => {
  it.each([
    ['executing', 'English', en, /^being applied by the rule `.+` \(25 new\)$/],
    ['completed', 'English', en, /^applied by the rule `.+` \(25 added\)$/],
    ['executing', 'Indonesian', id, /^sedang dijalankan oleh aturan `.+` \(25 baru\)$/],
    ['completed', 'Indonesian', id, /^dijalankan oleh aturan `.+` \(25 ditambahkan\)$/],
  ] as const)('was confirmed by nobody (%s, in %s)', (status, _language, t, words) => {
    expect(runState(t, aRun({ ...byRule, status }))).toMatch(words);
  });
});

describe('a run that a rule applied', () => {
  it('is nowhere said to be confirmed', () => {
    const done = aRun({ ...byRule, status: 'completed', confirmedAt: new Date() });
    const audit = {
      at: new Date(),
      step: 'confirmed',
      actorId: rule.id,
      actorName: rule.name,
      outcome: 'confirmed',
    };
    const user = { email: 'a@dkm', target: 'dev', status: 'active', updatedAt: undefined } as const;
    const found = { ...user, lastChange: { run: done, statusAfter: 'active' } } as const;
    const linkOf = () => undefined;
    for (const [t, confirmed, applied] of [
      [en, /confirmed (by|it)/i, /applied by the rule `dev=add:5`/i],
      [id, /konfirmasi/i, /dijalankan oleh aturan `dev=add:5`/i],
    ] as const) {
      for (const said of [
        refusalText(t, { code: 'location_busy', holder: done }),
        refusalText(t, { code: 'not_ready', run: { ...done, status: 'executing' } }),
        refusalText(t, { code: 'not_ready', run: done }),
        runLines(t, { ...failed, confirmedBy: rule }, linkOf),
        JSON.stringify(detailsModal(t, done, [audit])),
        JSON.stringify(
          findMessage(t, 'a', { total: 1, isTotalCapped: false, isSearchCut: false, users: [found] }, linkOf),
        ),
      ]) {
        expect(said).toMatch(applied);
        expect(said.replaceAll(/Nobody confirmed it|Tidak ada yang mengonfirmasi/g, '')).not.toMatch(
          confirmed,
        );
      }
    }
  });

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

  it('pauses nothing where it was held back by a freeze or by people', () => {
    const held = aRun({ ...byRule, status: 'failed', failure: { code: 'held_back', by: 'freeze' } });
    expect(outcomeLines(en, held).join('\n')).not.toContain('paused');
    expect(threadReply(en, held, 1).text).not.toContain('paused');
  });

  it('says on its card who applies it, and no person who confirmed', () => {
    const applying = outcomeLines(en, aRun({ ...byRule, status: 'executing' })).join('\n');
    expect(applying).toBe(en.automatic.applying('`dev=add:5`'));
  });

  it('says so where it was taken back, whole or in part, and not while it stands', () => {
    const completed = { ...byRule, status: 'completed' } as const;
    for (const taken of [{ takenBackBy: 9 }, { autoHeld: 'taken_back' }] as const)
      expect(outcomeLines(en, aRun({ ...completed, ...taken }, { add: 1 })).join('\n')).toContain(RESUME);
    expect(outcomeLines(en, aRun(completed, { add: 1 })).join('\n')).not.toContain('paused');
  });

  it('is told from one that a person confirmed', () => {
    const run = { ...failed, requestedBy: ANN, confirmedBy: BOB };
    expect(outcomeLines(en, run).join('\n')).not.toContain('paused');
    expect(peopleOf(run)).toEqual([ANN, BOB]);
  });
});
