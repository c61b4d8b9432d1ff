import { describe, expect, it } from 'vitest';
import { callsOfFailure, callsOfPreview, isStillDue } from '../../../../src/sync/automation/calls.ts';
import { type Actor, SYSTEM } from '../../../../src/sync/run/run.ts';
import { aRun } from '../../../support/view-fixtures.ts';

const AYU: Actor = { id: 'U0ADMIN001', name: 'Ayu' };
const TRIPPED = { tripped: true, why: 'limits', deactivate: 9, recentlyDeactivated: 0, active: 20 } as const;
const CALM = { tripped: false } as const;

describe('a preview', () => {
  it.each([
    ['nobody', 'Ayu', AYU, CALM, 0, 1, []],
    ['nobody', 'Ayu that deactivates', AYU, CALM, 2, 1, []],
    ['people', 'Ayu on a target that needs two', AYU, CALM, 0, 2, ['people_needed']],
    ['people', 'Ayu that the guard stops', AYU, TRIPPED, 9, 1, ['guard']],
    ['people once', 'Ayu that the guard stops where two are needed', AYU, TRIPPED, 9, 2, ['guard']],
    ['nobody', 'the schedule', SYSTEM, CALM, 0, 1, []],
    ['people', 'the schedule that deactivates', SYSTEM, CALM, 1, 1, ['deactivations']],
    ['nobody', 'the schedule on a target that needs two', SYSTEM, CALM, 0, 2, []],
    ['people', 'the schedule that the guard stops', SYSTEM, TRIPPED, 9, 2, ['guard']],
  ] as const)(
    'calls %s where it is one of %s',
    (_called, _whose, requestedBy, guard, deactivate, people, reasons) => {
      expect(callsOfPreview(aRun({ requestedBy }), { guard, deactivate, people })).toEqual(reasons);
    },
  );
});

describe('a failure', () => {
  it('calls people where it is one of the schedule: whoever asked is told by the thread', () => {
    expect(callsOfFailure(aRun({ requestedBy: SYSTEM }))).toEqual(['schedule_failed']);
    expect(callsOfFailure(aRun({ requestedBy: AYU }))).toEqual([]);
  });
});

describe('a call', () => {
  it('is over where the run is no more what it was called for', () => {
    for (const status of [
      'cancelled',
      'expired',
      'superseded',
      'completed',
      'executing',
      'failed',
    ] as const) {
      expect(isStillDue(aRun({ status }), 'guard'), status).toBe(false);
    }
    expect(isStillDue(aRun({ status: 'ready' }), 'expiring')).toBe(true);
    expect(isStillDue(aRun({ status: 'failed' }), 'schedule_failed')).toBe(true);
  });

  it('about somebody who confirmed alone is never over', () => {
    for (const status of ['executing', 'completed', 'failed'] as const) {
      expect(isStillDue(aRun({ status }), 'broke_glass'), status).toBe(true);
    }
  });
});
