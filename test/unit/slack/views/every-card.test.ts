import { describe, expect, it } from 'vitest';
import { en } from '../../../../src/slack/text/en.ts';
import { id } from '../../../../src/slack/text/id.ts';
import { runLines } from '../../../../src/slack/views/answers/history-message.ts';
import { NO_EXCERPT } from '../../../../src/slack/views/run/excerpt.ts';
import { runMessage } from '../../../../src/slack/views/run/run-message.ts';
import { type Run, type RunStatus, SYSTEM, TRANSITIONS } from '../../../../src/sync/run/run.ts';
import { ANN, aRun, BOB } from '../../../support/view-fixtures.ts';
import { buttonsIn, textOf } from './read-payload.ts';

const options = {
  guardLimits: { count: 5, percent: 20 },
  people: { needed: 1, approvals: [] },
  breakGlass: false,
};

/** What a plan does: adds somebody, deactivates somebody, more than the guard allows, nothing, or nothing for want of proof. */
const PLANS = {
  adds: { counts: { add: 25 } },
  deactivates: { counts: { add: 25, deactivate: 2 } },
  guarded: {
    counts: { add: 0, deactivate: 7 },
    guard: { tripped: true, why: 'limits', deactivate: 7, recentlyDeactivated: 0, active: 10 },
  },
  idle: { counts: { add: 0 } },
  skips: { counts: { add: 0, skipped: 1 } },
  protects: { counts: { add: 0, protected: 1 } },
  undecided: { counts: { add: 0 }, undecided: { users: 3, doubt: 'order_ignored' } },
} as const;

/** What later runs made of it. */
const HISTORIES = {
  '': {},
  'taken back': { takenBackBy: 13 },
  'done again': { redoneBy: 14 },
  followed: { nextRunId: 15 },
} as const satisfies Record<string, Partial<Run>>;

type Row = readonly [
  kind: 'sync' | 'rollback',
  status: RunStatus,
  plan: keyof typeof PLANS,
  history: keyof typeof HISTORIES,
  sign: string,
  title: string,
  /** What the first line says, and what follows it. */
  words: RegExp,
  buttons: readonly string[],
];

const PREVIEW = ['cancel_run', 'adjust_run', 'view_plan'];

