import type { Audit } from '../ports/audit.ts';
import type { Readers } from '../ports/ports.ts';
import type { Runs } from '../ports/runs.ts';
import type { GuardFacts } from '../rules/guard.ts';
import type { Actor, Run } from './run.ts';

/** Why a person may not act at all. Told to that person alone. */
export type AccessRefusal =
  | {
      readonly code: 'not_admin';
      readonly why: 'not_listed' | 'guest' | 'bot' | 'deleted' | 'stranger' | 'unverifiable';
      /** Whom to ask: ids of members and of user groups. */
      readonly admins?: readonly string[];
    }
  | { readonly code: 'wrong_channel'; readonly channelIds: readonly string[] }
  /** People of another company read the channel. */
  | { readonly code: 'shared_channel'; readonly channelId: string }
  /** Whether they do could not be found out. */
  | { readonly code: 'channel_unverifiable'; readonly channelId: string };

/** Why a request was not served. Nothing was changed by it; told to the person who asked, alone. */
export type Refusal =
  | AccessRefusal
  | { readonly code: 'location_missing'; readonly target: string }
  /** This run is already reading the same list. */
  | { readonly code: 'being_read'; readonly run: Run }
  | { readonly code: 'run_not_found' }
  | { readonly code: 'wrong_message' }
  /** The run is past its preview; its status says how it ended or who is at it. */
  | { readonly code: 'not_ready'; readonly run: Run }
  | { readonly code: 'expired'; readonly run: Run }
  | { readonly code: 'location_busy'; readonly holder: Run }
  /** Nothing is executed until then (`SYNC_FREEZE`). */
  | { readonly code: 'frozen'; readonly until: Date }
  /** Rules are paused at the target. */
  | { readonly code: 'paused'; readonly run: Run }
  /** Of a switch that stands so already; every target where undefined. */
  | { readonly code: 'paused_already'; readonly target: string | undefined }
  | { readonly code: 'not_paused'; readonly target: string | undefined }
  /** Nobody may confirm alone (`BREAK_GLASS`). */
  | { readonly code: 'break_glass_off' }
  | { readonly code: 'second_person_needed'; readonly run: Run; readonly needed: number }
  /** The guard tripped, so the target has to be typed and a reason given. */
  | { readonly code: 'guard_tripped' }
  /** The guard passed the plan at the preview and stops it now, or stops it for a graver reason. The message shows that. */
  | { readonly code: 'guard_tripped_since'; readonly run: Run; readonly facts: GuardFacts }
  /** The stored plan is not the plan that was shown. */
  | { readonly code: 'plan_altered'; readonly run: Run }
  | { readonly code: 'target_mismatch'; readonly expected: string }
  | { readonly code: 'reason_missing' }
  /** Try Again or New Preview was pressed before. */
  | { readonly code: 'already_followed'; readonly run: Run }
  | { readonly code: 'not_failed'; readonly run: Run }
  /** Only a completed run that changed something can be rolled back. */
  | { readonly code: 'not_completed'; readonly run: Run }
  /** Emails that were to be left out and that the plan does not have. */
  | { readonly code: 'not_in_plan'; readonly emails: readonly string[] }
  /** Confirmed together with others, which is only for runs that deactivate nobody. */
  | { readonly code: 'deactivates'; readonly run: Run }
  /** Leaving all that out would leave nothing to do. */
  | { readonly code: 'nothing_left' }
  /** A rollback has taken the run back already. */
  | { readonly code: 'taken_back'; readonly run: Run; readonly by: number }
  /** No sync stands that changed something, at the target where one is named. */
  | { readonly code: 'nothing_completed'; readonly target?: string | undefined }
  /** Several targets were synced lately, and no run was named to roll back: the newest sync of each, newest first. */
  | { readonly code: 'several_syncs'; readonly runs: readonly Run[] };

/** Why no list of users is posted there; undefined where it may be. A doubt is a no. */
export function readersObjection(readers: Readers, channelId: string): AccessRefusal | undefined {
  switch (readers) {
    case 'ours':
      return undefined;
    case 'shared':
      return { code: 'shared_channel', channelId };
    case 'unknown':
      return { code: 'channel_unverifiable', channelId };
  }
}

/** Who pressed a button, and on which message. A modal stands on no message. */
export type Click = {
  readonly runId: number;
  readonly actor: Actor;
  readonly message: { readonly channelId: string; readonly ts: string } | undefined;
};

export type Refused = { readonly outcome: 'refused'; readonly refusal: Refusal };

export type ClickedRun = { readonly outcome: 'found'; readonly run: Run } | Refused;

/** The run of a click. A button carries only the run's id, so a forged one must not reach another message's run. */
export async function clickedRun(runs: Runs, { runId, message }: Click): Promise<ClickedRun> {
  const run = await runs.find(runId);
  if (run === undefined) return { outcome: 'refused', refusal: { code: 'run_not_found' } };
  const foreign =
    message !== undefined && (message.channelId !== run.channelId || message.ts !== run.messageTs);
  if (foreign) return { outcome: 'refused', refusal: { code: 'wrong_message' } };
  return { outcome: 'found', run };
}

/** The run of a click, and the way to refuse the click. */
export type Found = {
  readonly run: Run;
  readonly refuse: (refusal: Refusal) => Promise<Refused>;
};

/** Serves a click on its run. A click that does not reach its run is refused. Each refusal is written down. */
export async function onClickedRun<Served>(
  { runs, audit }: { readonly runs: Runs; readonly audit: Audit },
  click: Click,
  serve: (found: Found) => Promise<Served | Refused>,
): Promise<Served | Refused> {
  const { actor, runId } = click;
  const clicked = await clickedRun(runs, click);
  if (clicked.outcome === 'refused') return refuse(audit, actor, clicked.refusal, { runId });
  const { run } = clicked;
  const about = { runId: run.id, target: run.target };
  return serve({ run, refuse: (refusal) => refuse(audit, actor, refusal, about) });
}

/** Writes down that someone was refused, and hands the refusal on. */
export async function refuse(
  audit: Audit,
  actor: Actor,
  refusal: Refusal,
  about: { readonly runId?: number; readonly target?: string },
): Promise<Refused> {
  await audit.append({ step: 'refused', actor, outcome: refusal.code, reason: reasonOf(refusal), ...about });
  return { outcome: 'refused', refusal };
}

/** The part of a refusal that its code does not say. */
function reasonOf(refusal: Refusal): string | undefined {
  if (refusal.code === 'not_admin') return refusal.why;
  return 'channelId' in refusal ? refusal.channelId : undefined;
}
