import { z } from 'zod';
import type { UserFilter } from '../sync/ports/overview.ts';
import type { Run } from '../sync/run/run.ts';

/** `action_id`s of the buttons. Each carries its run's id as `value`, nothing else, unless said otherwise. */
export const ACTIONS = {
  confirm: 'confirm_run',
  /** Opens the modal that asks for the target's name and a reason. */
  confirmGuarded: 'confirm_guarded_run',
  /** Opens the same modal for an admin who acts alone. */
  confirmAlone: 'confirm_alone_run',
  cancel: 'cancel_run',
  /** Opens the modal in which users are left out. */
  adjust: 'adjust_run',
  viewPlan: 'view_plan',
  retry: 'retry_run',
  rollBack: 'roll_back_run',
  runDetails: 'run_details',
  /** Its value is what `olderValue` makes. */
  olderRuns: 'older_runs',
  /** Under the message of a batch; its value is what `offeredValue` makes. */
  confirmBatch: 'confirm_batch',
  /** Stands in the list of `/usersync users`; its value is what `filterValue` makes. */
  sendUsers: 'send_users',
  /** Stands on the Home tab; its value is a target's name. */
  homePreview: 'home_preview',
} as const;

/** The shortcuts, as the manifest has them (docs.slack.dev, "Shortcuts": a name has up to 24 characters). */
export const SHORTCUTS = [
  {
    name: 'Preview a User Sync',
    type: 'global',
    callbackId: 'preview_anywhere',
    description: 'Shows what a sync would change, in a channel of your choice',
  },
  {
    name: 'Preview a User Sync Here',
    type: 'message',
    callbackId: 'preview_here',
    description: 'Shows what a sync would change, in this channel',
  },
] as const;

/** `callback_id` of the modal in which a shortcut asks for the target. */
export const TARGET_CHOICE = 'target_choice';

/** `callback_id` of the modal that confirms a run whose guard tripped. */
export const GUARDED_CONFIRMATION = 'guarded_confirmation';

/** `action_id` of the select in that modal whose options are looked up while somebody types. */
export const ADJUSTMENT_PICKS = 'picks';

/** `callback_id` of the modal that leaves users out of a plan. */
export const ADJUSTMENT = 'adjustment';

const LARGEST_RUN_ID = 4_294_967_295;

/** Reads a button's value. Strict: the decimal form of 1 to 4294967295 (int unsigned), else undefined. */
export function parseRunId(value: unknown): number | undefined {
  if (typeof value !== 'string' || !/^[1-9][0-9]{0,9}$/.test(value)) return undefined;
  const id = Number(value);
  return id <= LARGEST_RUN_ID ? id : undefined;
}

/**
 * `block_id` in the message of a run. It changes with the status, because Slack asks for a new id where the
 * meaning of a block changed.
 */
export function runBlockId(run: Pick<Run, 'id' | 'status'>, part: string): string {
  return `run:${run.id}:${run.status}:${part}`;
}

/** `block_id` in a thread reply. That of the first block, without a part, marks the reply as this notice. */
export function noticeBlockId(noticeId: number, part?: string): string {
  return part === undefined ? `notice:${noticeId}` : `notice:${noticeId}:${part}`;
}

/** `block_id` in the modal that lists a run's plan. */
export function planBlockId(runId: number, part: string): string {
  return `plan:${runId}:${part}`;
}

/** `block_id` in the message of a `/usersync all`. */
export function batchBlockId(batchId: number, part: string): string {
  return `batch:${batchId}:${part}`;
}

/** `block_id` in the modal that shows a run's details. */
export function detailsBlockId(runId: number, part: string): string {
  return `details:${runId}:${part}`;
}

/** Which page of the history an Older button asks for: runs before one, of one target or of all. */
export type OlderPage = { readonly target: string | undefined; readonly beforeRunId: number };

/** The value of an Older button. No target's name has a colon. */
export function olderValue({ target, beforeRunId }: OlderPage): string {
  return `${target ?? ''}:${beforeRunId}`;
}

/** Reads the value of an Older button. Strict: one of `targets` or none, and a run's id, else undefined. */
export function parseOlderValue(value: unknown, targets: readonly string[]): OlderPage | undefined {
  const [target, id, ...rest] = typeof value === 'string' ? value.split(':') : [];
  const beforeRunId = parseRunId(id);
  if (target === undefined || beforeRunId === undefined || rest.length > 0) return undefined;
  if (target === '') return { target: undefined, beforeRunId };
  return targets.includes(target) ? { target, beforeRunId } : undefined;
}

/** Which runs of a batch a button confirms: those that its message shows. Nobody confirms what they have not seen. */
export type OfferedRuns = { readonly batchId: number; readonly runIds: readonly number[] };

/** A button's value has at most 2,000 characters. */
export const MOST_OFFERED = 150;

export function offeredValue({ batchId, runIds }: OfferedRuns): string {
  return `${batchId}:${runIds.slice(0, MOST_OFFERED).join(',')}`;
}

/** Reads what `offeredValue` makes. Strict: up to 150 different ids, else undefined. */
export function parseOffered(value: unknown): OfferedRuns | undefined {
  const [batch, runs = '', ...rest] = typeof value === 'string' ? value.split(':') : [];
  const batchId = parseRunId(batch);
  const runIds = runs.split(',').map(parseRunId);
  const known = runIds.filter((id) => id !== undefined);
  if (batchId === undefined || rest.length > 0 || known.length < runIds.length) return undefined;
  return new Set(known).size < known.length || known.length > MOST_OFFERED
    ? undefined
    : { batchId, runIds: known };
}

/** Whose list a button sends. */
export function filterValue({ target, status, text }: UserFilter): string {
  // No text of a person may look like markup of Slack's, wherever it stands.
  return JSON.stringify([target ?? null, status ?? null, text ?? null]).replaceAll('<', '\\u003c');
}

const filterParts = z.tuple([
  z.string().nullable(),
  z.enum(['active', 'inactive']).nullable(),
  z.string().max(2_000).nullable(),
]);

/** Reads what `filterValue` makes. Strict: one of `targets` or none, else undefined. */
export function parseFilter(value: unknown, targets: readonly string[]): UserFilter | undefined {
  try {
    const [target, status, text] = filterParts.parse(JSON.parse(String(value)));
    if (target !== null && !targets.includes(target)) return undefined;
    return { target: target ?? undefined, status: status ?? undefined, text: text ?? undefined };
  } catch {
    // No JSON, or of another shape: it was forged, or made by another version.
    return undefined;
  }
}
