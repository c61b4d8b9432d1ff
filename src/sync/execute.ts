import type { Audit } from './audit.ts';
import { type Click, clickedRun, refuse } from './click.ts';
import type { Claim, Claimed, Logger, Plans, Progress, Runs } from './ports.ts';
import type { Refusal } from './refusal.ts';
import { type Run, SYSTEM } from './run.ts';
import { workOn } from './work.ts';

/** What an admin typed where the guard had tripped. */
export type Declaration = { readonly target: string; readonly reason: string };

export type Confirmed =
  | ({ readonly outcome: 'claimed' } & Claimed)
  | { readonly outcome: 'refused'; readonly refusal: Refusal };

export type Execution = {
  /** Claims the run for this click. One click of any number wins; each other is refused with the reason. */
  confirm(click: Click, declaration: Declaration | undefined): Promise<Confirmed>;
  /** Applies the claimed plan. Never throws: the run says how it ended. */
  execute(claimed: Claimed, stop: AbortSignal): Promise<void>;
};

type Ports = {
  readonly runs: Runs;
  readonly plans: Plans;
  readonly audit: Audit;
  readonly progress: Progress;
  readonly logger: Logger;
  /** Targets whose requester and confirmer must differ (`TWO_PERSON_TARGETS`). */
  readonly twoPersonTargets: readonly string[];
};

export function createExecution(ports: Ports): Execution {
  return {
    confirm: (click, declaration) => confirm(ports, click, declaration),
    execute: (claimed, stop) => workOn(ports, claimed, stop, () => apply(ports, claimed)),
  };
}

async function confirm(ports: Ports, click: Click, declaration: Declaration | undefined): Promise<Confirmed> {
  const { runs, audit, twoPersonTargets } = ports;
  const { actor } = click;
  const clicked = await clickedRun(runs, click);
  if (clicked.outcome === 'refused') return refuse(audit, actor, clicked.refusal, { runId: click.runId });
  const { run } = clicked;
  const about = { runId: run.id, target: run.target };
  const refusal = objection(run, click, declaration, twoPersonTargets);
  if (refusal !== undefined) return refuse(audit, actor, refusal, about);
  const reason = run.guard.tripped ? declaration?.reason : undefined;
  const claim = await runs.claim(run.id, actor, reason, {
    audit: { step: 'confirmed', actor, outcome: 'executing', counts: run.counts, reason },
    notices: [],
  });
  if (claim.outcome === 'claimed') return claim;
  return refuse(audit, actor, lostClaim(claim), about);
}

function objection(
  run: Run,
  { actor }: Click,
  declaration: Declaration | undefined,
  twoPersonTargets: readonly string[],
): Refusal | undefined {
  if (run.status !== 'ready') return { code: 'not_ready', run };
  if (twoPersonTargets.includes(run.target) && run.requestedBy.id === actor.id) {
    return { code: 'second_person_needed', run };
  }
  if (!run.guard.tripped) return undefined;
  if (declaration === undefined) return { code: 'guard_tripped' };
  if (declaration.target.trim().toLowerCase() !== run.target) {
    return { code: 'target_mismatch', expected: run.target };
  }
  return declaration.reason.trim() === '' ? { code: 'reason_missing' } : undefined;
}

function lostClaim(claim: Exclude<Claim, { outcome: 'claimed' }>): Refusal {
  switch (claim.outcome) {
    case 'location_busy':
      return { code: 'location_busy', holder: claim.holder };
    case 'expired':
      return { code: 'expired', run: claim.run };
    case 'not_ready':
      return { code: 'not_ready', run: claim.run };
  }
}

async function apply({ plans, progress }: Ports, { run, lease }: Claimed): Promise<void> {
  await progress.executing(run);
  await plans.apply(lease, {
    audit: { step: 'completed', actor: run.confirmedBy ?? SYSTEM, outcome: 'completed', counts: run.counts },
    notices: ['message', 'thread'],
  });
}
