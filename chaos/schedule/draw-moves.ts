import type { Random } from '../random.ts';
import { drawListEdit, drawUserEdit } from './draw-edits.ts';
import { drawFaults } from './draw-faults.ts';
import type { Button, Input, Move, Preparation } from './schedule.ts';

type Draft = Pick<Move, 'before' | 'inputs'>;

type Cast = { readonly random: Random; readonly replicas: number };

/** A preview, a decision, and often a second round: what admins do, with what happens around it. */
export function drawMoves(random: Random, replicas: number, places: number): Move[] {
  const cast = { random, replicas };
  const some = () => pickPlaces(random, places);
  const drafts: Draft[] = [previews(cast, some()), decision(cast, some())];
  if (random.chance(65)) drafts.push(followUp(cast, some()));
  if (drafts.length === 3 && random.chance(60)) drafts.push(decision(cast, some()));
  return drafts.map((draft) => ({ ...draft, faults: drawFaults(random, draft) }));
}

function pickPlaces(random: Random, count: number): number[] {
  const all = Array.from({ length: count }, (_, place) => place);
  return random.chance(60) ? all : [random.pick(all)];
}

function previews(cast: Cast, places: readonly number[]): Draft {
  const inputs = places.flatMap((place) => {
    const one = act(cast, place, { kind: 'preview' });
    return cast.random.chance(8) ? [one, act(cast, place, { kind: 'preview' })] : [one];
  });
  return { before: [], inputs };
}

type Decision =
  | 'confirm'
  | 'alone'
  | 'race'
  | 'undecided'
  | 'cancel'
  | 'again'
  | 'old screen'
  | 'stale'
  | 'late';

/** What becomes of the previews that wait. */
function decision(cast: Cast, places: readonly number[]): Draft {
  const drafts = places.map((place) => decide(cast, place));
  return {
    before: drafts.flatMap(({ before }) => before),
    inputs: drafts.flatMap(({ inputs }) => inputs),
  };
}

function decide(cast: Cast, place: number): Draft {
  const { random } = cast;
  const confirm = () => press(cast, place, 'confirm');
  const choice = random.weighted<Decision>([
    [42, 'confirm'],
    [16, 'race'],
    [5, 'alone'],
    [7, 'undecided'],
    [6, 'cancel'],
    [5, 'again'],
    [4, 'old screen'],
    [15, 'stale'],
    [5, 'late'],
  ]);
  switch (choice) {
    case 'confirm':
      return { before: [], inputs: [confirm()] };
    case 'alone':
      return { before: [], inputs: [press(cast, place, 'confirm alone')] };
    case 'race':
      return { before: [], inputs: Array.from({ length: random.whole(2, 4) }, confirm) };
    case 'undecided':
      return { before: [], inputs: [confirm(), press(cast, place, 'cancel')] };
    case 'cancel':
      return { before: [], inputs: [press(cast, place, 'cancel')] };
    case 'again':
      return { before: [], inputs: [confirm(), act(cast, place, { kind: 'preview' })] };
    case 'old screen':
      return { before: [], inputs: [{ ...press(cast, place, 'confirm', 'older') }] };
    case 'stale':
      return { before: edits(random, place), inputs: [confirm()] };
    case 'late':
      return { before: [{ kind: 'expire', place }], inputs: [confirm()] };
  }
}

function edits(random: Random, place: number): Preparation[] {
  const count = random.whole(1, 3);
  return Array.from({ length: count }, () => ({ kind: 'edit', place, edit: drawUserEdit(random) }));
}

/** What comes after a run has ended: it is taken back, tried again, or things have changed since. */
function followUp(cast: Cast, places: readonly number[]): Draft {
  const { random } = cast;
  const drafts = places.map((place): Draft => {
    const inputs = [
      random.weighted<() => Input>([
        [25, () => press(cast, place, 'roll back')],
        [15, () => act(cast, place, { kind: 'roll back by command' })],
        [25, () => press(cast, place, 'retry')],
        [35, () => act(cast, place, { kind: 'preview' })],
      ])(),
    ];
    const changes = random.chance(60) ? random.whole(1, 3) : 0;
    const before = Array.from({ length: changes }, (_, index): Preparation => {
      return { kind: 'list', place, edit: drawListEdit(random, 7_000 + index) };
    });
    return { before: [...before, ...(random.chance(25) ? edits(random, place) : [])], inputs };
  });
  return {
    before: drafts.flatMap(({ before }) => before),
    inputs: drafts.flatMap(({ inputs }) => inputs),
  };
}

function press(cast: Cast, place: number, button: Button, run: 'newest' | 'older' = 'newest'): Input {
  return act(cast, place, { kind: 'press', button, run });
}

function act({ random, replicas }: Cast, place: number, what: Input['act']): Input {
  const replica = () => random.whole(0, replicas - 1);
  const replays = random.chance(15) ? Array.from({ length: random.whole(1, 2) }, replica) : [];
  return { place, person: random.pick(['ayu', 'budi']), replica: replica(), replays, act: what };
}
