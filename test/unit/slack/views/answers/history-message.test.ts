import { describe, expect, it } from 'vitest';
import { en } from '../../../../../src/slack/text/en.ts';
import { id } from '../../../../../src/slack/text/id.ts';
import { historyMessage } from '../../../../../src/slack/views/answers/history-message.ts';
import type { Run } from '../../../../../src/sync/run/run.ts';
import { aRun, BOB, completedRun, failedRun } from '../../../../support/view-fixtures.ts';
import { LINK } from '../arbitrary-admin.ts';
import { buttonsIn, textOf } from '../read-payload.ts';

const options = { target: undefined, linkOf: () => LINK, older: false };
const REQUESTED =
  'Requested by <@U0ANN>, <!date^1793588400^{date_short_pretty} at {time}|2026-11-02 03:00 UTC>';

function shown(run: Run): string[] {
  return textOf(historyMessage(en, [run], options), `history:${run.id}`)
    .split('\n')
    .slice(0, 2);
}

describe('a run in the history', () => {
  it('says what became of it, who asked and confirmed, how long the work took, and where it is', () => {
    expect(shown(completedRun({}, { deactivate: 2 }))).toEqual([
      '*Run 12*, *Dev*: completed by <@U0BOB> (25 added, 2 deactivated)',
      `${REQUESTED} · took 6 s · <${LINK}|Open>`,
    ]);
  });

  it('says who adjusted it, as its card does', () => {
    const adjusted = completedRun({}, { omitted: 3 });
    expect(shown(adjusted)[1]).toMatch(/^Adjusted by <@U0ANN>, <!date/);
    expect(textOf(historyMessage(id, [adjusted], options), 'history:12')).toContain(
      'Disesuaikan oleh <@U0ANN> pada',
    );
  });

  it('says whose changes it took back', () => {
    expect(shown(completedRun({ reverts: 11 }))[0]).toMatch(
      /^\*Run 12\*, \*Dev\*, rollback of run 11: completed/,
    );
  });

  it('tells a rollback that looks up from a sync that reads, and unproven absence from a list that agrees', () => {
    expect(shown(aRun({ status: 'reading', reverts: 11 })).join()).toContain(en.state.lookingUp);
    expect(shown(aRun({ status: 'reading' })).join()).toContain(en.state.reading);
    const undecided = { doubt: 'end_repeats', users: 3 } as const;
    expect(shown(aRun({ status: 'completed', undecided }, { add: 0 })).join()).toContain(en.state.undecided);
    const nothingLeft = aRun({ status: 'completed', reverts: 11 }, { add: 0 });
    expect(shown(nothingLeft).join()).toContain(en.state.nothingLeft);
  });

  it('says what it would have changed where it was not executed', () => {
    expect(shown(aRun({ status: 'cancelled', cancelledBy: BOB }))).toEqual([
      '*Run 12*, *Dev*: cancelled by <@U0BOB>',
      `${REQUESTED} · plan: 25 new · took 5 s · <${LINK}|Open>`,
    ]);
  });

  it('says who confirmed a run that failed', () => {
    const failure = { code: 'stale', total: 1, emails: [] } as const;
    expect(shown(failedRun(failure, { confirmedBy: BOB }))[1]).toContain('· confirmed by <@U0BOB> ·');
  });

  it('names no time of reading for an adjusted plan, which another run had read', () => {
    const adjusted = completedRun({}, { omitted: 1 });
    expect(shown(adjusted)[1]).toContain('took 1 s');
    expect(shown({ ...adjusted, confirmedAt: undefined })[1]).not.toContain('took');
  });

  it('tells a reading that was not finished from one that took no time', () => {
    expect(shown(aRun({ status: 'reading', readyAt: undefined }))[1]).toBe(
      `${REQUESTED} · plan: 25 new · <${LINK}|Open>`,
    );
    const quick = aRun({ readyAt: new Date('2026-11-02T03:00:00.999Z') });
    expect(shown(quick)[1]).toContain('· took less than 1 s ·');
  });

  it.each([
    ['2026-11-02T03:00:59Z', 'took 59 s', 'durasi 59 detik'],
    ['2026-11-02T03:00:59.600Z', 'took 1 min 0 s', 'durasi 1 menit 0 detik'],
    ['2026-11-02T03:02:05Z', 'took 2 min 5 s', 'durasi 2 menit 5 detik'],
    ['2026-11-02T04:03:59Z', 'took 1 h 3 min', 'durasi 1 jam 3 menit'],
    ['2026-11-02T02:59:59Z', 'took less than 1 s', 'durasi kurang dari 1 detik'],
  ])('writes a duration until %s as people do', (readyAt, words, kata) => {
    const run = aRun({ readyAt: new Date(readyAt) });
    expect(shown(run)[1]).toContain(words);
    expect(textOf(historyMessage(id, [run], options), 'history:12')).toContain(kata);
  });
});

describe('a page of the history', () => {
  const runs = Array.from({ length: 12 }, (_, n) => completedRun({ id: 40 - n }));

  it('has a Details button for each run', () => {
    const { blocks } = historyMessage(en, [completedRun()], options);
    expect(blocks[1]).toMatchObject({
      block_id: 'history:12',
      accessory: {
        action_id: 'run_details',
        value: '12',
        text: { text: 'Details' },
        accessibility_label: 'Details of run 12',
      },
    });
  });

  it('shows ten runs, and the next ones behind a button', () => {
    const message = historyMessage(en, runs, options);
    expect(message.blocks.map(({ block_id }) => block_id)).toEqual([
      'history:title',
      ...runs.slice(0, 10).map(({ id: runId }) => `history:${runId}`),
      'history:older',
    ]);
    expect(buttonsIn(message)).toMatchObject([
      { action_id: 'older_runs', value: ':31', text: { text: 'Older Runs' } },
    ]);
  });

  it('has the button where the caller knows of older ones, and not where there are none', () => {
    const page = runs.slice(0, 2);
    expect(buttonsIn(historyMessage(en, page, { ...options, target: 'dev', older: true }))).toMatchObject([
      { value: 'dev:39' },
    ]);
    expect(buttonsIn(historyMessage(en, page, options))).toEqual([]);
    expect(buttonsIn(historyMessage(en, [], { ...options, older: true }))).toEqual([]);
  });

  it('says whose runs it shows, and what to do where there is none', () => {
    expect(historyMessage(en, [], options).text).toMatch(/^Latest Runs\nThere are no runs to show\./);
    const message = historyMessage(en, [], { ...options, target: 'dev' });
    expect(message.text).toMatch(/^Latest Runs: dev\nThere are no runs/);
    expect(textOf(message, 'history:none')).toMatch(/^There are no runs to show\. Type `\/usersync help`/);
  });
});
