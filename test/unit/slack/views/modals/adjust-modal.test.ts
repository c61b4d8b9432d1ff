import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { checkView } from '../../../../../sandbox/strict-slack/limits/limits.ts';
import { viewValues } from '../../../../../sandbox/strict-slack/view-values.ts';
import { en } from '../../../../../src/slack/text/en.ts';
import { plain } from '../../../../../src/slack/text/escape.ts';
import {
  adjustInputErrors,
  adjustMistake,
  adjustModal,
  pickOptions,
  readAdjustment,
  typedText,
} from '../../../../../src/slack/views/modals/adjust-modal.ts';
import { aRun, changes } from '../../../../support/view-fixtures.ts';
import { textOf } from '../read-payload.ts';

const modal = adjustModal(en, aRun({}, { add: 25, deactivate: 2 }));

function submit(emails: string, changed: object = {}): unknown {
  return { ...modal, state: { values: viewValues(modal.blocks, { emails }) }, ...changed };
}

function ticking(actions: unknown) {
  return submit('', {
    state: {
      values: {
        'adjust:emails': { emails: { type: 'plain_text_input', value: null } },
        'adjust:actions': { actions: { type: 'checkboxes', selected_options: actions } },
      },
    },
  });
}

const boxes = z.object({
  element: z.object({
    type: z.literal('checkboxes'),
    options: z.array(z.object({ text: z.object({ text: z.string() }), value: z.string() })),
  }),
});

describe('the modal that adjusts a plan', () => {
  it('says what the plan does and what leaving out means', () => {
    expect(modal).toMatchObject({
      callback_id: 'adjustment',
      private_metadata: '{"runId":12}',
      title: { text: 'Adjust the Plan' },
      submit: { text: 'Leave Out' },
      close: { text: 'Go Back' },
    });
    expect(textOf(modal, 'adjust:plan')).toMatch(
      /^25 users will be added to Dev; 2 users will be deactivated\.\nUsers you leave out stay as they are/,
    );
  });

  it('says what lists again who is left out: of a rollback, no sync does', () => {
    expect(textOf(modal, 'adjust:plan')).toContain('the next preview lists them again');
    const rollback = adjustModal(en, aRun({ reverts: 11 }, { deactivate: 2 }));
    expect(textOf(rollback, 'adjust:plan')).toContain('another rollback of run 11 lists them again');
  });

  it('asks for users to pick, for emails and for kinds of changes, none of them a must', () => {
    expect(modal.blocks.slice(1)).toMatchObject([
      { block_id: 'adjust:picks', optional: true, element: { type: 'multi_external_select' } },
      { block_id: 'adjust:emails', optional: true, element: { multiline: true, max_length: 3_000 } },
      { block_id: 'adjust:actions', optional: true, element: { type: 'checkboxes' } },
    ]);
  });

  it('has the whole plan to pick from where a select holds it', () => {
    const plan = (n: number) =>
      changes(
        'add',
        Array.from({ length: n }, (_, index) => `user${index + 1}@dkm`),
      );
    const elementOf = (n: number) => adjustModal(en, aRun({}, { add: n }), plan(n)).blocks[1];
    const whole = elementOf(100);
    expect(whole).toMatchObject({ element: { type: 'multi_static_select' } });
    expect(JSON.stringify(whole)).toContain('"text":"user100@dkm","emoji":false},"value":"100"');
    expect(elementOf(101)).toMatchObject({ element: { type: 'multi_external_select' } });
    expect(checkView(adjustModal(en, aRun({}, { add: 100 }), plan(100)))).toEqual([]);
  });

  it('shows an option of a long email cut, and of a hostile one harmless', () => {
    const [cut, harmless] = pickOptions(
      en,
      changes('deactivate', [`${'x'.repeat(250)}@dkm`, '<!channel>@dkm']),
    );
    expect(cut?.text.text).toHaveLength(75);
    expect(harmless?.text.text).toBe('‹!channel>@dkm');
    expect(pickOptions(en, changes('protected', 2))).toEqual([]);
  });

  it('offers to leave out only the kinds that the plan has', () => {
    const options = (counts: object) => {
      const [, , , input] = adjustModal(en, aRun({}, { add: 0, ...counts })).blocks;
      return boxes.parse(input).element.options.map(({ text, value }) => [text.text, value]);
    };
    expect(options({ add: 25, deactivate: 2 })).toEqual([
      ['No additions this time (25)', 'add'],
      ['No deactivations this time (2)', 'deactivate'],
    ]);
    expect(options({ reactivate: 1 })).toEqual([['No reactivations this time (1)', 'reactivate']]);
    expect(adjustModal(en, aRun({}, { add: 0 })).blocks).toHaveLength(2);
  });
});

