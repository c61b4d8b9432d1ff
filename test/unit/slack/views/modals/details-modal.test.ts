import { describe, expect, it } from 'vitest';
import { en } from '../../../../../src/slack/text/en.ts';
import { id } from '../../../../../src/slack/text/id.ts';
import { detailsModal } from '../../../../../src/slack/views/modals/details-modal.ts';
import { REFUSAL_CODES } from '../../../../../src/sync/failures/codes.ts';
import type { RunStep } from '../../../../../src/sync/ports/overview.ts';
import { RUN_STEPS } from '../../../../../src/sync/ports/steps.ts';
import type { EffectiveAction } from '../../../../../src/sync/run/change.ts';
import type { RunCounts } from '../../../../../src/sync/run/run.ts';
import { aRun, completedRun, failedRun } from '../../../../support/view-fixtures.ts';
import { textOf } from '../read-payload.ts';

const AT = new Date('2026-11-02T03:00:00Z');
const WHEN = '<!date^1793588400^{date_short_pretty} at {time}|2026-11-02 03:00 UTC>';

function row(step: string, outcome: string, reason?: string, facts?: RunStep['facts']): RunStep {
  return { at: AT, step, actorId: 'U0ANN', actorName: 'ann', outcome, reason, facts };
}

const adjusted = (emails: string[], actions: EffectiveAction[]) =>
  row('adjusted', 'ready', undefined, { kind: 'adjusted', ofRunId: 11, omission: { emails, actions } });

function line(each: RunStep, t = en): string {
  return textOf(detailsModal(t, aRun(), [each]), 'details:12:steps:0').replace(/^• <![^>]+>: /, '');
}

