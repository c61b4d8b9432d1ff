import { describe, expect, it } from 'vitest';
import { en } from '../../../../../src/slack/text/en.ts';
import { id } from '../../../../../src/slack/text/id.ts';
import { runLines } from '../../../../../src/slack/views/answers/history-message.ts';
import { NO_EXCERPT } from '../../../../../src/slack/views/run/excerpt.ts';
import { runMessage } from '../../../../../src/slack/views/run/run-message.ts';
import { type Run, type RunStatus, TRANSITIONS } from '../../../../../src/sync/run/run.ts';
import { ANN, aRun, BOB } from '../../../../support/view-fixtures.ts';
import { buttonsIn, textOf } from '../read-payload.ts';

const options = {
  guardLimits: { count: 5, percent: 20 },
  people: { needed: 1, approvals: [] },
  breakGlass: true,
};
const STATUSES = Object.keys(TRANSITIONS).filter((key): key is RunStatus => key in TRANSITIONS);

/** What later runs made of a run. */
const HISTORIES = {
  synced: {},
  'taken back': { takenBackBy: 13 },
  'done again': { redoneBy: 14 },
} satisfies Record<string, Partial<Run>>;
type History = keyof typeof HISTORIES;

const KINDS = {
  sync: { reverts: undefined },
  rollback: { reverts: 11 },
} satisfies Record<string, Partial<Run>>;

const TITLES = {
  sync: {
    synced: 'Sync Completed: Dev',
    'taken back': 'Sync Taken Back: Dev',
    'done again': 'Sync Completed: Dev',
  },
  rollback: {
    synced: 'Rollback Completed: Dev',
    'taken back': 'Rollback Taken Back: Dev',
    'done again': 'Rollback Completed: Dev',
  },
} as const;

const SEQUELS = {
  synced: [],
  'taken back': [/[Tt]aken back by run 13/],
  'done again': [/done again by run 14/],
} satisfies Record<History, readonly RegExp[]>;

function ended(status: RunStatus, changed: Partial<Run>): Run {
  const confirmed = status === 'completed' || status === 'executing' ? { confirmedBy: BOB } : {};
  return aRun({ status, ...confirmed, cancelledBy: ANN, ...changed }, { deactivate: 2 });
}

const cases = (['sync', 'rollback'] as const).flatMap((kind) =>
  (['synced', 'taken back', 'done again'] as const).map((history) => [kind, history] as const),
);

describe('a completed run', () => {
  it.each(cases)('(%s, %s) says on its message and in lists what became of it', (kind, history) => {
    const run = ended('completed', { ...KINDS[kind], ...HISTORIES[history] });
    const message = runMessage(en, run, NO_EXCERPT, options);
    expect(textOf(message, 'run:12:completed:header')).toBe(TITLES[kind][history]);
    const line = textOf(message, 'run:12:completed:line');
    const listed = runLines(en, run, () => undefined);
    for (const text of [line, listed]) {
      for (const words of SEQUELS[history]) expect(text).toMatch(words);
      if (history === 'synced') expect(text).not.toMatch(/taken back by|done again/);
    }
    const offered = buttonsIn(message).map(({ action_id }) => action_id);
    expect(offered.includes('roll_back_run')).toBe(history !== 'taken back');
    expect(JSON.stringify(runMessage(id, run, NO_EXCERPT, options))).toMatch(
      history === 'synced' ? /Dev/ : history === 'taken back' ? /sync #13/ : /sync #14/,
    );
  });

  it('that changed nothing says so, and cannot be taken back', () => {
    for (const kind of ['sync', 'rollback'] as const) {
      const run = aRun({ status: 'completed', ...KINDS[kind] }, { add: 0 });
      const message = runMessage(en, run, NO_EXCERPT, options);
      expect(textOf(message, 'run:12:completed:header')).toBe(
        kind === 'sync' ? 'All Synced: Dev' : 'Nothing to Roll Back: Dev',
      );
      expect(buttonsIn(message).map(({ action_id }) => action_id)).not.toContain('roll_back_run');
    }
  });
});

describe('a run that did not complete', () => {
  it.each(STATUSES.filter((status) => status !== 'completed'))('(%s) offers no rollback', (status) => {
    for (const kind of ['sync', 'rollback'] as const) {
      const message = runMessage(en, ended(status, KINDS[kind]), NO_EXCERPT, options);
      expect(buttonsIn(message).map(({ action_id }) => action_id)).not.toContain('roll_back_run');
      expect(JSON.stringify(message)).not.toMatch(/Taken Back|taken back by/);
    }
  });
});
