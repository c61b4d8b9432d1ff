import { randomFrom } from '../random.ts';
import type { Fault, Phase } from './fault.ts';
import type { Input, Move, Place, Schedule } from './schedule.ts';

/** Where a process is killed: every point of a run, from the click to the word in the thread. */
type Spot = {
  readonly during: 'preview' | 'confirm';
  readonly point: string;
  readonly phase: Phase;
  /** What was just sent reaches Slack although its sender is gone. */
  readonly arrives?: boolean;
};

const SPOTS: readonly Spot[] = [
  // Before the claim, and while reading.
  { during: 'preview', point: 'commit request', phase: 'after' },
  { during: 'preview', point: 'slack post', phase: 'after' },
  { during: 'preview', point: 'depot page', phase: 'before' },
  { during: 'preview', point: 'sql stage a page', phase: 'after' },
  { during: 'preview', point: 'commit draft', phase: 'before' },
  { during: 'preview', point: 'commit present', phase: 'after' },
  { during: 'preview', point: 'slack show ready', phase: 'before', arrives: true },
  { during: 'confirm', point: 'sql claim', phase: 'before' },
  // Between the confirm's commit and the transaction.
  { during: 'confirm', point: 'commit claim', phase: 'after' },
  { during: 'confirm', point: 'slack show executing', phase: 'before' },
  { during: 'confirm', point: 'sql execute', phase: 'before' },
  // Inside it.
  { during: 'confirm', point: 'sql change users', phase: 'after' },
  { during: 'confirm', point: 'sql add users', phase: 'after' },
  { during: 'confirm', point: 'commit execute', phase: 'before' },
  // After it.
  { during: 'confirm', point: 'commit execute', phase: 'after' },
  { during: 'confirm', point: 'sql claim a notice', phase: 'after' },
  { during: 'confirm', point: 'slack show completed', phase: 'after' },
  // While telling.
  { during: 'confirm', point: 'slack reply', phase: 'before' },
  { during: 'confirm', point: 'slack reply', phase: 'before', arrives: true },
  { during: 'confirm', point: 'slack reply', phase: 'after' },
];

/**
 * A sync in which a process is killed at one spot: seeds that follow each other go through all spots, with two replicas and
 * with one bot that is started again. Nothing else goes wrong, and the bots look for work as often as in production.
 */
export function drawDrill(seed: number): Schedule {
  const random = randomFrom(seed);
  const spot = SPOTS[Math.floor(seed / 2) % SPOTS.length];
  const replicas = 1 + (seed % 2);
  const replica = random.whole(0, replicas - 1);
  const other = replicas - 1 - replica;
  return {
    seed,
    replicas,
    pace: 'production',
    table: 'plain',
    places: [drawPlace(random.whole(5, 30))],
    settings: {
      pageSize: 5,
      guard: { count: 100, percent: 100 },
      protectedEmails: [],
      twoPersonTargets: [],
      frozen: false,
      breakGlass: true,
      absenceDays: 0,
      scheduled: undefined,
    },
    moves: drawMoves(spot, replica, other),
  };
}

function drawMoves(spot: Spot | undefined, replica: number, other: number): Move[] {
  const act = (what: Input['act'], by: number): Input => {
    return { place: 0, person: 'ayu', replica: by, replays: [], act: what };
  };
  const confirm: Input['act'] = { kind: 'press', button: 'confirm', run: 'newest' };
  const faults = (during: Spot['during']) => (spot?.during === during ? [killAt(spot)] : []);
  return [
    { before: [], inputs: [act({ kind: 'preview' }, replica)], faults: faults('preview') },
    { before: [], inputs: [act(confirm, replica)], faults: faults('confirm') },
    // Whoever sees nothing happen presses again.
    { before: [], inputs: [act(confirm, other)], faults: [] },
  ];
}

/** The one bot is started again at once; where there is another one, it is alone with what is left. */
function killAt({ point, phase, arrives = false }: Spot): Fault {
  return { point, phase, nth: 1, effect: { kind: 'kill', restart: 'at rest', arrives } };
}

function drawPlace(size: number): Place {
  const number = Array.from({ length: size }, (_, index) => index + 1);
  return {
    id: 8,
    target: 'dev',
    name: 'Dev',
    users: [
      { email: 'leaves@dkm', status: 'active', deleted: false },
      { email: 'returns@dkm', status: 'inactive', deleted: false },
      { email: 'stays@dkm', status: 'active', deleted: false },
    ],
    list: [
      { id_user: 1_000, email: 'returns@dkm', status_user: 1 },
      { id_user: 1_001, email: 'stays@dkm', status_user: 1 },
      ...number.map((id) => ({ id_user: id, email: `comes${id}@dkm`, status_user: 1 })),
    ],
  };
}
