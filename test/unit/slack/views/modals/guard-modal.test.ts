import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { viewValues } from '../../../../../sandbox/strict-slack/view-values.ts';
import { en } from '../../../../../src/slack/text/en.ts';
import {
  guardInputErrors,
  guardModal,
  readGuardSubmission,
} from '../../../../../src/slack/views/modals/guard-modal.ts';
import { aRun } from '../../../../support/view-fixtures.ts';
import { textOf } from '../read-payload.ts';

const limits = { count: 5, percent: 20 };
const run = aRun(
  { guard: { tripped: true, why: 'limits', deactivate: 30, recentlyDeactivated: 0, active: 100 } },
  { add: 0, deactivate: 30 },
);
const modal = guardModal(en, run, limits);

function submit(entries: { target: string; reason: string }, changed: object = {}): unknown {
  return { ...modal, state: { values: viewValues(modal.blocks, entries) }, ...changed };
}

describe("the guard's modal", () => {
  it('explains the numbers', () => {
    expect(textOf(modal, 'guard:facts')).toBe(
      '*This plan deactivates 30 of the 100 users active at Dev.* ' +
        'Within 24 hours, up to 5 users or 20% of the active users, ' +
        'whichever is more, can be deactivated without a reason.',
    );
  });

  it('names what else the plan changes', () => {
    const mixed = { ...run, counts: { ...run.counts, add: 3 } };
    expect(textOf(guardModal(en, mixed, limits), 'guard:facts')).toMatch(
      /^3 users will be added to Dev; 30 users will be deactivated\.\n\*This plan deactivates 30/,
    );
  });

  it('names no limit where none is left', () => {
    expect(textOf(guardModal(en, run, { count: 0, percent: 0 }), 'guard:facts')).toMatch(
      /users active at Dev\.\* Every deactivation needs a reason\.$/,
    );
  });

  it("asks for the target's name and for a reason of 5 to 1,000 characters", () => {
    expect(modal).toMatchObject({
      callback_id: 'guarded_confirmation',
      title: { text: 'Confirm With Reason' },
      submit: { text: 'Execute Sync' },
      close: { text: 'Go Back' },
    });
    expect(guardModal(en, { ...run, reverts: 11 }, limits)).toMatchObject({
      submit: { text: en.rollback.dialogConfirm },
    });
    expect(modal.blocks.slice(1)).toMatchObject([
      {
        type: 'input',
        block_id: 'guard:target',
        hint: { text: 'Type dev to show that you mean this target.' },
      },
      {
        type: 'input',
        block_id: 'guard:reason',
        element: { multiline: true, min_length: 5, max_length: 1_000 },
        hint: { text: en.guard.reasonHint },
      },
    ]);
  });
});

describe("the guard's modal for an admin who acts alone", () => {
  it('says what the run lacks, beside the plan and the numbers, and asks why', () => {
    const alone = guardModal(en, aRun({ target: 'prod' }), limits, 'people');
    expect(textOf(alone, 'guard:facts')).toMatch(
      /^25 users will be added to Dev; nobody will be deactivated\.\n/,
    );
    expect(textOf(alone, 'guard:facts')).toContain(en.alone.explain.people);
    expect(alone).toMatchObject({ submit: { text: en.alone.submit } });
    expect(alone.blocks[2]).toMatchObject({ hint: { text: en.alone.reasonHint } });
    const leaving = guardModal(en, aRun({}, { add: 0, deactivate: 2 }), limits, 'people');
    expect(textOf(leaving, 'guard:facts')).toMatch(/^2 users will be deactivated at Dev\.\n/);
    expect(guardModal(en, aRun(), limits).blocks[2]).toMatchObject({ hint: { text: en.guard.otherHint } });
    expect(textOf(guardModal(en, run, limits, 'frozen'), 'guard:facts')).toMatch(
      /^\*This plan deactivates 30 [\s\S]*\n.*frozen/,
    );
  });
});

describe('readGuardSubmission', () => {
  it('reads what was typed, blanks at the ends removed', () => {
    expect(readGuardSubmission(submit({ target: ' dev ', reason: 'They left the company\n' }))).toEqual({
      runId: 12,
      target: 'dev',
      alone: false,
      shown: 'limits',
      typed: 'dev',
      reason: 'They left the company',
    });
  });

  it('takes an empty input for an empty text', () => {
    const values = {
      'guard:target': { target: { type: 'plain_text_input', value: null } },
      'guard:reason': { reason: { type: 'plain_text_input', value: 'because' } },
    };
    expect(readGuardSubmission({ ...modal, state: { values } })).toMatchObject({
      typed: '',
      reason: 'because',
    });
  });

  it.each([
    ['no run', '{"target":"dev"}'],
    ['a run that cannot be', '{"runId":0,"target":"dev"}'],
    ['a run as text', '{"runId":"12","target":"dev"}'],
  ])('refuses metadata with %s', (_what, private_metadata) => {
    const view = submit({ target: 'dev', reason: 'because' }, { private_metadata });
    expect(() => readGuardSubmission(view)).toThrow(z.ZodError);
  });

  it('refuses another view', () => {
    expect(() => readGuardSubmission({ private_metadata: '{}', state: { values: {} } })).toThrow(z.ZodError);
    expect(() => readGuardSubmission(undefined)).toThrow(z.ZodError);
  });
});

describe('guardInputErrors', () => {
  const entered = { target: 'dev', typed: 'dev', reason: 'because' };
  const mistyped = { 'guard:target': "This is not the target's name. Type dev." };
  const short = { 'guard:reason': 'Give a reason of at least 5 characters.' };

  it('stands under the input that it is about', () => {
    expect(guardInputErrors(en, { ...entered, typed: 'test' })).toEqual(mistyped);
    expect(guardInputErrors(en, { ...entered, reason: 'why' })).toEqual(short);
  });

  it('names all that is wrong at once', () => {
    expect(guardInputErrors(en, { ...entered, typed: '', reason: '' })).toEqual({ ...mistyped, ...short });
  });

  it('is absent where the name is typed in any case and the reason is long enough', () => {
    expect(guardInputErrors(en, { ...entered, typed: 'DEV', reason: '12345' })).toBeUndefined();
  });
});
