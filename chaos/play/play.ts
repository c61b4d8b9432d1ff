import { setTimeout as pause } from 'node:timers/promises';
import type { Connection } from 'mariadb';
import { trouble } from '../../src/slack/text/en/answers.ts';
import { auditProblems } from '../checks/audit.ts';
import { ruleProblems } from '../checks/by-rule.ts';
import type { Evidence } from '../checks/evidence.ts';
import { checkLiveness } from '../checks/liveness.ts';
import { checkOutcomes } from '../checks/outcomes.ts';
import { checkPlans } from '../checks/plans.ts';
import { shownProblems } from '../checks/shown.ts';
import { toldProblems } from '../checks/told.ts';
import { untouchable } from '../checks/untouched.ts';
import { checkUsers } from '../checks/users.ts';
import type { Witness } from '../checks/witness.ts';
import type { Effect, Fired } from '../schedule/fault.ts';
import type { Move, Preparation, Schedule } from '../schedule/schedule.ts';
import { createWorld, type Stage, type World } from '../world/world.ts';
import { type Delay, delaysOf, type PlayedMove } from './delays.ts';
import { postedNotices, readNotices } from './notices.ts';
import { type Deed, perform } from './perform.ts';
import { prepare } from './prepare.ts';
import { pressOldButtons } from './press-old.ts';
import { type RunRow, takeSnapshot } from './snapshot.ts';

/** What became of one schedule. */
export type Played = {
  readonly schedule: Schedule;
  /** What must not happen, and did. Empty where all is well. */
  readonly problems: readonly string[];
  readonly fired: readonly Fired[];
  readonly delays: readonly Delay[];
  readonly runs: readonly RunRow[];
  readonly takeovers: number;
  /** How often leases had to be ended although their holders lived. */
  readonly jumps: number;
  readonly pointsSeen: ReadonlySet<string>;
  readonly seconds: number;
  /** What the bots printed. */
  readonly logs: readonly string[];
};

/** How a bot answers to what it was asked for. */
const ANSWERS = ['requested', 'confirmed', 'approved', 'withdrawn', 'cancelled', 'refused'];
/** What it says where it could do neither. */
const ON_HOLD = /^The database cannot be reached, so run \d+ is on hold/;
const UNABLE: readonly string[] = [
  trouble.databaseLost,
  trouble.databaseLostCommitting,
  trouble.unexpected(undefined),
];

/** So long it may take until what a bot has acknowledged is done or refused, on a machine that is busy. */
const SERVED_WITHIN_MS = 8_000;
/** Nobody waits for a preview on the schedule: a busy machine may take its time. */
const SCHEDULED_WITHIN_MS = 60_000;
/** What can make a bot forget what it has acknowledged, and after which silence it has. */
const DISRUPTIVE: readonly Effect['kind'][] = ['kill', 'pause', 'stop'];
const FORGOTTEN_AFTER_MS = 400;

const CHECKS = [checkUsers, checkPlans, checkOutcomes, checkLiveness];

/** Plays a schedule in a world of its own, and holds each move against the model. Stops at the first bad move. */
export async function play(schedule: Schedule, stage: Stage): Promise<Played> {
  const began = performance.now();
  const world = await createWorld(schedule, stage);
  const story: Story = { problems: [], moves: [], jumps: 0 };
  try {
    await playMoves(world, story);
  } catch (error) {
    story.problems.push(error instanceof Error ? `${error.name}: ${error.message}` : String(error));
  }
  const { jumps, moves } = story;
  const runs = [...(await takeSnapshot(world.sql)).runs.values()];
  const posted = postedNotices(await readNotices(world.sql), world.slack.workspace.messages);
  const takeovers = await countSteps(world.sql, ['taken_over']);
  await world.end();
  return {
    schedule,
    problems: [...story.problems, ...world.problems],
    fired: moves.flatMap(({ fired }) => fired),
    delays: delaysOf(world, moves, runs, posted),
    runs,
    takeovers,
    jumps,
    pointsSeen: new Set(world.wires.seen.keys()),
    seconds: (performance.now() - began) / 1000,
    logs: world.replicas.logs(),
  };
}

/** What is told of it while it is played. */
type Story = { readonly problems: string[]; readonly moves: PlayedMove[]; jumps: number };

async function playMoves(world: World, story: Story): Promise<void> {
  const untouched = await untouchable(world.sql);
  await untilScheduled(world);
  story.problems.push(...ruleProblems(world.schedule, [...(await takeSnapshot(world.sql)).runs.values()]));
  for (const [index, move] of world.schedule.moves.entries()) {
    const from = Date.now();
    const witness = await playMove(world, move);
    story.moves.push({ from, until: Date.now(), fired: witness.fired });
    story.jumps += witness.jumps;
    const problems = CHECKS.flatMap((check) => check(witness));
    story.problems.push(...problems.map((problem) => `Move ${index + 1}: ${problem}`));
    if (problems.length > 0) return;
  }
  story.problems.push(...(await pressOldButtons(world)));
  await world.stopBots();
  story.problems.push(...(await problemsAtTheEnd(world, story.moves, untouched)));
}

