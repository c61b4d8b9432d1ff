import { describe, expect, it } from 'vitest';
import { lossLine } from '../../../src/cli/remedies.ts';
import { createPrinter } from '../../../src/cli/sync/print.ts';
import { parseConfig } from '../../../src/config/config.ts';
import { textsFor } from '../../../src/slack/text/language.ts';
import { DatabaseLostError } from '../../../src/sync/failures/errors.ts';
import type { Change, ChangeAction, UserStatus } from '../../../src/sync/run/change.ts';
import type { Run } from '../../../src/sync/run/run.ts';
import { LEAST } from '../../support/settings.ts';
import { ANN, aRun, completedRun, failedRun } from '../../support/view-fixtures.ts';

const config = parseConfig(LEAST);
const print = createPrinter(textsFor(undefined, 'en', config.deployment), config);

describe('a lost database in the words of the command line', () => {
  it.each([
    [
      'busy',
      'All connections of usersync to the database are in use. Nothing was changed. Try again; if that stays so, raise connectionLimit in DATABASE_URL.',
    ],
    [
      'privilege',
      'The database server denies usersync access. Nothing was changed. Run npm run doctor: it says which login or right is refused.',
    ],
    [
      'disk_full',
      "The disk of the database server is full. Nothing was changed. Make room on the database server's disk.",
    ],
    [
      undefined,
      'The database cannot be reached. Nothing was changed. Start the database server, or correct host and port in DATABASE_URL; ' +
        'look at firewalls between here and there.',
    ],
  ] as const)('%s has the remedy of that trouble', (why, line) => {
    expect(lossLine(new DatabaseLostError({ cause: undefined, why }))).toBe(line);
  });
});

describe('the history at the command line', () => {
  it('tells a rollback from a sync', () => {
    const [sync, rollback] = print.historyLines([
      completedRun({ id: 11 }),
      completedRun({ id: 12, reverts: 11 }),
    ]);
    expect(sync).toMatch(/^ {4}11 .* UTC {2}dev: completed/);
    expect(rollback).toMatch(/^ {4}12 .* UTC {2}dev, rollback of run 11: completed/);
  });
});

describe('a refusal in the words of the command line', () => {
  it.each([
    [
      'failed',
      { code: 'not_ready', run: failedRun({ code: 'list_moved' }, { id: 12, target: 'dev' }) },
      'Run 12 has failed and changed nothing. Run npm run sync -- preview dev.',
    ],
    [
      'a failed rollback',
      { code: 'not_ready', run: failedRun({ code: 'list_moved' }, { id: 12, target: 'dev', reverts: 11 }) },
      'Run 12 has failed and changed nothing. Run npm run sync -- rollback 11 --as NAME.',
    ],
    [
      'ready by now',
      { code: 'not_ready', run: aRun({ id: 12, status: 'ready' }) },
      'Run 12 is waiting for confirmation. Nothing was changed. Run the same command again.',
    ],
    [
      'taken back',
      { code: 'taken_back', run: aRun({ id: 12 }), by: 13 },
      'Run 12 was already taken back, by run 13. Nothing was changed. To take back run 13, type npm run sync -- rollback 13 ' +
        '--as NAME: the preview shows what that changes.',
    ],
    ['unknown', { code: 'run_not_found' }, /\bnpm run sync to see .* npm run sync -- history to see /],
    ['not completed', { code: 'not_completed', run: aRun({ id: 12 }) }, /npm run sync -- rollback --as NAME/],
    ['known to Slack alone', { code: 'not_paused', target: 'dev' }, / \/usersync resume\b/],
    [
      'beside another run',
      { code: 'location_busy', holder: aRun({ id: 12, status: 'executing', confirmedBy: ANN }) },
      /run 12, .*\. This command changed nothing\. Wait for its result, then try again\.$/,
    ],
  ] as const)('%s names no button', (_, refusal, text) => {
    expect(print.refusalLine(refusal)).toMatch(text);
  });

  it('says how to prevent what a rule will do', () => {
    const lines = print.runLines(aRun({ id: 12, status: 'ready', autoRule: 'dev deactivate=0' }), {
      changes: [],
      approvals: [],
      needed: 1,
      now: new Date(),
    });
    expect(lines.join('\n')).toContain('Run npm run sync -- cancel 12 --as NAME to prevent that.');
  });
});

