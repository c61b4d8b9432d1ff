import { describe, expect, it } from 'vitest';
import { en } from '../../../../../src/slack/text/en.ts';
import { digestMessage } from '../../../../../src/slack/views/answers/automation.ts';
import { createDigestFacts, type DigestFacts } from '../../../../../src/sync/automation/digest.ts';
import type { TargetOverview } from '../../../../../src/sync/ports/overview.ts';
import { ANN, completedRun } from '../../../../support/view-fixtures.ts';
import { anOverview } from '../overviews.ts';
import { textOf } from '../read-payload.ts';

const NOTHING: DigestFacts = {
  since: new Date('2026-11-22T00:00:00Z'),
  until: new Date('2026-11-29T00:00:00Z'),
  syncs: [],
  alone: [],
  targets: [],
  waiting: [],
  end: undefined,
};
const digest = (facts: Partial<DigestFacts>) =>
  digestMessage(en, { ...NOTHING, ...facts }, { key: 'week', linkOf: () => undefined });
const drift = (changed: Partial<TargetOverview>) =>
  textOf(digest({ targets: [anOverview(changed)] }), 'digest:week:drift');

describe('the digest', () => {
  it('says in its text what its lists say, since a screen reader reads nothing else', () => {
    const { text } = digest({ targets: [anOverview({ inactive: 3 })] });
    expect(text).toMatch(/^Weekly Digest\nFrom /);
    expect(text).toContain('Nobody synced anything.');
    expect(text).toContain('3 inactive users.');
  });

  it('tells no number of inactive users where only a part of the users was counted, and tells that first', () => {
    const inactive = (changed: Partial<TargetOverview>) => anOverview({ inactive: 3, ...changed });
    const targets = [inactive({ target: 'a' }), inactive({ target: 'b', inactive: 0, moreThan: 5_000 })];
    expect(textOf(digest({ targets }), 'digest:week:inactive').split('\n').slice(1)).toEqual([
      '• *Dev* (`b`): too many users to count the inactive ones. Type `/usersync inactive b` to see them.',
      '• *Dev* (`a`): 3 inactive users. Type `/usersync inactive a` to see them.',
    ]);
  });

  it('says in its text as many lines of long lists as there is space for, and the end of the audit log last', () => {
    const targets = Array.from({ length: 40 }, (_, n) =>
      anOverview({ target: `${n}${'x'.repeat(80)}`, inactive: 3 }),
    );
    const { text } = digest({ targets });
    expect(text.length).toBeLessThan(3_200);
    expect(text).toContain(`0${'x'.repeat(80)}`);
    expect(text).toMatch(/\n…$/);
    expect(digest({ end: { seq: 7n, hash: 'a'.repeat(64) } }).text).toMatch(/7.*a{8}/s);
  });

  it('says what changed since the last sync, and does not call uncounted changes none', () => {
    const lastSync = completedRun();
    expect(drift({ lastSync })).toMatch(/nothing else changed since$/);
    expect(drift({ lastSync, changedSince: 4 })).toMatch(/4 users changed by something else since$/);
    expect(drift({ lastSync, moreThan: 10_000 })).toMatch(/too many users to count what changed since$/);
    expect(drift({ lastSync: completedRun({ takenBackBy: 13 }) })).toMatch(/, taken back by run 13$/);
    expect(drift({})).toMatch(/never synced$/);
  });

  it('begins with the targets where most has changed or is inactive, and counts those without space', () => {
    const lastSync = completedRun();
    const targets = [
      ...Array.from({ length: 60 }, (_, n) => anOverview({ target: `t${n}`, lastSync })),
      anOverview({ target: 'drifted', lastSync, changedSince: 4, inactive: 9 }),
    ];
    const [, drifted, ...others] = textOf(digest({ targets }), 'digest:week:drift').split('\n');
    expect(drifted).toMatch(/`drifted`.*4 users changed/);
    expect(others.at(-1)).toContain(`${61 - others.length} more`);
    expect(textOf(digest({ targets }), 'digest:week:inactive').split('\n')[1]).toContain('`drifted`');
  });

  it('has a part for what happened alone, and says so where no sync was made', () => {
    const parts = (facts: Partial<DigestFacts>) =>
      digest(facts).blocks.map(({ block_id }) => block_id?.replace('digest:week:', ''));
    expect(parts({})).toEqual(['title', 'period', 'syncs']);
    expect(textOf(digest({}), 'digest:week:syncs')).toContain(en.digest.noSyncs);
    const sync = { by: ANN, target: 'dev', runs: 2, rollbacks: 1, add: 3, reactivate: 0, deactivate: 1 };
    expect(textOf(digest({ syncs: [sync] }), 'digest:week:syncs')).toBe(
      `*${en.digest.syncs}*\n${en.digest.sync('<@U0ANN>', '`dev`', '3 added, 1 deactivated', 2, 1)}`,
    );
    const targets = [anOverview({ inactive: 4 }), anOverview({ target: 'gone', locationName: undefined })];
    const full = digest({ targets, end: { seq: 7n, hash: 'f'.repeat(64) } });
    expect(textOf(full, 'digest:week:drift').split('\n')).toHaveLength(2);
    expect(textOf(full, 'digest:week:inactive')).toContain('`/usersync inactive dev`');
    expect(parts({ targets: [anOverview({ inactive: 0 })] })).not.toContain('inactive');
    expect(JSON.stringify(full)).toContain(en.digest.end('7', `\`${'f'.repeat(64)}\``));
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
