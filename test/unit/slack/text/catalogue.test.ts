import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { OWN_CAUSES, QUOTED_CAUSES } from '../../../../src/slack/connect/rejection-reason.ts';
import { en, type Texts } from '../../../../src/slack/text/en.ts';
import { id } from '../../../../src/slack/text/id.ts';
import { refusalText } from '../../../../src/slack/views/answers/refusal.ts';
import { whyRefused } from '../../../../src/slack/views/inline.ts';
import { detailsModal } from '../../../../src/slack/views/modals/details-modal.ts';
import { runState } from '../../../../src/slack/views/run/run-state.ts';
import { REFUSAL_CODES } from '../../../../src/sync/failures/codes.ts';
import { DATABASE_REFUSALS } from '../../../../src/sync/failures/failure.ts';
import { AUTO_HELD, actorOf } from '../../../../src/sync/rules/rules.ts';
import type { AbsenceDoubt } from '../../../../src/sync/run/absence.ts';
import { aRun } from '../../../support/view-fixtures.ts';
import { INPUT_ERRORS, TEXTS, WHY } from '../views/arbitrary-texts.ts';
import { MESSAGES, VIEWS } from '../views/arbitrary-views.ts';
import { type Call, leaves, type Recording, recorded, textAt } from './recording.ts';

// Properties are tried on many inputs, on a machine that may be busy.
vi.setConfig({ testTimeout: 30_000 });

/** The same for every reader: the table's own column, and words that others put in. */
const SAME_IN_BOTH = ['plan.skippedRow', 'details.quoted', 'failure.reason'];

/** What has many cases of its own is rendered more often. */
const MANY_CASES = [
  'the message of a failed run',
  'a reply to a thread',
  'a refusal',
  'a refusal because of a run',
  'the details of a run',
  'the sum of a /usersync all',
];

/** What a sample may miss: each word of a table. */
const DOUBTS = ['order_ignored', 'end_repeats', 'end_unknown'] as const satisfies readonly AbsenceDoubt[];

const EVERY_CASE: readonly ((t: Texts) => unknown)[] = [
  ...DATABASE_REFUSALS.map((refusal) => (t: Texts) => t.failure.databaseRefused.remedy[refusal]),
  ...WHY.map((why) => (t: Texts) => refusalText(t, { code: 'not_admin', admins: [], why })),
  ...AUTO_HELD.map((why) => (t: Texts) => t.automatic.why[why]),
  ...[
    ...Object.keys(en.rejection.slack),
    ...OWN_CAUSES,
    ...QUOTED_CAUSES.map((cause) => `${cause}: HTTP 503`),
  ].map((reason) => (t: Texts) => whyRefused(t, reason)),
  ...REFUSAL_CODES.map((code) => (t: Texts) => t.refusedSteps[code]),
  ...(['executing', 'completed'] as const).flatMap((status) => {
    const confirmedBy = actorOf({ text: 'dev=add:5', actions: ['add'], most: 5 });
    const run = aRun({ status, confirmedBy, confirmedAt: new Date() });
    return [
      (t: Texts) => runState(t, run),
      (t: Texts) => refusalText(t, { code: 'not_ready', run }),
      (t: Texts) => detailsModal(t, run, []),
    ];
  }),
  ...DOUBTS.map((doubt) => (t: Texts) => t.plan.doubt[doubt]),
];

/** Renders everything, in each language with the same data. */
function record(...languages: readonly [Texts, Texts]): readonly [Recording, Recording] {
  const begin = (t: Texts) => {
    const recording: Recording = { used: new Set(), calls: [], times: new Map() };
    return { recording, texts: recorded(t, recording) };
  };
  const [first, second] = [begin(languages[0]), begin(languages[1])];
  const render = (show: (t: Texts) => unknown) => [show(first.texts), show(second.texts)];
  for (const [what, shown] of Object.entries({ ...MESSAGES, ...VIEWS, ...TEXTS, ...INPUT_ERRORS })) {
    const numRuns = MANY_CASES.includes(what) ? 600 : 100;
    fc.sample<(t: Texts) => unknown>(shown, { numRuns, seed: 7 }).forEach(render);
  }
  EVERY_CASE.forEach(render);
  return [first.recording, second.recording];
}

let english: Recording;
let indonesian: Recording;

beforeAll(() => {
  [english, indonesian] = record(en, id);
}, 180_000);

function sources(): string {
  const folder = 'src/slack';
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') && !file.startsWith('text/'))
    .map((file) => readFileSync(join(folder, file), 'utf8'))
    .join('\n');
}

