import { describe, expect, it } from 'vitest';
import { en } from '../../../../../src/slack/text/en.ts';
import { digestMessage } from '../../../../../src/slack/views/answers/automation.ts';
import { createDigestFacts } from '../../../../../src/sync/automation/digest.ts';
import type { TargetOverview } from '../../../../../src/sync/ports/overview.ts';
import { completedRun } from '../../../../support/view-fixtures.ts';
import { anOverview } from '../overviews.ts';
import { textOf } from '../read-payload.ts';

function drift(changed: Partial<TargetOverview>): string {
  const [since, until] = [new Date('2026-11-22T00:00:00Z'), new Date('2026-11-29T00:00:00Z')];
  const facts = {
    since,
    until,
    syncs: [],
    alone: [],
    targets: [anOverview(changed)],
    waiting: [],
    end: undefined,
  };
  return textOf(digestMessage(en, facts, { key: 'week', linkOf: () => undefined }), 'digest:week:drift');
}

describe('the digest', () => {
  it('says what changed since the last sync, and does not call uncounted changes none', () => {
    const lastSync = completedRun();
    expect(drift({ lastSync })).toMatch(/nothing else changed since$/);
    expect(drift({ lastSync, changedSince: 4 })).toMatch(/4 users changed by something else since$/);
    expect(drift({ lastSync, moreThan: 10_000 })).toMatch(/too many users to count what changed since$/);
    expect(drift({ lastSync: completedRun({ takenBackBy: 13 }) })).toMatch(/, taken back by run 13$/);
    expect(drift({})).toMatch(/never synced$/);
  });

  it.each([
    [60, ''],
    [1_200, 'at least '],
  ])('counts the %i runs confirmed alone, also those that it has no space to name', async (all, atLeast) => {
    const runs = Array.from({ length: all }, (_, n) =>
      completedRun({ id: n + 1, reason: 'Nobody is awake' }),
    );
    const facts = await createDigestFacts({
      digests: {
        syncs: async () => [],
        alone: async (_since, _until, most) => runs.slice(0, most),
        waiting: async (most) => runs.slice(0, most),
        end: async () => undefined,
      },
      overview: { targets: async () => [] },
      lastDue: () => new Date('2026-11-22T00:00:00Z'),
      targets: [],
    })(new Date('2026-11-29T00:00:00Z'));
    const message = digestMessage(en, facts, { key: 'week', linkOf: () => undefined });
    for (const part of ['alone', 'waiting']) {
      const lines = textOf(message, `digest:week:${part}`).split('\n').slice(1);
      const [, least, more] = /^…and (\D*)(\d+) more$/.exec(lines.at(-1) ?? '') ?? [];
      expect(least, part).toBe(atLeast);
      expect(lines.length - 1 + Number(more), part).toBe(Math.min(all, 1_000));
    }
  });
});
