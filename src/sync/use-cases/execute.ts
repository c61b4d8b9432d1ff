import { HeldBackError } from '../failures/stale-errors.ts';
import type { Plans } from '../ports/plans.ts';
import type { Logger, Progress } from '../ports/ports.ts';
import type { ClaimOutcome, ClaimRequest, LeasedRun, Runs } from '../ports/runs.ts';
import type { Audit, Step } from '../ports/steps.ts';
import {
  type Declaration,
  hasApproved,
  isOperator,
  isPerson,
  judgeDeclaration,
  judgeLack,
  judgePeople,
  lackOf,
} from '../rules/approval.ts';
import {
  gradeOf,
  isGraver,
  isRule,
  judgeByEach,
  type Rules,
  type RulesFor,
  strictest,
} from '../rules/rules.ts';
import { type Click, type Found, onClickedRun } from '../run/click.ts';
import { lostClaim, type Refusal, type Refused } from '../run/refusal.ts';
import { type Actor, type Run, SYSTEM } from '../run/run.ts';
import { workOn } from '../run/work.ts';

export type Confirmation =
  | ({ readonly outcome: 'claimed' } & LeasedRun)
  /** More people are needed: `people` of the `needed` people count now. */
  | {
      readonly outcome: 'approved' | 'withdrawn';
      readonly run: Run;
      readonly people: number;
      readonly needed: number;
    }
  | Refused;

export type Execution = ReturnType<typeof createExecution>;

/** Undefined `declaration`: the person declared nothing, as by the plain Confirm. */
type Confirming = Pick<ClaimRequest, 'ifApproved' | 'requestKey' | 'stop'> & {
  readonly declaration?: Declaration | undefined;
};

type Ports = {
  readonly runs: Runs;
  readonly plans: Plans;
  readonly audit: Audit;
  readonly progress: Progress;
  readonly logger: Logger;
  readonly rulesFor: RulesFor;
  /** Whether a person is an admin; undefined if Slack does not say. Never throws. */
  readonly isAdmin: (userId: string) => Promise<boolean | undefined>;
  /** The end of the freeze at the time `now` (`SYNC_FREEZE`); undefined outside a freeze. */
  readonly frozenUntil: ((now: Date) => Date | undefined) | undefined;
  /** The rule of each target that has one (`SYNC_AUTO`). */
  readonly autoRules: ReadonlyMap<string, { readonly text: string }>;
  /** Whether an admin or an operator may act alone (`BREAK_GLASS`). */
  readonly breakGlass: boolean;
  /** Whether a channel is a direct conversation with the bot. */
  readonly isDirect: (channelId: string) => boolean;
};

/** Each refusal gets an audit row. */
export function createExecution(ports: Ports) {
  return {
    /**
     * Claims the run for this click. If the plan needs more people, the click counts as an approval, or withdraws the same person's
     * approval (see `IfApproved`). Of several clicks, only one claims the run; any other is refused. A request counts once.
     */
    confirm: (click: Click, how: Confirming = {}) =>
      onClickedRun<Confirmation>(ports, click, (found) => confirm(ports, click, found, how)),
    /** Applies the claimed plan. Never throws: the result is stored on the run. */
    execute: (claimed: LeasedRun, stop: AbortSignal) =>
      workOn(ports, claimed, stop, () => apply(ports, claimed)),
  };
}

async function confirm(
  ports: Ports,
  { actor }: Click,
  { run, refuse }: Found,
  { declaration, ...how }: Confirming,
): Promise<Confirmation> {
  if (run.status !== 'ready') return refuse({ code: 'not_ready', run });
  const frozenUntil = ports.frozenUntil?.(await ports.runs.clock());
  const isApprover = async () => hasApproved(await ports.runs.approvals(run), actor);
  // A freeze keeps no approval: whoever approved was told that Confirm withdraws.
  const withdraws = frozenUntil !== undefined && how.ifApproved !== 'stays' && (await isApprover());
  const counting = withdraws ? ({ ...how, ifApproved: 'only_withdraws' } as const) : how;
  const until = counting.ifApproved === 'only_withdraws' ? undefined : frozenUntil;
  // The rules of the preview and the present rules must both hold: settings may have changed, or differ between processes.
  const rules = strictest(run.rules, await ports.rulesFor(run));
  const may = { breakGlass: ports.breakGlass, isDirect: ports.isDirect(run.channelId) };
  const { refusal, alone } = judgeLack(may, run, { actor, declaration, until, needed: rules.people });
  if (refusal !== undefined) {
    // The message is older than the freeze or the setting. It is redrawn, shows the obstacle, and offers break-glass if allowed.
    if (isPerson(actor)) await ports.runs.showAgain(run.id);
    return refuse(refusal);
  }
  const tightened = await tighten(ports, run, actor, rules, declaration?.shown);
  if (tightened !== undefined) return { outcome: 'refused', refusal: tightened };
  const mustDeclare = (run.guard.tripped && counting.ifApproved !== 'only_withdraws') || alone !== undefined;
  const undeclared = mustDeclare ? judgeDeclaration(run, declaration) : undefined;
  if (undeclared !== undefined) return refuse(undeclared);
  // The reasons of an operator, and of an admin who meant to act alone before a freeze ended, are always kept.
  const isKept = mustDeclare || isOperator(actor) || declaration?.alone === true;
  const reason = isKept ? declaration?.reason : undefined;
  const claim = await claimWithPeople(ports, { run, by: actor, reason, rules, alone, ...counting });
  switch (claim.outcome) {
    case 'claimed':
      return claim;
    case 'approved':
    case 'withdrawn':
      return { ...claim, needed: rules.people };
    case 'unsure':
      return refuse({ code: 'people_unverifiable' });
    default:
      return refuse(lostClaim(claim));
  }
}

