import { describe, expect, it } from 'vitest';
import { logStep } from '../../../src/monitoring/step-log.ts';
import { createLogger } from '../../../src/process/logger.ts';
import type { AuditEntry, RecordedStep } from '../../../src/sync/ports/steps.ts';
import { SYSTEM } from '../../../src/sync/run/run.ts';
import { aRun, completedRun, failedRun } from '../../support/view-fixtures.ts';

const BUDI = { id: 'U0ADMIN002', name: 'Budi' };

/** The one line that a step leaves, without its time. */
function lineOf(step: Omit<RecordedStep, 'audit'> & { readonly audit: Partial<AuditEntry> }) {
  const written: string[] = [];
  const logger = createLogger('info', { destination: { write: (line) => void written.push(line) } });
  const audit = { step: 'requested', actor: BUDI, outcome: 'sync', runId: 7, target: 'test' } as const;
  logStep(logger, { ...step, audit: { ...audit, ...step.audit } });
  expect(written).toHaveLength(1);
  const { time: _, pid: __, hostname: ___, ...line } = JSON.parse(written[0] ?? '');
  return line;
}

describe('the line of a step', () => {
  it('says who did what to which run, and how it ended', () => {
    expect(lineOf({ audit: {}, run: aRun() })).toEqual({
      level: 'info',
      run: 7,
      target: 'test',
      actor: 'U0ADMIN002',
      outcome: 'sync',
      msg: 'run requested',
    });
  });

  it('has the duration of the preview that it ends, or of the execution', () => {
    const previewed = { step: 'previewed', outcome: 'ready' } as const;
    expect(lineOf({ audit: previewed, run: aRun() })).toMatchObject({
      msg: 'run previewed',
      outcome: 'ready',
      durationMs: 5_000,
    });
    const done = completedRun();
    expect(lineOf({ audit: { step: 'completed', counts: done.counts }, run: done })).toMatchObject({
      msg: 'run completed',
      durationMs: 1_000,
      counts: done.counts,
    });
    const failed = { step: 'failed', outcome: 'stale' } as const;
    expect(lineOf({ audit: failed, run: { ...done, status: 'failed' } }).durationMs).toBe(1_000);
    const finishedAt = new Date('2026-11-02T03:00:30Z');
    const unread = failedRun({ code: 'list_moved' }, { finishedAt });
    expect(lineOf({ audit: failed, run: unread }).durationMs).toBe(30_000);
    expect(lineOf({ audit: { step: 'confirmed' }, run: aRun() })).not.toHaveProperty('durationMs');
  });

  it.each([
    ['login_failed', 'warn'],
    ['unexpected', 'error'],
  ])('of a failure (%s) is a %s, with the error', (outcome, level) => {
    const error = new Error('no', { cause: new Error('the innermost reason') });
    const line = lineOf({ audit: { step: 'failed', outcome, actor: SYSTEM }, run: aRun(), error });
    expect(line).toMatchObject({
      level,
      msg: 'run failed',
      actor: 'usersync',
      outcome,
      err: { message: 'no', cause: { message: 'the innermost reason' } },
    });
  });

  it('of an admin who confirmed alone is a warning', () => {
    const audit = { step: 'broke_glass', outcome: 'frozen' } as const;
    expect(lineOf({ audit, run: aRun() })).toMatchObject({ level: 'warn', msg: 'run confirmed alone' });
  });

  it('says why someone was refused', () => {
    const facts = { kind: 'asked', what: 'confirm_run', ofRunId: 12 } as const;
    const audit = {
      step: 'refused',
      outcome: 'not_admin',
      reason: 'guest',
      runId: undefined,
      facts,
    } as const;
    expect(lineOf({ audit, run: undefined })).toMatchObject({
      level: 'info',
      msg: 'request refused',
      outcome: 'not_admin',
      reason: 'guest',
      asked: 'confirm_run',
      run: 12,
    });
  });

  it("keeps an admin's own words, and the users that they name, to the audit log", () => {
    const audit = { step: 'confirmed', reason: 'budi@dkm has left' } as const;
    expect(JSON.stringify(lineOf({ audit, run: aRun() }))).not.toContain('budi@dkm');
  });
});
