import { describe, expect, it, vi } from 'vitest';
import { checkMessage, checkView } from '../../../../sandbox/strict-slack/limits/limits.ts';
import { en } from '../../../../src/slack/text/en.ts';
import { id } from '../../../../src/slack/text/id.ts';
import { historyMessage } from '../../../../src/slack/views/answers/history-message.ts';
import { homeView } from '../../../../src/slack/views/answers/home-and-help.ts';
import { statusMessage } from '../../../../src/slack/views/answers/status-message.ts';
import { usersModal } from '../../../../src/slack/views/answers/users.ts';
import { detailsModal } from '../../../../src/slack/views/modals/details-modal.ts';
import { batchMessage } from '../../../../src/slack/views/run/batch-message.ts';
import type { TargetOverview } from '../../../../src/sync/ports/overview.ts';
import type { Run } from '../../../../src/sync/run/run.ts';
import { failedRun } from '../../../support/view-fixtures.ts';
import { buttonsIn, textsIn } from './read-payload.ts';

// The largest views are drawn, on a machine that may be busy.
vi.setConfig({ testTimeout: 30_000 });

const LONGEST = 4_294_967_295;
const worst = '\u202e'.repeat(255);
const nobody = { id: 'x', name: '"\\'.repeat(127) };
const linkOf = () => `https://slack.test/${'p'.repeat(290)}`;

function worstRun(n: number, changed: Partial<Run> = {}): Run {
  const failure = { code: 'fetch_failed', reason: '"'.repeat(1_000) } as const;
  return failedRun(failure, {
    id: LONGEST - n,
    target: `t${n}-${'x'.repeat(28)}`,
    locationName: worst.slice(0, 100),
    requestedBy: nobody,
    confirmedBy: nobody,
    reverts: LONGEST,
    finishedAt: new Date('2026-11-02T03:00:00Z'),
    ...changed,
  });
}

const many = Array.from({ length: 100 }, (_, n) => worstRun(n));
const thousand = Array.from({ length: 1_000 }, (_, n) => worstRun(n));

const overviews: TargetOverview[] = many.map((run) => ({
  target: run.target,
  locationName: run.locationName,
  active: LONGEST,
  inactive: LONGEST,
  leftAlone: LONGEST,
  lastSync: { ...run, status: 'completed' },
  rolledBackSince: { ...run, status: 'completed' },
  working: { ...run, status: 'executing' },
  pending: { ...run, status: 'ready' },
  lastFailed: run,
  changedSince: LONGEST,
  moreThan: undefined,
}));

const schedule = {
  cron: '"'.repeat(300),
  timezone: '"'.repeat(300),
  next: new Date('2026-11-02T03:00:00Z'),
  targets: many.map(({ target }) => target),
};

describe.each([
  ['English', en],
  ['Indonesian', id],
])(
  'where everything is as much and as long as it can be, Slack takes in %s',
  { timeout: 30_000 },
  (_language, t) => {
    it.each([
      { targets: 100, runs: many },
      { targets: 1_000, runs: thousand },
    ])(
      'the sum of a /usersync all of $targets targets, which says how many it leaves out',
      ({ targets, runs }) => {
        const message = batchMessage(
          t,
          { id: LONGEST, channelId: 'C0', messageTs: undefined, runs },
          { linkOf },
        );
        expect(checkMessage(message, 'update')).toEqual([]);
        expect(JSON.stringify(message.blocks).length).toBeLessThan(12_000);
        const shown = textsIn(message).join('\n').match(/^• /gm)?.length ?? 0;
        expect(shown).toBeGreaterThan(5);
        expect(textsIn(message)).toContain(t.batch.more(targets - shown));
      },
    );

    it('the status, which says how to see the targets that it leaves out', () => {
      const message = statusMessage(t, overviews, { linkOf, schedule });
      expect(checkMessage(message)).toEqual([]);
      expect(JSON.stringify(message.blocks).length).toBeLessThan(12_000);
      const shown = message.blocks.filter(({ block_id }) => block_id?.startsWith('status:target:')).length;
      expect(shown).toBeGreaterThan(2);
      expect(textsIn(message)).toContain(
        t.status.more(100 - shown, `\`/usersync status ${overviews[shown]?.target}\``),
      );
      const others = thousand.map(({ target }) => target);
      const ofMany = statusMessage(t, overviews, { linkOf, schedule, others });
      expect(checkMessage(ofMany)).toEqual([]);
      expect(textsIn(ofMany)).toContain(
        t.status.more(1_100 - shown, `\`/usersync status ${overviews[shown]?.target}\``),
      );
    });

    it('a page of the history, whose next page begins where it ends', () => {
      const message = historyMessage(t, many, { target: many[0]?.target, linkOf, older: false });
      expect(checkMessage(message)).toEqual([]);
      expect(JSON.stringify(message.blocks).length).toBeLessThan(12_000);
      const buttons = message.blocks.flatMap((block) => ('accessory' in block ? [block.accessory] : []));
      expect(buttons.length).toBeGreaterThan(4);
      const last = LONGEST - buttons.length + 1;
      expect(buttonsIn(message)).toMatchObject([{ value: `${many[0]?.target}:${last}` }]);
    });

    it('the Home tab', () => {
      const home = {
        admin: true,
        overviews,
        others: [],
        recent: many,
        pauses: [],
        schedule: undefined,
        linkOf,
        channelId: 'C0',
      } as const;
      expect(checkView(homeView(t, home))).toEqual([]);
    });

    it('the details of a run with a long life', () => {
      const at = new Date('2026-11-02T03:00:00Z');
      const row = {
        at,
        step: 'refused',
        actorId: 'x',
        actorName: nobody.name,
        outcome: worst,
        reason: worst,
      };
      const modal = detailsModal(
        t,
        worstRun(0),
        Array.from({ length: 2_000 }, () => row),
      );
      expect(checkView(modal)).toEqual([]);
      expect(modal.blocks.at(-1)?.block_id).toMatch(/:steps:more$/);
    });

    it('a list of users, which says how many it leaves out', () => {
      const user = { email: worst, target: 'dev', status: 'inactive', updatedAt: new Date(0) } as const;
      const filter = { target: undefined, status: undefined, text: worst };
      const modal = usersModal(t, { total: 5_000, users: Array.from({ length: 4_000 }, () => user), filter });
      expect(checkView(modal)).toEqual([]);
      const shown = JSON.stringify(modal).match(/`dev`/g)?.length ?? 0;
      expect(textsIn(modal)).toContain(t.users.more(5_000 - shown));
    });
  },
);
