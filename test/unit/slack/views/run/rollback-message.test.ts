import { describe, expect, it } from 'vitest';
import { en } from '../../../../../src/slack/text/en.ts';
import { NO_EXCERPT } from '../../../../../src/slack/views/run/excerpt.ts';
import { runMessage } from '../../../../../src/slack/views/run/run-message.ts';
import { threadReply } from '../../../../../src/slack/views/run/thread-reply.ts';
import { planModal } from '../../../../../src/slack/views/run/whole-plan.ts';
import { ANN, aRun, BOB, changes } from '../../../../support/view-fixtures.ts';
import { buttonsIn, textOf } from '../read-payload.ts';

const options = {
  guardLimits: { count: 5, percent: 20 },
  people: { needed: 1, approvals: [] },
  breakGlass: true,
};
const counts = { source: 0, add: 0, reactivate: 2, deactivate: 3, unchanged: 10 };

describe('the message of a rollback', () => {
  it('says what it takes back, before and after', () => {
    const preview = runMessage(en, aRun({ reverts: 11 }, counts), NO_EXCERPT, options);
    expect(textOf(preview, 'run:12:ready:header')).toBe('Rollback Preview: Dev');
    expect(textOf(preview, 'run:12:ready:line')).toBe(
      '⚠️ 2 users will be reactivated at Dev; 3 users will be deactivated.\nThis takes back what run 11 did.',
    );
    const done = aRun({ reverts: 11, status: 'completed', confirmedBy: BOB }, counts);
    expect(runMessage(en, done, NO_EXCERPT, options).text).toMatch(
      /^Rollback Completed: Dev\. 2 users were reactivated at Dev; 3 users were deactivated\.\n/,
    );
  });

  it('says how many of them were left out, before and after', () => {
    const part = { ...counts, omitted: 1 };
    const preview = runMessage(en, aRun({ reverts: 11 }, part), NO_EXCERPT, options);
    expect(textOf(preview, 'run:12:ready:line')).toContain(
      'This takes back what run 11 did, except for the 1 user left out.',
    );
    const done = aRun({ reverts: 11, status: 'completed', confirmedBy: BOB }, part);
    expect(textOf(runMessage(en, done, NO_EXCERPT, options), 'run:12:completed:line')).toContain(
      'This took back what run 11 did, except for the 1 user left out.',
    );
  });

  it('says how many users it left at that time as the run had left them, and how to take them back', () => {
    const done = (leftInForce: number) =>
      textOf(
        runMessage(
          en,
          aRun(
            { reverts: 11, status: 'completed', confirmedBy: BOB, leftInForce },
            { ...counts, protected: 2 },
          ),
          NO_EXCERPT,
          options,
        ),
        'run:12:completed:line',
      );
    expect(done(2)).toContain(
      'This took back what run 11 did. At that time, run 11 was still in force for 2 users: left out, protected, changed by a later ' +
        'sync, or renamed. A later rollback of run 11 takes back those of whom this is no longer true.',
    );
    expect(done(1)).toContain('was still in force for 1 user:');
    expect(done(0)).not.toContain('still in force');
  });

  it('that was taken back itself says nothing of users whom it had left, for its run is in force again', () => {
    const run = aRun(
      { reverts: 11, status: 'completed', confirmedBy: BOB, leftInForce: 2, takenBackBy: 13 },
      counts,
    );
    expect(JSON.stringify(runMessage(en, run, NO_EXCERPT, options))).not.toContain('still in force');
  });

  it('asks before it is executed', () => {
    const [confirm] = buttonsIn(runMessage(en, aRun({ reverts: 11 }, counts), NO_EXCERPT, options));
    expect(confirm).toMatchObject({
      action_id: 'confirm_run',
      style: 'danger',
      confirm: { title: { text: 'Roll Back Run 11?' }, confirm: { text: 'Execute Rollback' } },
    });
  });

  it('speaks of no server, because it asks none', () => {
    const noisy = { ...counts, protected: 1, skipped: 2 };
    for (const status of ['reading', 'ready', 'executing', 'completed', 'cancelled', 'expired'] as const) {
      const message = runMessage(en, aRun({ reverts: 11, status }, noisy), NO_EXCERPT, options);
      expect(JSON.stringify(message)).not.toMatch(/[Ss]erver|Sync |All synced/);
    }
  });

  it('lists who changed since and is left alone', () => {
    const skipped = changes('skipped', ['a@dkm']).map((change) => ({ ...change, detail: 'changed_since' }));
    const run = aRun({ reverts: 11 }, { ...counts, skipped: 1, protected: 1 });
    const message = runMessage(en, run, { ...NO_EXCERPT, skipped }, options);
    expect(textOf(message, 'run:12:ready:skipped')).toBe('*Skipped Users (1)*\n`a@dkm` changed since');
    expect(textOf(message, 'run:12:ready:warnings')).toBe(
      '*Please Note*\n• 1 user stays active, because PROTECTED_EMAILS names them. See Protected Users below.\n' +
        '• 1 user changed again after run 11 and stays as it is. See Skipped Users below.',
    );
    expect(textOf(message, 'run:12:ready:counts')).toContain('*Skipped Users*\n1');
    const nobody = runMessage(en, aRun({ reverts: 11 }, counts), NO_EXCERPT, options);
    expect(nobody.blocks.some(({ block_id }) => block_id?.endsWith('warnings'))).toBe(false);
    const modal = planModal(en, run, skipped, { emails: [], truncated: false });
    expect(textOf(modal, 'plan:12:skipped')).toBe('*Skipped Users (1)*');
  });

  it('says so where nothing is left to take back', () => {
    const message = runMessage(
      en,
      aRun({ reverts: 11, status: 'completed' }, { ...counts, reactivate: 0, deactivate: 0, skipped: 5 }),
      NO_EXCERPT,
      options,
    );
    expect(message.text).toMatch(
      /^Nothing to Roll Back: Dev\. Nothing that run 11 did at Dev can still be taken back\. Nothing was changed\.\n/,
    );
    expect(buttonsIn(message)).toEqual([]);
  });

  it('names its own command for a new preview', () => {
    const run = aRun({ reverts: 11, status: 'cancelled', cancelledBy: ANN }, counts);
    expect(textOf(runMessage(en, run, NO_EXCERPT, options), 'run:12:cancelled:line')).toContain(
      'Type `/usersync rollback 11` for a new preview.',
    );
  });

  it('has a result of its own for the thread', () => {
    const done = aRun({ reverts: 11, status: 'completed', confirmedBy: BOB }, counts);
    expect(threadReply(en, done, 7).text).toBe(
      'Rollback of run 11 completed successfully! 2 users reactivated, 3 users deactivated, 10 users unchanged.',
    );
  });
});