describe('the details of a run', () => {
  it('leave the counts out where there are none to show, since Slack takes no empty block', () => {
    const empty = completedRun({}, { add: 0, unchanged: 0, source: 0 });
    expect(empty.planHash).toBeDefined();
    const ids = detailsModal(en, empty, []).blocks.map(({ block_id }) => block_id);
    expect(ids).toEqual([
      'details:12:summary',
      'details:12:facts',
      'details:12:steps',
      'details:12:steps:none',
    ]);
  });

  it('say what it did, who and when, how long it took, and the whole hash of its plan', () => {
    const modal = detailsModal(en, completedRun(), []);
    expect(modal.title.text).toBe('Run 12');
    expect(textOf(modal, 'details:12:summary')).toMatch(
      /^Sync Completed: Dev\. 25 users were added to Dev; nobody was deactivated\.\nCompleted by <@U0BOB>, /,
    );
    expect(textOf(modal, 'details:12:counts')).toContain('*Added*\n25');
    expect(textOf(modal, 'details:12:facts').split('\n')).toEqual([
      `Requested by <@U0ANN>, ${WHEN}`,
      'Confirmed by <@U0BOB>, <!date^1793588700^{date_short_pretty} at {time}|2026-11-02 03:05 UTC>',
      'Reading and planning took 5 s',
      'Executing took 1 s',
      `Plan: \`${'0123456789abcdef'.repeat(4)}\``,
      'Type `/usersync export 12` to get its changes as a CSV file.',
    ]);
  });

  it('say why it failed and what to do, and promise no file where it has no plan', () => {
    const modal = detailsModal(en, failedRun({ code: 'list_moved' }), []);
    expect(textOf(modal, 'details:12:summary')).toMatch(
      /was read\nNothing was changed\. .* press Try Again\. If it fails again, .*\.$/,
    );
    expect(textOf(modal, 'details:12:facts')).toBe(`Requested by <@U0ANN>, ${WHEN}`);
    expect(textOf(modal, 'details:12:steps:none')).toBe('The audit log has no steps for this run.');
  });

  it.each([
    [row('requested', 'sync'), 'requested by <@U0ANN>'],
    [row('requested', 'rollback', undefined, { kind: 'rollback', ofRunId: 11 }), 'requested by <@U0ANN>'],
    [row('requested', 'rollback', 'of run 11'), 'requested by <@U0ANN>'],
    [row('previewed', 'ready', `plan ${'f'.repeat(64)}`), 'plan shown'],
    [row('previewed', 'no_changes'), 'no changes were found'],
    [row('previewed', 'guard_tripped'), 'plan shown; the deactivation guard tripped'],
    [row('refused', 'second_person_needed'), 'request by <@U0ANN> refused: another admin must confirm'],
    [row('refused', 'not_admin', 'guest'), 'request by <@U0ANN> refused: not an admin of usersync'],
    [row('refused', 'of an older version'), 'request by <@U0ANN> refused: `of an older version`'],
    [row('confirmed', 'executing', 'They <left>'), 'confirmed by <@U0ANN> (They &lt;left&gt;)'],
    [adjusted(['a@dkm'], ['deactivate']), 'adjusted by <@U0ANN> (from run 11, without deactivations, a@dkm)'],
    [adjusted(['<!here>@dkm'], []), 'adjusted by <@U0ANN> (from run 11, without &lt;!here&gt;@dkm)'],
    [row('cancelled', 'cancelled'), 'cancelled by <@U0ANN>'],
    [row('completed', 'completed'), 'executed in one transaction'],
    [row('failed', 'stale', '2 users changed'), 'failed: `stale` (2 users changed)'],
    [row('expired', 'expired'), 'expired'],
    [
      row('superseded', 'superseded', undefined, { kind: 'superseded', byRunId: 13 }),
      'replaced by a newer preview (run 13)',
    ],
    [row('held', 'too_many'), 'not applied by its rule: it has more changes than the rule allows.'],
    [row('broke_glass', 'frozen'), '<@U0ANN> acted alone'],
    [row('paused', 'failed'), 'the rules of its target were paused'],
    [row('taken_over', 'taken_over'), 'taken over from an instance of the bot that had stopped'],
    [row('constructor', '<!here>'), '`constructor` `&lt;!here&gt;`'],
  ])('tell step by step what happened (%#)', (each, words) => {
    expect(line(each)).toBe(words);
  });

  it('say how many steps are not shown, where one modal cannot hold them', () => {
    const parts = (steps: number) => {
      const rows = Array.from({ length: steps }, () => row('expired', 'expired'));
      return detailsModal(en, failedRun({ code: 'list_moved' }), rows).blocks.map(({ block_id }) => block_id);
    };
    expect(parts(1)).toEqual(['summary', 'facts', 'steps', 'steps:0'].map((part) => `details:12:${part}`));
    expect(parts(3_000).at(-1)).toBe('details:12:steps:more');
    const few = [row('expired', 'expired')];
    const modal = detailsModal(en, failedRun({ code: 'list_moved' }), few, 5_000);
    expect(textOf(modal, 'details:12:steps:more')).toContain('4999 more');
  });

  it('promise no file of a plan that has no lines', () => {
    const factsOf = (counts: Partial<RunCounts>) =>
      textOf(detailsModal(en, aRun({ status: 'completed' }, { add: 0, ...counts }), []), 'details:12:facts');
    expect(factsOf({})).not.toContain('export');
    for (const each of ['deactivate', 'omitted', 'protected', 'kept', 'skipped'])
      expect(factsOf({ [each]: 1 })).toContain('`/usersync export 12`');
  });

  it('say each step in words, and not in a code', () => {
    for (const step of [...RUN_STEPS, 'paused']) {
      for (const t of [en, id]) expect(line(row(step, 'stale'), t).replace('`stale`', '')).not.toMatch(/_|`/);
    }
  });

  it('say in words, and not in a code, why a request was refused', () => {
    for (const each of REFUSAL_CODES) {
      for (const t of [en, id]) expect(line(row('refused', each, 'U0X'), t)).not.toMatch(/_|U0X|`/);
    }
  });

  it('say why it failed as its message does', () => {
    const failed = failedRun({ code: 'stale', total: 2, emails: [] });
    const modal = detailsModal(id, failed, [row('failed', 'stale', '2 users changed')]);
    expect(textOf(modal, 'details:12:steps:0')).toMatch(
      /: gagal: 2 user dalam rencana berubah setelah preview, jadi rencana tidak dijalankan$/,
    );
  });

  it.each([
    [
      { code: 'login_failed', reason: 'Unauthorized', unauthorized: true },
      'Failed to login to external API: Unauthorized',
    ],
    [
      { code: 'fetch_failed', reason: 'HTTP 500 on page 1' },
      'Failed to fetch users from external API: HTTP 500 on page 1',
    ],
  ] as const)('say only once that it failed (%#)', (failure, words) => {
    const modal = detailsModal(en, failedRun(failure), [row('failed', failure.code, 'a reason')]);
    expect(textOf(modal, 'details:12:steps:0')).toMatch(new RegExp(`: ${words}$`));
  });

  it('translate what was left out', () => {
    expect(line(adjusted(['constructor'], ['add']), id)).toBe(
      'disesuaikan oleh <@U0ANN> (dari sync #11, tanpa penambahan, constructor)',
    );
  });

  it.each([
    [
      row('adjusted', 'ready', 'of run 11; left out: deactivate, a@dkm'),
      'adjusted by <@U0ANN> (of run 11; left out: deactivate, a@dkm)',
    ],
    [row('superseded', 'superseded', 'by run 13'), 'replaced by a newer preview (by run 13)'],
  ])('show the reason of a row of an older version as it stands (%#)', (each, words) => {
    expect(line(each)).toBe(words);
  });

  it('keep the order of the log', () => {
    const modal = detailsModal(en, aRun(), [row('requested', 'sync'), row('expired', 'expired')]);
    expect(textOf(modal, 'details:12:steps:0').split('\n')).toEqual([
      `• ${WHEN}: requested by <@U0ANN>`,
      `• ${WHEN}: expired`,
    ]);
  });
});
