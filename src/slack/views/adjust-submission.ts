import { z } from 'zod';
import { EFFECTIVE_ACTIONS, type Omission } from '../../sync/change.ts';
import { listOf, maybe } from '../connect/shapes.ts';
import { parseRunId } from '../ids.ts';
import type { Texts } from '../text/en.ts';
import { plain } from '../text/escape.ts';
import { ADJUST_INPUTS, ADJUST_LIMITS } from './adjust-inputs.ts';

const { emails, actions } = ADJUST_INPUTS;

/** Slack sends `null` for an input that was left empty. */
const typed = z.object({ value: maybe(z.string()) }).transform(({ value }) => emailsIn(value ?? ''));

const ticked = z
  .object({ selected_options: listOf(z.object({ value: z.enum(EFFECTIVE_ACTIONS) })) })
  .transform(({ selected_options }) => [...new Set(selected_options.map(({ value }) => value))]);

const metadata = z.object({
  runId: z.number().refine((id) => parseRunId(String(id)) !== undefined),
});

/** Without boxes, where the plan has no kind to tick or a client does not show them. */
const submission = z.object({
  private_metadata: z.string(),
  state: z.object({
    values: z.object({
      [emails.blockId]: z.object({ [emails.actionId]: typed }),
      [actions.blockId]: maybe(z.object({ [actions.actionId]: ticked })),
    }),
  }),
});

/** What an admin wants left out of a run's plan. Emails are in small letters, each once, not yet checked. */
export type AdjustSubmission = Omission & { readonly runId: number };

/**
 * Reads the submitted modal. Throws `ZodError` where it is not this bot's modal, and `SyntaxError` where its
 * metadata is not JSON.
 */
export function readAdjustment(view: unknown): AdjustSubmission {
  const { private_metadata, state } = submission.parse(view);
  return {
    ...metadata.parse(JSON.parse(private_metadata)),
    emails: state.values[emails.blockId][emails.actionId],
    actions: state.values[actions.blockId]?.[actions.actionId] ?? [],
  };
}

/** What the bot's own lists, mail programs and spreadsheets put around an email comes along when it is pasted. */
function emailsIn(text: string): string[] {
  const words = text.split(/[\s,;\u200b]+/).map((word) => word.replace(/^[<"`]+|[>"`]+$/g, '').toLowerCase());
  return [...new Set(words.filter((word) => word !== ''))];
}

export type AdjustMistake =
  | { readonly code: 'nothing_given' }
  | { readonly code: 'email_too_long'; readonly email: string }
  | { readonly code: 'too_many'; readonly emails: number };

/** What can be said of the input before anything is looked up; undefined where nothing is wrong. */
export function adjustMistake(omission: Omission): AdjustMistake | undefined {
  if (omission.emails.length + omission.actions.length === 0) return { code: 'nothing_given' };
  // The database counts characters, not UTF-16 units.
  const long = omission.emails.find((email) => [...email].length > ADJUST_LIMITS.email);
  if (long !== undefined) return { code: 'email_too_long', email: long };
  return omission.emails.length > ADJUST_LIMITS.emails
    ? { code: 'too_many', emails: omission.emails.length }
    : undefined;
}

/** What to show under the modal's inputs (`response_action: errors`, keyed by `block_id`). */
export function adjustInputErrors(t: Texts, mistake: AdjustMistake): Record<string, string> {
  switch (mistake.code) {
    case 'nothing_given':
      return { [emails.blockId]: t.adjust.nothingGiven };
    case 'email_too_long':
      return { [emails.blockId]: t.adjust.tooLong(plain(mistake.email, 60), ADJUST_LIMITS.email) };
    case 'too_many':
      return { [emails.blockId]: t.adjust.tooMany(mistake.emails, ADJUST_LIMITS.emails) };
  }
}
