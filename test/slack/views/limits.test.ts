import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { en } from '../../../src/slack/text/en.ts';
import type { Message } from '../../../src/slack/views/blocks.ts';
import { guardModal } from '../../../src/slack/views/guard-modal.ts';
import { helpMessage, unknownTargetText } from '../../../src/slack/views/help.ts';
import { loadingModal, messageModal } from '../../../src/slack/views/modal.ts';
import { planModal } from '../../../src/slack/views/plan-modal.ts';
import { refusalText } from '../../../src/slack/views/refusal.ts';
import { readingMessage, runMessage } from '../../../src/slack/views/run-message.ts';
import { threadReply } from '../../../src/slack/views/thread-reply.ts';
import type { Change } from '../../../src/sync/change.ts';
import type { Refusal } from '../../../src/sync/refusal.ts';
import type { Run } from '../../../src/sync/run.ts';
import { checkMessage, checkView } from '../../support/slack-limits.ts';
import { count, excerpt, run } from './arbitrary-run.ts';
import { aRun, changes, NO_COUNTS } from './fixtures.ts';
import { hostileText } from './hostile.ts';

const runs = { numRuns: 300 };
const KINDS = ['add', 'reactivate', 'deactivate', 'protected', 'skipped'] as const;
const limits = fc.record({ count, percent: fc.double({ min: 0, max: 100, noNaN: true }) });

function expectWithinLimits(message: Message): void {
  expect(checkMessage(message, 'update')).toEqual([]);
  expect(JSON.stringify(message.blocks).length).toBeLessThan(12_000);
}

describe('whatever stands in the data, Slack takes', () => {
  it('the message of a run', () => {
    fc.assert(
      fc.property(run, excerpt, limits, fc.boolean(), (each, rows, guardLimits, secondPerson) => {
        expectWithinLimits(runMessage(en, each, rows, { guardLimits, secondPerson }));
      }),
      runs,
    );
  });

  it('the progress of a run', () => {
    fc.assert(
      fc.property(run, count, fc.option(count, { nil: undefined }), (each, users, total) => {
        expectWithinLimits(readingMessage(en, each, users, total));
      }),
      runs,
    );
  });

  it('a reply to a thread', () => {
    fc.assert(
      fc.property(run, fc.nat(), (each, noticeId) => {
        const reply = threadReply(en, each, noticeId);
        expectWithinLimits(reply);
        expect(reply.blocks[0]?.block_id).toBe(`notice:${noticeId}`);
      }),
      runs,
    );
  });

  it('the modal of a plan', () => {
    fc.assert(
      fc.property(run, excerpt, fc.array(hostileText(255)), fc.boolean(), (each, rows, emails, truncated) => {
        const entries: readonly Change[] = Object.values(rows).flat();
        expect(checkView(planModal(en, each, entries, { emails, truncated }))).toEqual([]);
      }),
      runs,
    );
  });

  it('the modal of the guard', () => {
    fc.assert(
      fc.property(run, limits, (each, guardLimits) => {
        fc.pre(!each.target.includes('<!'));
        expect(checkView(guardModal(en, each, guardLimits))).toEqual([]);
      }),
      runs,
    );
  });

  it('a refusal, as a message and in a modal', () => {
    fc.assert(
      fc.property(run, hostileText(300), fc.array(hostileText(64)), (each, text, channelIds) => {
        for (const refusal of refusals(each, text, channelIds)) {
          const body = refusalText(en, refusal);
          expect(checkMessage({ text: body })).toEqual([]);
          expect(checkView(messageModal(en, text || 'x', body))).toEqual([]);
        }
      }),
      runs,
    );
  });

  it('help, and the answer to an unknown target', () => {
    fc.assert(
      fc.property(hostileText(4_000), fc.array(hostileText(64), { maxLength: 60 }), (typed, targets) => {
        expectWithinLimits(helpMessage(en, targets));
        expect(checkMessage({ text: unknownTargetText(en, typed, targets) })).toEqual([]);
      }),
      runs,
    );
  });

  it('the modal of a plan whose every email is as long as it can be', () => {
    const rows = Array.from({ length: 60 }, () => '\u202e'.repeat(255));
    const entries = KINDS.flatMap((kind) => changes(kind, rows));
    const each = aRun(
      {},
      { add: 60, reactivate: 60, deactivate: 60, protected: 60, skipped: 60, unchanged: 60 },
    );
    const modal = planModal(en, each, entries, { emails: rows, truncated: false });
    expect(checkView(modal)).toEqual([]);
    expect(modal.blocks.length).toBeGreaterThan(90);
    expect(JSON.stringify(modal)).not.toContain('…`');
  });

  it('a loading modal', () => {
    expect(checkView(loadingModal(en, en.guard.modalTitle))).toEqual([]);
    expect(checkView(loadingModal(en, en.plan.modalTitle(4_294_967_295)))).toEqual([]);
  });

  it('a message whose lists are as long as they can be', () => {
    const worst = '\u202e'.repeat(255);
    const quotes = '"\\'.repeat(127);
    for (const email of [worst, quotes, `${'a'.repeat(245)}@depot.dkm`]) {
      const rows = Array.from({ length: 30 }, () => email);
      const each = aRun(
        {
          locationName: worst.slice(0, 100),
          guard: { tripped: true, why: 'limits', deactivate: 9, recentlyDeactivated: 9, active: 99 },
        },
        Object.fromEntries(Object.keys(NO_COUNTS).map((name) => [name, 4_294_967_295])),
      );
      const message = runMessage(
        en,
        each,
        {
          add: changes('add', rows),
          reactivate: changes('reactivate', rows),
          deactivate: changes('deactivate', rows),
          omitted: changes('omitted', rows),
          protected: changes('protected', rows),
          skipped: changes('skipped', rows).map((change) => ({ ...change, detail: email })),
        },
        { guardLimits: { count: 5, percent: 20 }, secondPerson: true },
      );
      expectWithinLimits(message);
      for (const kind of KINDS) {
        const list = message.blocks.find(({ block_id }) => block_id?.endsWith(`:${kind}`));
        expect(JSON.stringify(list)).toContain('\\n`');
      }
    }
  });
});

function refusals(each: Run, text: string, channelIds: readonly string[]): Refusal[] {
  return [
    { code: 'not_admin', why: 'guest' },
    { code: 'wrong_channel', channelIds },
    { code: 'location_missing', target: text },
    { code: 'run_not_found' },
    { code: 'wrong_message' },
    { code: 'not_ready', run: each },
    { code: 'expired', run: each },
    { code: 'location_busy', holder: each },
    { code: 'second_person_needed', run: each },
    { code: 'guard_tripped' },
    { code: 'target_mismatch', expected: text },
    { code: 'reason_missing' },
    { code: 'already_followed', run: each },
    { code: 'not_failed', run: each },
    { code: 'not_completed', run: each },
    { code: 'not_in_plan', emails: [text, ...channelIds] },
    { code: 'nothing_left' },
    { code: 'nothing_completed' },
  ];
}
