import { randomUUID } from 'node:crypto';
import type { Drafted, PlanFacts } from '../../../../src/sync/ports/plans.ts';
import type { ClaimRequest, LeasedRun, RunDraft, Taking } from '../../../../src/sync/ports/runs.ts';
import type { SourceRow, Target } from '../../../../src/sync/ports/source.ts';
import type { AuditStep, RunNotice, Step } from '../../../../src/sync/ports/steps.ts';
import type { Rules } from '../../../../src/sync/rules/rules.ts';
import { type Actor, plannedChanges, type Run, type RunCounts } from '../../../../src/sync/run/run.ts';
import type { BotProcess } from './testbed.ts';

export const AYU: Actor = { id: 'U-AYU', name: 'Ayu' };
export const BUDI: Actor = { id: 'U-BUDI', name: 'Budi' };

export const NO_COUNTS: RunCounts = {
  source: 0,
  add: 0,
  reactivate: 0,
  deactivate: 0,
  omitted: 0,
  protected: 0,
  kept: 0,
  unchanged: 0,
  alreadyInactive: 0,
  skipped: 0,
  duplicates: 0,
};

/** What stands in the audit trail of a step in tests. */
export function step(name: AuditStep, notices: readonly RunNotice[] = [], actor: Actor = AYU): Step {
  return { audit: { step: name, actor, outcome: name }, notices };
}

/** A process that works on nothing takes whatever it may. */
export function takingUp(changed: Partial<Taking> = {}): Taking {
  return { step: step('taken_over'), free: { reading: 20, executing: 20 }, underWay: [], ...changed };
}

/** Rules that stop nothing, unless told otherwise. */
export function rules(changed: Partial<Rules> = {}): Rules {
  return { limits: [], protectedEmails: [], people: 1, ...changed };
}

export function runDraft(target: Target, draft: Partial<RunDraft> = {}): RunDraft {
  const request = { channelId: 'C1', requestedBy: AYU, requestKey: randomUUID() };
  return { target, ...request, follows: undefined, reverts: undefined, batchId: undefined, ...draft };
}

/** A run that is reading. */
export async function openRun(
  bot: BotProcess,
  target: Target,
  draft: Partial<RunDraft> = {},
): Promise<LeasedRun> {
  const requested = await bot.runs.request(runDraft(target, draft), step('requested'));
  if (requested.outcome !== 'requested') throw new Error('The run was requested before');
  return requested;
}

/** Stages a whole read, as one page. */
export function stage(bot: BotProcess, { lease }: LeasedRun, readNo: number, rows: readonly SourceRow[]) {
  return bot.staging.add(lease, readNo, [{ page: 1, rows }]);
}

export type DraftedRun = LeasedRun & {
  readonly facts: PlanFacts;
  /** The plan, one line per change: `add a@dkm`. */
  readonly plan: readonly string[];
};

/** A run whose reads are staged and planned; it is still reading. A single list is read twice, so that it proves. */
export async function draftRun(
  bot: BotProcess,
  target: Target,
  lists: readonly (readonly SourceRow[])[],
  protectedEmails: readonly string[] = [],
): Promise<DraftedRun> {
  const opened = await openRun(bot, target);
  const reads = lists.length === 1 ? [...lists, ...lists] : lists;
  for (const [index, rows] of reads.entries()) await stage(bot, opened, index + 1, rows);
  const readNos = reads.map((_, index) => index + 1);
  const facts = await factsOf(
    bot.plans.draft(opened.lease, { reads: readNos, rules: rules({ protectedEmails }) }),
  );
  return { ...opened, facts, plan: await planLines(bot, opened.run.id) };
}

/** What a draft comes to that wrote a plan. */
export async function factsOf(drafting: Promise<Drafted>): Promise<PlanFacts> {
  const drafted = await drafting;
  if (drafted.outcome !== 'drafted') throw new Error(`No plan was drafted: ${drafted.outcome}`);
  return drafted.facts;
}

export async function planLines(bot: BotProcess, runId: number): Promise<string[]> {
  const changes = await bot.plans.list(runId, undefined, 0, 100_000);
  return changes.map(({ action, email }) => `${action} ${email}`);
}

/** Presents a drafted run: it is ready, or completed where nothing changes. */
export async function present(
  bot: BotProcess,
  { lease, facts }: DraftedRun,
  expiresInMinutes = 30,
): Promise<Run> {
  const { counts, hash } = facts;
  const plan = { counts, hash, guard: { tripped: false } } as const;
  return (await bot.runs.present(lease, plan, expiresInMinutes, step('previewed', ['message']))).run;
}

/** A run that waits for Confirm. */
export async function readyRun(
  bot: BotProcess,
  target: Target,
  ...reads: readonly (readonly SourceRow[])[]
): Promise<Run> {
  const drafted = await draftRun(bot, target, reads);
  if (plannedChanges(drafted.facts.counts) === 0) throw new Error('A run without changes is never ready');
  return present(bot, drafted);
}

export async function claim(bot: BotProcess, run: Run): Promise<LeasedRun> {
  const claimed = await bot.runs.claim(claimOf(run.id, BUDI, undefined, step('confirmed'), rules()));
  if (claimed.outcome !== 'claimed') throw new Error(`The run could not be claimed: ${claimed.outcome}`);
  return claimed;
}

/** A run that this process executes, and has not yet applied. */
export async function claimedRun(
  bot: BotProcess,
  target: Target,
  ...reads: readonly (readonly SourceRow[])[]
): Promise<LeasedRun> {
  return claim(bot, await readyRun(bot, target, ...reads));
}

export function apply(bot: BotProcess, { lease }: LeasedRun): Promise<Run> {
  return bot.plans.apply(lease, step('completed', ['message', 'thread'], BUDI), rules());
}

/** A rollback of a run, to its end, without the users of `omitted` and the protected ones. */
export async function rolledBack(
  bot: BotProcess,
  target: Target,
  { id }: Run,
  omitted: readonly string[] = [],
  protectedEmails: readonly string[] = [],
): Promise<Run> {
  const opened = await openRun(bot, target, { reverts: id });
  const facts = await bot.plans.invert(opened.lease, id, rules({ protectedEmails }));
  const run = await present(bot, { ...opened, facts, plan: [] });
  if (run.status === 'completed') return run;
  return apply(bot, await claim(bot, omitted.length === 0 ? run : await without(bot, run, omitted)));
}

/** The run with the shorter plan that Adjust makes. */
export async function without(bot: BotProcess, run: Run, emails: readonly string[]): Promise<Run> {
  const request = { actor: AYU, omission: { emails, actions: [] }, requestKey: randomUUID(), rules: rules() };
  const adjusted = await bot.runs.adjust(run.id, request);
  if (adjusted.outcome !== 'adjusted') throw new Error(`The plan was not adjusted: ${adjusted.outcome}`);
  return adjusted.run;
}

/** Every run by its status, as it stands now. */
export async function statusOf(bot: BotProcess, { id }: Run): Promise<string | undefined> {
  return (await bot.runs.find(id))?.status;
}

/** Somebody confirms; whoever else is asked about is an admin. */
export function claimOf(
  runId: number,
  by: Actor,
  reason: string | undefined,
  step: Step,
  rules: Rules,
  admins: readonly Actor[] = [AYU, BUDI],
): ClaimRequest {
  return {
    runId,
    by,
    reason,
    step,
    rules,
    alone: undefined,
    admins: new Map(admins.map(({ id }) => [id, true])),
  };
}