describe('a run in the words of the command line', () => {
  it('has its number, who asked for it, and until when it can be confirmed', () => {
    const expiresAt = new Date('2026-11-30T03:30:00Z');
    const run = aRun({ id: 12, status: 'ready', expiresAt, requestedAt: new Date('2026-11-30T03:00:00Z') });
    const [, line] = print.runLines(run, { changes: [], approvals: [], needed: 1, now: new Date() });
    expect(line).toMatch(
      /^Run 12; .*Can be confirmed until 2026-11-30 03:30 UTC; Requested by .*, 2026-11-30 03:00 UTC$/,
    );
  });
});

describe('a plan in the words of the command line', () => {
  const lines = (run: Run, changes: readonly Change[] = []) =>
    print.runLines(run, { changes, approvals: [], needed: 1, now: new Date('2026-11-02T03:06:00Z') });
  const change = (action: ChangeAction, statusBefore?: UserStatus, detail?: string): Change => ({
    ...{ seq: 1, action, email: `${action}@dkm`, statusBefore, statusAfter: undefined, detail },
  });

  it('has its counts, and what became of each line: also what the plan had for whom somebody left out', () => {
    const plan = [change('add'), change('omitted', 'active'), change('skipped', undefined, 'odd_status')];
    expect(lines(aRun(), plan).slice(2)).toEqual([
      'New 25; To Reactivate 0; To Deactivate 0; Unchanged 0; Total on the Server 25',
      '  add        add@dkm',
      '  omitted    omitted@dkm (deactivate)',
      '  skipped    skipped@dkm (odd_status)',
      'To execute it: npm run sync -- confirm 12 --as NAME --reason TEXT',
    ]);
    const reading = lines(aRun({ status: 'reading', planHash: undefined }));
    expect(reading).not.toContain('');
    expect(reading.join()).not.toContain('New 25');
  });

  it('keeps its warnings, as its message does, only where it found nothing to change', () => {
    const warning = expect.stringMatching(/^! .*skipped/);
    expect(lines(completedRun({}, { add: 0, skipped: 3 }))).toContainEqual(warning);
    expect(lines(completedRun({}, { skipped: 3 }))).not.toContainEqual(warning);
    expect(lines(aRun({ status: 'expired' }, { skipped: 3 }))).not.toContainEqual(warning);
  });
});

describe('a run that several people approved, in the words of the command line', () => {
  it('names them once it is over', () => {
    const approvals = [{ actor: { id: 'U0EVE', name: 'eve' }, at: new Date('2026-11-30T03:00:00Z') }];
    const lines = print.runLines(completedRun(), { changes: [], approvals, needed: 3, now: new Date() });
    expect(lines).toContain('Approved by U0EVE, 2026-11-30 03:00 UTC');
  });
});

describe('a target in the words of the command line', () => {
  const target = {
    target: 'dev',
    locationName: 'Dev',
    active: 12,
    inactive: 3,
    leftAlone: 1,
    changedSince: 2,
  };
  const nothing = {
    rolledBackSince: undefined,
    working: undefined,
    pending: undefined,
    lastFailed: undefined,
  };

  it('has what /usersync status says: also the run in progress, and what others changed', () => {
    const lastSync = aRun({
      ...{ id: 11, status: 'completed', requestedBy: ANN, confirmedBy: ANN },
      finishedAt: new Date('2026-11-29T03:00:00Z'),
    });
    const working = aRun({ id: 12, status: 'reading' });
    const lines = print.targetLines({ ...target, ...nothing, lastSync, working, moreThan: undefined });
    expect(lines).toEqual([
      'Dev',
      '  12 active users, 3 inactive, 1 left alone',
      expect.stringMatching(/^ {2}Last sync: run 11, 2026-11-29 03:00 UTC, /),
      '  Since then, 2 users were changed by something other than usersync',
      '  In progress: run 12, reading users',
    ]);
  });
});
