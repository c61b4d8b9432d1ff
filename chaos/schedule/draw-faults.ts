import type { Random } from '../random.ts';
import { drawListEdit } from './draw-edits.ts';
import type { ListEdit } from './edits.ts';
import type { DepotAnswer, Effect, Fault, Phase } from './fault.ts';
import { CANCEL_POINTS, COMMON_POINTS, DELICATE_POINTS, EXECUTION_POINTS, READING_POINTS } from './points.ts';
import { drawRefusals } from './refusal.ts';
import type { Input, Move } from './schedule.ts';

/** Calls for which no person waits, so that seconds without an answer are only a delay. */
const HANGING: readonly string[] = [
  'slack post',
  'slack show ready',
  'slack show executing',
  'slack show completed',
  'slack reply',
  'slack upload',
  'slack take the file',
];

/** What goes wrong in a move: nothing in a third of them. */
export function drawFaults(random: Random, { inputs }: Pick<Move, 'inputs'>): Fault[] {
  const count = random.weighted([
    [30, 0],
    [42, 1],
    [20, 2],
    [8, 3],
  ]);
  const points = [...new Set(inputs.map(pointsOf))].flat();
  if (points.length === 0) return [];
  return Array.from({ length: count }, () => drawFault(random, random.chance(80) ? points : COMMON_POINTS));
}

function pointsOf({ act }: Input): readonly string[] {
  if (act.kind !== 'press') return READING_POINTS;
  switch (act.button) {
    case 'confirm':
    case 'confirm alone':
      return EXECUTION_POINTS;
    case 'cancel':
      return CANCEL_POINTS;
    case 'retry':
    case 'roll back':
      return READING_POINTS;
  }
}

function drawFault(random: Random, points: readonly string[]): Fault {
  const point = random.pick(points);
  const effect = drawEffect(random, point);
  const phase: Phase =
    point.startsWith('depot') || isAnswer(effect) ? 'before' : random.pick(['before', 'after']);
  return { point, phase, nth: drawNth(random, point), effect };
}

/** What Slack answers instead. No answer at all may come before Slack did what was asked, or after. */
function isAnswer(effect: Effect): boolean {
  return effect.kind === 'slack' && effect.answer !== 'lost' && effect.answer !== 'hanging';
}

function drawNth(random: Random, point: string): number {
  if (point === 'depot page' || point === 'sql stage a page') return random.whole(1, 6);
  return random.weighted([
    [72, 1],
    [18, 2],
    [10, 3],
  ]);
}

function drawEffect(random: Random, point: string): Effect {
  const arrives = point.startsWith('slack') && random.chance(50);
  const kill: Effect = { kind: 'kill', restart: random.pick(['at once', 'at rest']), arrives };
  const pause: Effect = { kind: 'pause', until: drawAwakening(random) };
  const stop: Effect = { kind: 'stop' };
  const refusals: Effect = { kind: 'refusals', refused: drawRefusals(random) };
  if (point.startsWith('slack')) {
    const answer = random.pick(['limited', 'error', 'failed', 'lost', 'lost'] as const);
    return random.weighted<Effect>([
      [34, kill],
      [24, { kind: 'slack', answer, times: random.whole(1, 3) }],
      [HANGING.includes(point) ? 8 : 0, { kind: 'slack', answer: 'hanging', times: 1 }],
      [24, refusals],
      [8, pause],
      [6, stop],
      [6, { kind: 'cut', all: true }],
    ]);
  }
  if (point.startsWith('depot')) {
    return random.weighted<Effect>([
      [45, { kind: 'depot', answer: drawDepotAnswer(random), times: random.pick([1, 1, 2, 9]) }],
      [point === 'depot page' ? 40 : 0, drawMove(random)],
      [20, kill],
      [9, pause],
      [8, stop],
      [8, refusals],
    ]);
  }
  return random.weighted<Effect>([
    [50, kill],
    [20, { kind: 'cut', all: random.chance(40) }],
    [11, pause],
    [7, stop],
    [12, refusals],
  ]);
}

function drawAwakening(random: Random): Extract<Effect, { kind: 'pause' }>['until'] {
  if (random.chance(50)) return 'rest';
  return { point: random.pick(DELICATE_POINTS), nth: random.whole(1, 2) };
}

function drawDepotAnswer(random: Random): DepotAnswer {
  return random.weighted<DepotAnswer>([
    [25, 'unavailable'],
    [10, 'limited'],
    [12, 'unauthorized'],
    [14, 'truncated'],
    [8, 'web page'],
    [12, 'reset'],
    [16, 'slow'],
    [3, 'hanging'],
  ]);
}

/** Half of the time someone leaves and someone else comes, so that every count stays the same. */
function drawMove(random: Random): Effect {
  if (random.chance(50)) {
    const leaves: ListEdit = { how: 'remove', pick: random.fraction() / 4 };
    return {
      kind: 'moved list',
      edits: [leaves, { how: 'add', row: { id_user: 9_900, email: 'late9900@dkm' } }],
    };
  }
  const edits = Array.from({ length: random.whole(1, 3) }, (_, index) => drawListEdit(random, 9_000 + index));
  return { kind: 'moved list', edits };
}
