import { z } from 'zod';
import type { UserFilter } from '../sync/ports/overview.ts';
import type { Run } from '../sync/run/run.ts';

/** `action_id`s of the buttons. A button's `value` is its run's id, unless stated otherwise. */
export const ACTIONS = {
  confirm: 'confirm_run',
  /** Opens the modal that asks for the target's name and a reason. */
  confirmGuarded: 'confirm_guarded_run',
  /** Opens the same modal for an admin who confirms alone. */
  confirmAlone: 'confirm_alone_run',
  cancel: 'cancel_run',
  /** Opens the modal in which an admin leaves users out. */
  adjust: 'adjust_run',
  viewPlan: 'view_plan',
  retry: 'retry_run',
  rollBack: 'roll_back_run',
  runDetails: 'run_details',
  /** Value: `olderValue`. */
  olderRuns: 'older_runs',
  /** On the message of a batch. Value: `offeredValue`. */
  confirmBatch: 'confirm_batch',
  /** In the modal of `/usersync users`. Value: `filterValue`. */
  sendUsers: 'send_users',
  /** On the Home tab. Value: a target's name. */
  homePreview: 'home_preview',
} as const;

/** The shortcuts in the manifest (docs.slack.dev, "Shortcuts": a name has up to 24 characters). */
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

/** `callback_id` of the modal that asks for the target's name and a reason. */
export const GUARDED_CONFIRMATION = 'guarded_confirmation';
/** `callback_id` of the modal in which an approver withdraws. */
export const WITHDRAWAL = 'withdrawal';

/** `action_id` of the select in the Adjust modal. Its options are looked up while somebody types. */
export const ADJUSTMENT_PICKS = 'picks';

/** `callback_id` of the Adjust modal. */
export const ADJUSTMENT = 'adjustment';

/** Whether a channel is a conversation with one person: its id begins with D (docs.slack.dev, "Conversation object"). */
export function isDirect(channelId: string): boolean {
  return channelId.startsWith('D');
}

const LARGEST_RUN_ID = 4_294_967_295;

/** Parses a run's id from a button's value: decimal, from 1 to 4294967295 (int unsigned), without leading zeros; else undefined. */
export function parseRunId(value: unknown): number | undefined {
  if (typeof value !== 'string' || !/^[1-9][0-9]{0,9}$/.test(value)) return undefined;
  const id = Number(value);
  return id <= LARGEST_RUN_ID ? id : undefined;
}

/** A run's id in the metadata of a modal. */
export const storedRunId = z.number().refine((id) => parseRunId(String(id)) !== undefined);

/** Whether a word is a run's number as people write it, `12` or `#12`, whether there is such a run or not. */
export function isRunNumber(word: string): boolean {
  return /^#?\d+$/.test(word);
}

/** `block_id` in a run's message. It contains the status, because Slack asks for a new id where the meaning of a block changes. */
export function runBlockId(run: Pick<Run, 'id' | 'status'>, part: string): string {
  return `run:${run.id}:${run.status}:${part}`;
}

/** `block_id` in a thread reply. The first block's id has no part, and marks the reply as this notice. */
export function noticeBlockId(noticeId: number, part?: string): string {
  return part === undefined ? `notice:${noticeId}` : `notice:${noticeId}:${part}`;
}

/** The most keys in a `block_id`, of 255 characters in all. */
const MOST_KEYS = 20;

/** `block_id` in a message that tells keys of `Reminders` (up to 10 characters each), such as the weekly reminder. */
export function reminderBlockId(keys: readonly string[], part: number): string {
  return `reminder:${part}:${keys.slice(0, MOST_KEYS).join(',')}`;
}

/** The keys of `Reminders` in a `block_id`; empty for the block of any other message. */
export function remindersIn(blockId: string): readonly string[] {
  const [kind, , keys = ''] = blockId.split(':');
  return kind === 'reminder' ? keys.split(',') : [];
}

export function planBlockId(runId: number, part: string): string {
  return `plan:${runId}:${part}`;
}

/** `block_id` in the message of a `/usersync all`. */
export function batchBlockId(batchId: number, part: string): string {
  return `batch:${batchId}:${part}`;
}

/** The history page of an Older button: runs before `beforeRunId`, of one target or of all. */
export type OlderPage = { readonly target: string | undefined; readonly beforeRunId: number };

/** The value of an Older button. No target's name contains a colon. */
export function olderValue({ target, beforeRunId }: OlderPage): string {
  return `${target ?? ''}:${beforeRunId}`;
}

/** Parses `olderValue`; undefined for any other value, or a target that is not in `targets`. */
export function parseOlderValue(value: unknown, targets: readonly string[]): OlderPage | undefined {
  const [target, id, ...rest] = typeof value === 'string' ? value.split(':') : [];
  const beforeRunId = parseRunId(id);
  if (target === undefined || beforeRunId === undefined || rest.length > 0) return undefined;
  if (target === '') return { target: undefined, beforeRunId };
  return targets.includes(target) ? { target, beforeRunId } : undefined;
}

/** The runs that a batch's button confirms: only runs that its message shows, since nobody may confirm an unseen plan. */
export type OfferedRuns = { readonly batchId: number; readonly runIds: readonly number[] };

/** Keeps a button's value below 2,000 characters, Slack's limit. */
export const MOST_OFFERED = 150;

/** The value of a batch's button. Ids beyond `MOST_OFFERED` are left out. */
export function offeredValue({ batchId, runIds }: OfferedRuns): string {
  return `${batchId}:${runIds.slice(0, MOST_OFFERED).join(',')}`;
}

/** Parses `offeredValue`, with up to `MOST_OFFERED` different ids; undefined for any other value. */
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

/** The value of the button Send as File: the users that its list shows. */
export function filterValue({ target, status, text }: UserFilter): string {
  // A text that a person typed must not look like Slack's markup.
  return JSON.stringify([target ?? null, status ?? null, text ?? null]).replaceAll('<', '\\u003c');
}

const filterParts = z.tuple([
  z.string().nullable(),
  z.enum(['active', 'inactive']).nullable(),
  z.string().max(2_000).nullable(),
]);

/** Parses `filterValue`; undefined for any other value, or a target that is not in `targets`. */
export function parseFilter(value: unknown, targets: readonly string[]): UserFilter | undefined {
  try {
    const [target, status, text] = filterParts.parse(JSON.parse(String(value)));
    if (target !== null && !targets.includes(target)) return undefined;
    return { target: target ?? undefined, status: status ?? undefined, text: text ?? undefined };
  } catch {
    // The value was forged, or made by another version of the bot.
    return undefined;
  }
}