/** What no translation may change: numbers (a small one may become a word), code, and names of settings. */
function fixed(text: string): string[] {
  const found = text.match(/`[^`]+`|\b[A-Z]+_[A-Z_]+\b|\d+/g) ?? [];
  return found.filter((each) => !(Number(each) <= 12)).sort();
}

describe('the catalogues', () => {
  it('have the same texts, with the same parameters', () => {
    const shape = (texts: object) =>
      [...leaves(texts)].map(([path, leaf]) => `${path} ${typeof leaf === 'number' ? leaf : 'text'}`);
    expect(shape(id).sort()).toEqual(shape(en).sort());
  });

  it('hold nothing that nobody is told', () => {
    const code = sources();
    const unused = [...leaves(en).keys()].filter(
      (path) => !english.used.has(path) && !new RegExp(`\\bt\\.${path.replaceAll('.', '\\.')}\\b`).test(code),
    );
    expect(unused).toEqual([]);
  });

  it('are both used to the same extent', () => {
    expect([...indonesian.used].sort()).toEqual([...english.used].sort());
  });
});

describe.each([
  ['English', () => english],
  ['Indonesian', () => indonesian],
])('the %s catalogue', (_language, recording) => {
  it('leaves out no text that it is given', () => {
    const lost = recording().calls.filter(({ args, output }) =>
      args.some((arg) => typeof arg === 'string' && !output.includes(arg)),
    );
    expect(lost.slice(0, 3)).toEqual([]);
  });

  it('shows each number that it is given, where it is not so small that it may become a word', () => {
    const numbers = recording().calls.flatMap(({ path, args, output }) =>
      args.flatMap((arg, index) =>
        typeof arg === 'number' ? [{ arg, output, place: `${path}, parameter ${index + 1}` }] : [],
      ),
    );
    const isShown = ({ arg, output }: (typeof numbers)[number]) => output.includes(String(arg));
    expect(numbers.filter((each) => each.arg > 12 && !isShown(each))).toEqual([]);
    const shown = new Set(numbers.filter((each) => each.arg > 1 && isShown(each)).map(({ place }) => place));
    expect(numbers.filter(({ place }) => !shown.has(place))).toEqual([]);
  });

  it('says nothing empty, and nothing that was not meant for people', () => {
    // A server may have said nothing.
    const calls = recording().calls.filter(({ path }) => path !== 'failure.reason');
    expect(calls.filter(({ output }) => output.trim() === '')).toEqual([]);
    expect(calls.filter(({ output }) => /undefined|NaN|\[object/.test(output))).toEqual([]);
  });
});

describe('the Indonesian catalogue', () => {
  it('repeats no English text', () => {
    const texts = [...leaves(en)].filter(([, leaf]) => typeof leaf === 'string');
    const same = texts.filter(([path, text]) => text === leaves(id).get(path)).map(([path]) => path);
    const called = english.calls.filter(({ path, args, output }) => textAt(id, path, args) === output);
    const untranslated = new Set([...same, ...called.map(({ path }) => path)]);
    expect([...untranslated].filter((path) => !SAME_IN_BOTH.includes(path))).toEqual([]);
  });

  it('keeps every number, name of a setting and piece of code that the English one has', () => {
    // Numbers and backticks of an outside text are not the catalogue's.
    const withoutOutsideTexts = (args: readonly unknown[]) =>
      args.map((arg) => (typeof arg === 'string' ? 'x' : arg));
    const said = (texts: Texts, { path, args }: Call) =>
      fixed(textAt(texts, path, withoutOutsideTexts(args))).join(' ');
    expect(english.calls.filter((call) => said(id, call) !== said(en, call))).toEqual([]);
    for (const [path, text] of leaves(en)) {
      if (typeof text === 'string') expect(fixed(textAt(id, path, [])), path).toEqual(fixed(text));
    }
  });

  it('has no English words among its own', () => {
    const words =
      /\b(the|and|or|of|is|was|were|not|nothing|press|type|changed|run|operator|settings?|users? (will|was|were))\b/i;
    for (const [path, text] of leaves(id)) {
      // What an operator types stays as it is typed.
      expect(String(text).replaceAll('npm run ', ''), path).not.toMatch(words);
    }
    const ofNumbers = english.calls
      .slice(0, 5_000)
      .filter(({ args }) => args.every((arg) => typeof arg !== 'string'));
    const said = ofNumbers.map(({ path, args }) => textAt(id, path, args).replaceAll('npm run ', ''));
    expect(said.filter((text) => words.test(text))).toEqual([]);
  });
});