/** The preview on the schedule comes before anybody does anything, and what its rule makes of it. */
async function untilScheduled(world: World): Promise<void> {
  const { sql, schedule } = world;
  if (schedule.settings.scheduled === undefined) return;
  const deadline = performance.now() + SCHEDULED_WITHIN_MS;
  for (;;) {
    const [waiting] = await sql.query<{ n: number }[]>(
      `SELECT COUNT(*) AS n FROM sync_runs WHERE request_key LIKE 'schedule %'
         AND status NOT IN ('reading', 'executing') AND NOT (status = 'ready' AND auto_rule IS NOT NULL AND auto_held IS NULL)`,
    );
    if (Number(waiting?.n) > 0) break;
    if (performance.now() > deadline) throw new Error('The preview on the schedule never came');
    await pause(20);
  }
  await world.rest();
}

async function playMove(world: World, move: Move): Promise<Witness> {
  const { schedule, wires, refusals, depots } = world;
  await prepareAll(world, move, ({ kind }) => kind !== 'expire');
  for (const depot of depots) depot.forget();
  const before = await takeSnapshot(world.sql);
  const answeredBefore = await countAnswers(world);
  // Right before the clicks, so that they race with the bots' own look at the clock.
  await prepareAll(world, move, ({ kind }) => kind === 'expire');
  wires.arm(move.faults);
  const deeds = await Promise.all(move.inputs.map((input) => perform(world, before, input)));
  await untilServed(world, deeds, answeredBefore);
  let jumps = await world.rest();
  const fired = [...wires.fired];
  wires.arm([]);
  refusals.lift();
  await world.replicas.restore();
  jumps += await world.rest();
  const lists = new Map(schedule.places.map(({ id }, index) => [id, depots[index]?.versions() ?? []]));
  const after = await takeSnapshot(world.sql);
  return { schedule, move, before, after, deeds, triggers: world.triggers, fired, jumps, lists };
}

async function prepareAll(world: World, move: Move, which: (preparation: Preparation) => boolean) {
  for (const preparation of move.before.filter(which)) await prepare(world, preparation);
}

/**
 * A bot acknowledges before it begins. Whoever it hears, it gives what they ask for or refuses it, and either is
 * audited; or it tells them that it cannot; unless something befalls the bot first.
 */
async function untilServed(world: World, deeds: readonly Deed[], before: number) {
  const { wires, idleFor } = world;
  const heard = deeds.filter(({ outcome }) => outcome === 'heard').length;
  const deadline = performance.now() + SERVED_WITHIN_MS;
  while ((await countAnswers(world)) - before < heard && performance.now() < deadline) {
    const disrupted = wires.fired.some(({ effect }) => DISRUPTIVE.includes(effect.kind));
    if (disrupted && idleFor() > FORGOTTEN_AFTER_MS) return;
    await pause(20);
  }
}

async function countAnswers({ sql, slack }: World): Promise<number> {
  const told = slack.workspace.messages.filter(({ text, ephemeralTo }) => {
    return ephemeralTo !== undefined && (UNABLE.includes(text) || ON_HOLD.test(text));
  });
  return told.length + (await countSteps(sql, ANSWERS));
}

/** Audit rows of these steps, for whatever people did. */
async function countSteps(sql: Connection, steps: readonly string[]): Promise<number> {
  const [row] = await sql.query<{ n: number }[]>(
    "SELECT COUNT(*) AS n FROM audit_logs WHERE step IN (?) AND (actor_id LIKE 'U%' OR step = 'taken_over')",
    [steps],
  );
  return Number(row?.n ?? 0);
}

async function problemsAtTheEnd(
  world: World,
  moves: readonly PlayedMove[],
  untouched: string,
): Promise<string[]> {
  const { sql, slack, refusals } = world;
  const { messages } = slack.workspace;
  const runs = [...(await takeSnapshot(sql)).runs.values()];
  const notices = await readNotices(sql);
  const evidence: Evidence = {
    runs,
    messages,
    posted: postedNotices(notices, messages),
    untold: new Set(notices.filter(({ untold }) => untold !== null).map(({ runId }) => runId)),
    refused: refusals.all(),
    fired: moves.flatMap(({ fired }) => fired),
    moves,
  };
  const same = (await untouchable(sql)) === untouched;
  return [
    ...(await auditProblems(sql, runs)),
    ...shownProblems(evidence),
    ...toldProblems(evidence),
    ...(same ? [] : ['Something moved in locations or in the history of migrations']),
    ...slack.violations.map((violation) => `Slack would refuse: ${JSON.stringify(violation)}`),
  ];
}