const TABLE: readonly Row[] = [
  ['sync', 'reading', 'idle', '', '⏳', 'Sync Preview: Dev', /^Reading users from Dev…$/, []],
  [
    'sync',
    'ready',
    'adds',
    '',
    '📋',
    'Sync Preview: Dev',
    /^25 users will be added to Dev; nobody will be deactivated\.$/,
    ['confirm_run', ...PREVIEW],
  ],
  [
    'sync',
    'ready',
    'deactivates',
    '',
    '⚠️',
    'Sync Preview: Dev',
    /; 2 users will be deactivated\.$/,
    ['confirm_run', ...PREVIEW],
  ],
  [
    'sync',
    'ready',
    'guarded',
    '',
    '⚠️',
    'Sync Preview: Dev',
    /^7 users will be deactivated at Dev\.$/,
    ['confirm_guarded_run', ...PREVIEW],
  ],
  [
    'sync',
    'executing',
    'adds',
    '',
    '⏳',
    'Sync in Progress: Dev',
    /^Syncing Dev…\nConfirmed by <@U0BOB>\.$/,
    [],
  ],
  [
    'sync',
    'completed',
    'adds',
    '',
    '✅',
    'Sync Completed: Dev',
    /^25 users were added to Dev; nobody was deactivated\.\nCompleted by <@U0BOB>/,
    ['view_plan', 'roll_back_run'],
  ],
  [
    'sync',
    'completed',
    'adds',
    'taken back',
    '↩️',
    'Sync Taken Back: Dev',
    /^\*Taken back by run 13\.\* 25 users were added/,
    ['view_plan'],
  ],
  [
    'sync',
    'completed',
    'adds',
    'done again',
    '✅',
    'Sync Completed: Dev',
    /Taken back once, then done again by run 14\./,
    ['view_plan', 'roll_back_run'],
  ],
  [
    'sync',
    'completed',
    'protects',
    '',
    '✅',
    'All Synced: Dev',
    /^All synced! Nothing was changed at Dev, although some users are not as its server lists them\.$/,
    ['retry_run'],
  ],
  [
    'sync',
    'completed',
    'idle',
    '',
    '✅',
    'All Synced: Dev',
    /^All synced! Dev already matches its server\. Nothing was changed\.$/,
    ['retry_run'],
  ],
  [
    'sync',
    'completed',
    'idle',
    'followed',
    '✅',
    'All Synced: Dev',
    /A new preview was started as run 15\.$/,
    [],
  ],
  [
    'sync',
    'completed',
    'undecided',
    '',
    '⚠️',
    'Nothing Changed: Dev',
    /Nothing was changed at Dev, although some active users are not on its server's list, or inactive there\.$/,
    ['retry_run'],
  ],
  [
    'sync',
    'cancelled',
    'deactivates',
    '',
    '⚪',
    'Sync Cancelled: Dev',
    /^Cancelled by <@U0ANN>\. Nothing was changed\./,
    ['retry_run', 'view_plan'],
  ],
  [
    'sync',
    'cancelled',
    'deactivates',
    'followed',
    '⚪',
    'Sync Cancelled: Dev',
    /A new preview was started as run 15\.$/,
    ['view_plan'],
  ],
  [
    'sync',
    'expired',
    'deactivates',
    '',
    '⚪',
    'Preview Expired: Dev',
    /^It was not confirmed in time\. Nothing was changed\./,
    ['retry_run', 'view_plan'],
  ],
  [
    'sync',
    'superseded',
    'deactivates',
    '',
    '⚪',
    'Preview Replaced: Dev',
    /^Replaced by a newer preview of Dev\. This one changed nothing\./,
    ['retry_run', 'view_plan'],
  ],
  [
    'sync',
    'superseded',
    'deactivates',
    'followed',
    '⚪',
    'Preview Replaced: Dev',
    /^Replaced by a newer preview of Dev\. This one changed nothing\. Look at run 15 instead\.$/,
    ['view_plan'],
  ],
  [
    'sync',
    'failed',
    'deactivates',
    '',
    '❌',
    'Sync Failed: Dev',
    /Connection timeout\nNothing was changed/,
    ['retry_run', 'view_plan'],
  ],
  [
    'sync',
    'failed',
    'deactivates',
    'followed',
    '❌',
    'Sync Failed: Dev',
    /A new preview was started as run 15\.$/,
    ['view_plan'],
  ],
  [
    'rollback',
    'reading',
    'idle',
    '',
    '⏳',
    'Rollback Preview: Dev',
    /^Looking up what run 11 changed at Dev…$/,
    [],
  ],
  [
    'rollback',
    'ready',
    'deactivates',
    '',
    '⚠️',
    'Rollback Preview: Dev',
    /\nThis takes back what run 11 did\.$/,
    ['confirm_run', ...PREVIEW],
  ],
  [
    'rollback',
    'ready',
    'guarded',
    '',
    '⚠️',
    'Rollback Preview: Dev',
    /\nThis takes back what run 11 did\.$/,
    ['confirm_guarded_run', ...PREVIEW],
  ],
  [
    'rollback',
    'executing',
    'deactivates',
    '',
    '⏳',
    'Rollback in Progress: Dev',
    /^Taking back what run 11 did at Dev…/,
    [],
  ],
  [
    'rollback',
    'completed',
    'deactivates',
    '',
    '✅',
    'Rollback Completed: Dev',
    /\nThis took back what run 11 did\.$/,
    ['view_plan', 'roll_back_run'],
  ],
  [
    'rollback',
    'completed',
    'deactivates',
    'taken back',
    '↩️',
    'Rollback Taken Back: Dev',
    /^\*Taken back by run 13\.\*/,
    ['view_plan'],
  ],
  [
    'rollback',
    'completed',
    'deactivates',
    'done again',
    '✅',
    'Rollback Completed: Dev',
    /done again by run 14\./,
    ['view_plan', 'roll_back_run'],
  ],
  [
    'rollback',
    'completed',
    'skips',
    '',
    '⚪',
    'Nothing to Roll Back: Dev',
    /^Nothing that run 11 did at Dev can still be taken back\. Nothing was changed\.$/,
    [],
  ],
  [
    'rollback',
    'completed',
    'idle',
    '',
    '⚪',
    'Nothing to Roll Back: Dev',
    /^The users that run 11 changed at Dev are no longer on record .* cannot be taken back\. Nothing was changed\.$/,
    [],
  ],
  [
    'rollback',
    'cancelled',
    'deactivates',
    '',
    '⚪',
    'Rollback Cancelled: Dev',
    /^Cancelled by <@U0ANN>\. Nothing was changed\. .*\nThis was to take back what run 11 did\.$/,
    ['retry_run', 'view_plan'],
  ],
  [
    'rollback',
    'expired',
    'deactivates',
    '',
    '⚪',
    'Rollback Preview Expired: Dev',
    /Nothing was changed\. .*\nThis was to take back what run 11 did\.$/,
    ['retry_run', 'view_plan'],
  ],
  [
    'rollback',
    'superseded',
    'deactivates',
    '',
    '⚪',
    'Rollback Preview Replaced: Dev',
    /This one changed nothing\.\nThis was to take back what run 11 did\.$/,
    ['retry_run', 'view_plan'],
  ],
  [
    'rollback',
    'failed',
    'deactivates',
    '',
    '❌',
    'Rollback Failed: Dev',
    /Nothing was changed.*\nThis was to take back what run 11 did\.$/,
    ['retry_run', 'view_plan'],
  ],
];

