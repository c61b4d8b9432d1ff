import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { textsFor } from '../../../../src/slack/text/language.ts';
import { TEXTS } from '../views/arbitrary-texts.ts';
import { MESSAGES, type Shown, VIEWS } from '../views/arbitrary-views.ts';

// Much is rendered, on a machine that may be busy.
vi.setConfig({ testTimeout: 60_000 });

const deployment = { command: '/sync-staging', label: 'staging' };
const LANGUAGES = ['en', 'id'] as const;
const EVERYTHING: Readonly<Record<string, Shown<unknown>>> = { ...MESSAGES, ...VIEWS, ...TEXTS };

const samples = new Map<string, readonly ReturnType<typeof drawn>[number][]>();
const drawn = (what: string) =>
  fc.sample(EVERYTHING[what] ?? fc.constant(() => ''), { numRuns: 40, seed: 7 });

/** The same for every language. */
function sample(what: string) {
  const known = samples.get(what) ?? drawn(what);
  samples.set(what, known);
  return known;
}

/** Messages that are no card of their own: they stand below one. */
const BELOW = ['a reply to a thread', 'a call of people'];
/** Modals open above a card; only the one that executes names the deployment. */
const CARDS = [...Object.keys(MESSAGES), 'the modal of the guard', 'the Home tab of an admin'];

describe.each(LANGUAGES)('a deployment of its own name, in %s', (language) => {
  const t = textsFor(undefined, language, deployment);

  it.each(Object.keys(EVERYTHING))('never names the command of another one: %s', (what) => {
    const shown = sample(what).map((show) => JSON.stringify(show(t)));
    expect(shown.filter((text) => /[/@]usersync\b/.test(text))).toEqual([]);
  });

  it.each(CARDS.filter((what) => !BELOW.includes(what)))('says which one it is: %s', (what) => {
    const shown = sample(what).map((show) => JSON.stringify(show(t)));
    expect(shown.filter((text) => !text.includes('[staging] '))).toEqual([]);
  });

  it('is called by its name by whoever invites it', () => {
    expect(JSON.stringify(sample('a refusal').map((show) => show(t)))).toContain('`/sync-staging ');
  });
});

describe('a deployment without a label', () => {
  it('stands on no card', () => {
    const t = textsFor(undefined, 'en', { command: '/usersync', label: undefined });
    for (const what of CARDS) {
      for (const show of sample(what).slice(0, 20)) {
        expect(show(t)).toEqual(show(textsFor(undefined, 'en')));
      }
    }
  });
});