type Claiming = Omit<ClaimRequest, 'runId' | 'admins' | 'step'> & { readonly run: Run };

/** Claims the run with the admins known now. If somebody approves in the meantime, looks up the admins again and repeats. */
async function claimWithPeople(
  ports: Ports,
  claiming: Claiming,
): Promise<Exclude<ClaimOutcome, { outcome: 'unchecked' }> | { readonly outcome: 'unsure' }> {
  const { runs, isAdmin } = ports;
  const { run, ...asked } = claiming;
  const { by, reason, rules } = asked;
  let { alone } = asked;
  // The claim counts a withdrawal among the other approvers, at any number of people.
  const needed = asked.ifApproved === 'only_withdraws' ? Math.max(rules.people, 2) : rules.people;
  const judged = await judgePeople(run, by, { approvalsOf: runs.approvals, isAdmin }, needed);
  const mustBeSure = alone === undefined && asked.ifApproved !== 'only_withdraws';
  if (judged.people === 'unsure' && mustBeSure) return { outcome: 'unsure' };
  // Whoever completes the people acts alone only during a freeze.
  if (judged.people === 'enough') alone &&= lackOf({ isFrozen: alone !== 'people', needed: 1 });
  const admins = new Map([...judged.admins].map(([id, isKnown]) => [id, isKnown === true]));
  const audit = { step: 'confirmed', actor: by, outcome: 'executing', counts: run.counts, reason } as const;
  const step: Step = { audit, notices: [], calls: alone === undefined ? [] : ['broke_glass'] };
  const claim = await runs.claim({ ...asked, alone, runId: run.id, admins, step });
  return claim.outcome === 'unchecked' ? claimWithPeople(ports, claiming) : claim;
}

/**
 * Runs the guard again, on the present users. If the verdict is graver than the one `shown` to the person, refuses the click; the
 * message then asks for a reason. Undefined if the verdict is no graver, or if the run has ended: the claim then refuses.
 */
async function tighten(
  { runs, plans }: Ports,
  run: Run,
  actor: Actor,
  { limits }: Rules,
  shown = gradeOf(run.guard),
): Promise<Refusal | undefined> {
  // A plan of another version is never executed (`PlannedEarlierError`).
  if (run.rules === undefined || run.counts.deactivate === 0) return undefined;
  const facts = await plans.guardFacts(run);
  const now = judgeByEach(facts, limits);
  // Another person's click may have made the verdict graver after this person's form was opened.
  const verdict = isGraver(now, gradeOf(run.guard)) ? now : run.guard;
  if (!isGraver(verdict, shown)) return undefined;
  const refusal = { code: 'guard_tripped_since', run, facts } as const;
  const audit = { step: 'refused', actor, outcome: refusal.code } as const;
  const tightened = await runs.tighten(run.id, verdict, { audit, notices: ['message'], calls: ['guard'] });
  return tightened && refusal;
}

async function apply(
  { runs, plans, progress, rulesFor, frozenUntil, autoRules }: Ports,
  { run, lease }: LeasedRun,
): Promise<void> {
  // The plan may have waited since Confirm: for capacity, for the database, or for a process that died.
  if (frozenUntil !== undefined && !run.alone && frozenUntil(await runs.clock()) !== undefined)
    throw new HeldBackError('freeze');
  const actor = run.confirmedBy ?? SYSTEM;
  if (isRule(actor) && autoRules.get(run.target)?.text !== run.autoRule) throw new HeldBackError('rule');
  // Not awaited: the next edit of the message waits for this edit, but the changes of users need not wait.
  progress.executing(run).catch(() => {});
  const audit = { step: 'completed', actor, outcome: 'completed', counts: run.counts } as const;
  await plans.apply(lease, { audit, notices: ['message', 'thread'] }, await rulesFor(run));
}