describe('readAdjustment', () => {
  it.each([
    ['one per line', 'a@dkm\nb@dkm\r\n'],
    ['with commas or semicolons', 'a@dkm,b@dkm; a@dkm'],
    ['with blanks and tabs', '  a@dkm \t b@dkm'],
    ['in capital letters, and twice', 'A@DKM b@dkm B@dkm'],
    ["as the bot's lists and mail programs write them", '`a@dkm`\n<b@dkm>,"a@dkm"'],
  ])('reads emails %s', (_how, typed) => {
    expect(readAdjustment(submit(typed))).toEqual({ runId: 12, emails: ['a@dkm', 'b@dkm'], actions: [] });
  });

  it.each([
    ['a blank', '"jo hn@dkm"', 'jo hn@dkm'],
    ['a blank at the edge', '" john@dkm"', ' john@dkm'],
    ['commas and marks', '"a,b;<c>@dkm>"', 'a,b;<c>@dkm>'],
    ['quotes, as in a CSV file', '"""jo hn""@dkm"', '"jo hn"@dkm'],
    ['invisible characters', '"jo\u200bhn@dkm"', 'jo\u200bhn@dkm'],
    ['a blank, in the marks that a Mac writes', '“jo hn@dkm”', 'jo hn@dkm'],
  ])('reads an email with %s where it is quoted, and writes it so', (_what, typed, email) => {
    const adjustment = readAdjustment(submit(`x@dkm, ${typed} "y@dkm"`));
    expect(adjustment.emails).toEqual(['x@dkm', email, 'y@dkm']);
    const [, again = ''] = typedText(adjustment, en).split(': ');
    const unescaped = again.replaceAll('&lt;', '<').replaceAll('&gt;', '>');
    expect(readAdjustment(submit(unescaped)).emails).toEqual(adjustment.emails);
  });

  it("reads an email with invisible characters as the bot's lists show it", () => {
    const email = 'a\u200b\u{1f3fb}\t\u007f@dkm\u{e0041}';
    expect(readAdjustment(submit(`\`${plain(email)}\``)).emails).toEqual([email]);
  });

  it('reads every email of a quoted list, as a cell of a spreadsheet may hold one', () => {
    expect(readAdjustment(submit('"a@dkm, b@dkm;c@dkm" d@dkm')).emails).toEqual([
      ...['a@dkm', 'b@dkm', 'c@dkm', 'd@dkm'],
    ]);
  });

  it('reads blanks at the ends of an email as the lists show them', () => {
    expect(readAdjustment(submit('`␣john@dkm␣`')).emails).toEqual([' john@dkm ']);
  });

  it('takes marks with nothing inside for no email', () => {
    expect(readAdjustment(submit('"" <> a@dkm')).emails).toEqual(['a@dkm']);
  });

  it('takes a quote that is never closed for none', () => {
    expect(readAdjustment(submit('"a@dkm b@dkm\n"c d@dkm')).emails).toEqual(['a@dkm', 'b@dkm', 'c', 'd@dkm']);
  });

  it('reads whom somebody picked, by position in the plan, each once', () => {
    const values = viewValues(modal.blocks, { emails: 'a@dkm', picks: '7,12,7' });
    expect(readAdjustment(submit('', { state: { values } }))).toEqual({
      runId: 12,
      emails: ['a@dkm'],
      actions: [],
      picks: [7, 12],
    });
    const forged = { 'adjust:picks': { picks: { selected_options: [{ value: '1 OR 1' }] } } };
    const state = { values: { 'adjust:emails': { emails: { value: null } }, ...forged } };
    expect(() => readAdjustment(submit('', { state }))).toThrow(z.ZodError);
  });

  it('reads the boxes that were ticked', () => {
    const ticked = ['deactivate', 'add', 'add'].map((value) => ({ value }));
    expect(readAdjustment(ticking(ticked))).toEqual({
      runId: 12,
      emails: [],
      actions: ['deactivate', 'add'],
    });
    expect(readAdjustment(ticking([]))).toMatchObject({ actions: [] });
  });

  it.each([
    ['boxes without a selection', { 'adjust:actions': { actions: { type: 'checkboxes' } } }],
    ['a null selection', { 'adjust:actions': { actions: { selected_options: null } } }],
    ['no boxes at all', {}],
  ])('takes %s for none', (_what, values) => {
    const emails = { 'adjust:emails': { emails: { value: 'a@dkm' } } };
    expect(readAdjustment(submit('', { state: { values: { ...emails, ...values } } }))).toEqual({
      runId: 12,
      emails: ['a@dkm'],
      actions: [],
    });
  });

  it('refuses a kind of change that does not exist, and another view', () => {
    expect(() => readAdjustment(ticking([{ value: 'protected' }]))).toThrow(z.ZodError);
    expect(() => readAdjustment(submit('', { private_metadata: '{"runId":0}' }))).toThrow(z.ZodError);
    expect(() => readAdjustment(submit('', { private_metadata: '{' }))).toThrow(SyntaxError);
    expect(() => readAdjustment({ private_metadata: '{"runId":1}', state: { values: {} } })).toThrow(
      z.ZodError,
    );
  });
});

describe('what is wrong with an adjustment', () => {
  const mistake = (emails: readonly string[], actions: readonly 'add'[] = []) =>
    adjustMistake({ emails, actions });
  const many = (n: number) => Array.from({ length: n }, (_, index) => `user${index}@dkm`);

  it('is nothing where emails or kinds are given', () => {
    expect(mistake(['a@dkm'])).toBeUndefined();
    expect(mistake([], ['add'])).toBeUndefined();
    expect(mistake(many(1_000))).toBeUndefined();
    expect(mistake(['😀'.repeat(255)])).toBeUndefined();
  });

  it('stands under the emails', () => {
    const errors = (emails: readonly string[]) => {
      const found = mistake(emails);
      return found && adjustInputErrors(en, found);
    };
    expect(errors([])).toEqual({
      'adjust:emails': 'Enter at least one email here, pick somebody above, or tick a box below.',
    });
    expect(errors(['a@dkm', `${'x'.repeat(252)}@dkm`])).toEqual({
      'adjust:emails': `No email has more than 255 characters. Split this one with a line break or a comma: ${'x'.repeat(59)}…`,
    });
    expect(errors(many(1_001))).toEqual({
      'adjust:emails': 'That is 1001 emails. Leave out at most 1000 at once.',
    });
  });
});
