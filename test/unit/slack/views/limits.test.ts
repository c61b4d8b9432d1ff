import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { checkMessage, checkView } from '../../../../sandbox/strict-slack/limits/limits.ts';
import { en, type Texts } from '../../../../src/slack/text/en.ts';
import { textsFor } from '../../../../src/slack/text/language.ts';
import { type Message, messageModal } from '../../../../src/slack/views/blocks.ts';
import type { Excerpt } from '../../../../src/slack/views/run/excerpt.ts';
import { replacement, runMessage } from '../../../../src/slack/views/run/run-message.ts';
import { planModal } from '../../../../src/slack/views/run/whole-plan.ts';
import { LISTED_ACTIONS } from '../../../../src/sync/run/change.ts';
import type { Run } from '../../../../src/sync/run/run.ts';
import { aRun, changes, NO_COUNTS } from '../../../support/view-fixtures.ts';
import { LINK } from './arbitrary-admin.ts';
import { INPUT_ERRORS, TEXTS } from './arbitrary-texts.ts';
import { MESSAGES, type Shown, VIEWS } from './arbitrary-views.ts';
import { textsIn } from './read-payload.ts';

// Properties are tried on many inputs, on a machine that may be busy.
vi.setConfig({ testTimeout: 30_000 });

/** The longest names that a deployment can have. */
const LONG = { command: `/${'x'.repeat(31)}`, label: 'y'.repeat(20) };

function expectWithinLimits(message: Message, language: string): void {
  expect(checkMessage(message, 'update'), language).toEqual([]);
  expect(JSON.stringify(message.blocks).length, language).toBeLessThan(12_000);
}

/** Dates, members, channels and addresses that the bot itself made; the traps of `hostile.ts` are none of them. */
const OWN = new RegExp(
  `^<(!subteam\\^S[A-Z0-9]+|!date\\^\\d+\\^[^|<>]+\\|[^|<>]+|@(?!U123>)[UW][A-Z0-9]+|#[CG][A-Z0-9]+|${LINK}\\|[^<>]+|https://(?!x\\.test)[^|<>\\s]+\\|[^<>]+)>$`,
);

function expectNoForeignMarkup(texts: readonly string[], language: string): void {
  const tokens = texts.flatMap((text) => text.match(/<[^>]*>?/g) ?? []);
  expect(
    tokens.filter((token) => !OWN.test(token)),
    language,
  ).toEqual([]);
}

/** Long names are the harder case. In one language they are enough, because both write them in the same places. */
const LANGUAGES = [
  ['English', en],
  ['Indonesian under long names', textsFor(undefined, 'id', LONG)],
] as const;

/** Draws once for all languages: that takes longer than to look at what is shown. */
function inEachLanguage<Result>(
  shown: Shown<Result>,
  look: (result: Result, t: Texts, language: string) => void,
): void {
  const property = fc.property(shown, (show) => {
    for (const [language, t] of LANGUAGES) look(show(t), t, language);
  });
  fc.assert(property, { numRuns: 100 });
}

describe('whatever stands in the data, Slack takes in every language', () => {
  it.each(Object.entries(MESSAGES))('%s', (_what, shown) => {
    inEachLanguage(shown, (message, _t, language) => {
      expectWithinLimits(message, language);
      expectNoForeignMarkup(textsIn(message), language);
    });
  });

  it.each(Object.entries(VIEWS))('%s', (_what, shown) => {
    inEachLanguage(shown, (view, _t, language) => {
      expect(checkView(view), language).toEqual([]);
      expectNoForeignMarkup(textsIn(view), language);
    });
  });

  it.each(Object.entries(TEXTS))('%s, as a message and in a modal', (_what, shown) => {
    inEachLanguage(shown, (text, t, language) => {
      expect(checkMessage({ text }), language).toEqual([]);
      expect(checkView(messageModal(t, 'x', text)), language).toEqual([]);
      expectNoForeignMarkup([text], language);
    });
  });

  it.each(Object.entries(INPUT_ERRORS))('%s', (_what, shown) => {
    inEachLanguage(shown, (errors, _t, language) => {
      for (const text of Object.values(errors)) {
        expect(text.length, language).toBeLessThan(400);
        expect(text, language).not.toMatch(/<[!@#]/);
      }
    });
  });
});

const WORST = '\u202e'.repeat(255);
const LONGEST_EMAILS = [WORST, '"\\'.repeat(127), `${'a'.repeat(245)}@depot.dkm`];
const guardLimits = { count: 5, percent: 20 };

function longestRun(more: Partial<Run> = {}): Run {
  return aRun(
    {
      locationName: WORST.slice(0, 100),
      guard: { tripped: true, why: 'limits', deactivate: 9, recentlyDeactivated: 9, active: 99 },
      ...more,
    },
    Object.fromEntries(Object.keys(NO_COUNTS).map((name) => [name, 4_294_967_295])),
  );
}

function longestLists(email: string): Excerpt {
  const rows = Array.from({ length: 30 }, () => email);
  return {
    add: changes('add', rows),
    reactivate: changes('reactivate', rows),
    deactivate: changes('deactivate', rows),
    omitted: changes('omitted', rows),
    protected: changes('protected', rows),
    kept: changes('kept', rows).map((change) => ({ ...change, detail: 'ambiguous' })),
    skipped: changes('skipped', rows).map((change) => ({ ...change, detail: email })),
  };
}

describe.each(LANGUAGES)('at its longest, Slack takes in %s', (language, t) => {
  it('the modal of a plan whose every email is as long as it can be', () => {
    const rows = Array.from({ length: 60 }, () => WORST);
    const entries = LISTED_ACTIONS.flatMap((kind) => changes(kind, rows));
    const sixty = Object.fromEntries([...LISTED_ACTIONS, 'unchanged'].map((kind) => [kind, 60]));
    const modal = planModal(t, aRun({}, sixty), entries, { emails: rows, truncated: false });
    expect(checkView(modal)).toEqual([]);
    expect(modal.blocks.length).toBeGreaterThan(90);
    expect(JSON.stringify(modal)).not.toContain('…`');
  });

  it.each(LONGEST_EMAILS)('a message whose lists are as long as they can be: emails %#', (email) => {
    const people = { needed: 2, approvals: [] };
    const message = runMessage(t, longestRun(), longestLists(email), {
      guardLimits,
      people,
      breakGlass: true,
    });
    expectWithinLimits(message, language);
    for (const kind of LISTED_ACTIONS) {
      const list = message.blocks.find(({ block_id }) => block_id?.endsWith(`:${kind}`));
      expect(JSON.stringify(list)).toContain('\\n`');
    }
  });

  it.each(LONGEST_EMAILS)(
    'the same under all that a preview can warn of, where Slack let nobody edit it: emails %#',
    (email) => {
      const absence = { days: 7, proposed: 4_294_967_295, waiting: 4_294_967_295 };
      const run = longestRun({ autoRule: WORST, autoHeld: 'rule_changed', absence });
      const approvals = Array.from({ length: 8 }, (_, n) => ({
        actor: { id: `cli:${n}`, name: WORST },
        at: new Date(),
      }));
      const people = { needed: 9, approvals };
      const frozenUntil = new Date(Date.now() + 600_000);
      const message = runMessage(t, run, longestLists(email), {
        guardLimits,
        frozenUntil,
        people,
        breakGlass: true,
      });
      expectWithinLimits(message, language);
      expectWithinLimits(replacement(t, run, message, 'message_not_found'), language);
    },
  );
});