function runOf([kind, status, plan, history]: Row): Run {
  const { counts, ...planned } = PLANS[plan];
  const confirmed =
    (status === 'completed' && !['idle', 'skips', 'protects', 'undecided'].includes(plan)) ||
    status === 'executing';
  return aRun(
    {
      status,
      planHash: status === 'reading' ? undefined : '0'.repeat(64),
      ...(confirmed ? { confirmedBy: BOB, confirmedAt: new Date(), finishedAt: new Date() } : {}),
      ...(status === 'failed' ? { failure: { code: 'fetch_failed', reason: 'Connection timeout' } } : {}),
      cancelledBy: ANN,
      reverts: kind === 'rollback' ? 11 : undefined,
      ...planned,
      ...HISTORIES[history],
    },
    counts,
  );
}

const message = (row: Row, t = en) => runMessage(t, runOf(row), NO_EXCERPT, options);

describe('the card of a run', () => {
  it.each(TABLE)('(%s, %s, %s, %s) says how it stands', (...row) => {
    const [, status, , , sign, title, words, buttons] = row;
    const card = message(row);
    const line = textOf(card, `run:12:${status}:line`);
    expect(textOf(card, `run:12:${status}:header`)).toBe(title);
    expect(line.startsWith(`${sign} `), line).toBe(true);
    expect(line.slice(sign.length + 1)).toMatch(words);
    expect(buttonsIn(card).map(({ action_id }) => action_id)).toEqual(buttons);
    expect(card.text).not.toContain(sign);
  });

  const deactivating = TABLE.filter(([, , plan]) => plan === 'deactivates');
  it.each(deactivating)('(%s, %s, %s, %s) says what was not done as such, and never as done', (...row) => {
    const [, status] = row;
    const shown = JSON.stringify(message(row));
    const words = { planned: 'To Deactivate', done: '*Deactivated*', notDone: 'Not Deactivated' };
    const tense = { ready: 'planned', executing: 'planned', completed: 'done' }[String(status)] ?? 'notDone';
    for (const [each, text] of Object.entries(words)) expect(shown.includes(text), each).toBe(each === tense);
  });

  const followed = TABLE.filter(([, , , history]) => history === 'followed');
  it.each(followed)('(%s, %s, %s, %s) asks for no new preview where one was started', (...row) => {
    for (const t of [en, id]) {
      const shown = JSON.stringify(message(row, t));
      expect(shown).not.toContain('/usersync');
      expect(shown).not.toMatch(/Press|Tekan/);
    }
  });

  it.each(TABLE)('(%s, %s, %s, %s) says the same in Indonesian', (...row) => {
    const [, status, , history, sign] = row;
    const card = message(row, id);
    expect(textOf(card, `run:12:${status}:line`).startsWith(`${sign} `)).toBe(true);
    const { takenBackBy, redoneBy, nextRunId } = { ...aRun(), ...HISTORIES[history] };
    for (const run of [takenBackBy, redoneBy, nextRunId]) {
      if (run !== undefined) expect(JSON.stringify(card)).toContain(`#${run}`);
    }
    expect(JSON.stringify(card)).not.toMatch(/Nothing was|Taken back|users? (was|were|will)/);
  });

  const syncs = TABLE.filter(([kind]) => kind === 'sync');
  it.each(syncs)('(%s, %s, %s, %s) says so where the schedule made it', (...row) => {
    const [, status] = row;
    const run = { ...runOf(row), requestedBy: SYSTEM };
    for (const [t, words] of [
      [en, 'Scheduled preview'],
      [id, 'Preview terjadwal'],
    ] as const) {
      expect(textOf(runMessage(t, run, NO_EXCERPT, options), `run:12:${status}:requester`)).toBe(words);
      expect(runLines(t, run, () => undefined)).toMatch(/^.*\n(Scheduled, |Terjadwal pada )<!date/);
    }
  });

  it('has a row for every status of syncs and rollbacks', () => {
    for (const kind of ['sync', 'rollback']) {
      const statuses = new Set(TABLE.filter((row) => row[0] === kind).map(([, status]) => status));
      expect([...statuses].toSorted()).toEqual(Object.keys(TRANSITIONS).toSorted());
    }
  });
});
