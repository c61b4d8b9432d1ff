import type { types } from '@slack/bolt';
import { z } from 'zod';
import { inCase } from '../../../sync/failures/failure.ts';
import { type Change, EFFECTIVE_ACTIONS, isEffective } from '../../../sync/run/change.ts';
import { plannedChanges, type Run } from '../../../sync/run/run.ts';
import type { LeftOut } from '../../../sync/use-cases/adjust-cancel-retry.ts';
import { extra, listOf, maybe, submissionOf } from '../../connect/shapes.ts';
import { ADJUSTMENT, ADJUSTMENT_PICKS, storedRunId } from '../../ids.ts';
import type { Texts } from '../../text/en.ts';
import { copied, mrkdwn, plain } from '../../text/escape.ts';
import { formModal, input, plainText, section } from '../blocks.ts';
import { inARow, place } from '../inline.ts';

/** Where the inputs of the Adjust modal stand in `view.state.values`. */
const emails = { blockId: 'adjust:emails', actionId: 'emails' } as const;
const actions = { blockId: 'adjust:actions', actionId: 'actions' } as const;

/** Where the select stands in `view.state.values` of the Adjust modal. */
const PICKS = { blockId: 'adjust:picks', actionId: ADJUSTMENT_PICKS } as const;

/** Limits of one submission. `characters` is Slack's limit for an input, `email` the length of `users.email`. */
const ADJUST_LIMITS = { characters: 3_000, email: 255, emails: 1_000 } as const;

/** Asks whom to leave out. `changes`: all effective ones, if one select holds them; for more, Slack asks while somebody types. */
export function adjustModal(t: Texts, run: Run, changes: readonly Change[] = []): types.ModalView {
  const { modalTitle: title, submit, close } = t.adjust;
  return formModal(ADJUSTMENT, JSON.stringify({ runId: run.id }), { title, submit, close }, [
    section('adjust:plan', `${t.run.planned(place(run), run.counts)}\n${t.adjust.explain(run.reverts)}`),
    ...picksInput(t, run, changes),
    emailsInput(t),
    ...actionsInput(t, run),
  ]);
}

/** Slack's limit for the options of a select, and of one answer to a search. */
export const MOST_OPTIONS = 100;

/** The select of users. It holds the whole plan if that fits; else Slack asks for options while somebody types. */
function picksInput(t: Texts, { counts }: Run, changes: readonly Change[]): types.InputBlock[] {
  const { blockId, actionId } = PICKS;
  const planned = plannedChanges(counts);
  if (planned === 0) return [];
  const isWhole = changes.length === planned && planned <= MOST_OPTIONS;
  const placeholder = plainText(t.adjust.picksPlaceholder);
  const element: types.MultiStaticSelect | types.MultiExternalSelect = isWhole
    ? { type: 'multi_static_select', action_id: actionId, placeholder, options: pickOptions(t, changes) }
    : { type: 'multi_external_select', action_id: actionId, placeholder, min_query_length: 0 };
  return [input(blockId, t.adjust.picksLabel, element, { optional: true })];
}

const OPTION_LIMIT = 75;

/** Changes of a plan as options of a select: the email and the effect. The value is the position in the plan. */
export function pickOptions(t: Texts, changes: readonly Change[]): types.PlainTextOption[] {
  return changes.slice(0, MOST_OPTIONS).flatMap(({ seq, email, action }) => {
    if (!isEffective(action)) return [];
    const text = plainText(plain(email, OPTION_LIMIT) || '""');
    return [{ text, value: String(seq), description: plainText(t.plan.effect.planned[action]) }];
  });
}

function emailsInput(t: Texts): types.InputBlock {
  const { characters } = ADJUST_LIMITS;
  return input(
    emails.blockId,
    t.adjust.emailsLabel,
    { type: 'plain_text_input', action_id: emails.actionId, multiline: true, max_length: characters },
    { hint: plainText(t.adjust.emailsHint(characters)), optional: true },
  );
}

/** A checkbox for each kind of change in the plan. */
function actionsInput(t: Texts, { counts }: Run): types.InputBlock[] {
  const options = EFFECTIVE_ACTIONS.filter((action) => counts[action] > 0).map((action) => ({
    text: plainText(t.adjust.action[action](counts[action])),
    value: action,
  }));
  if (options.length === 0) return [];
  const element = { type: 'checkboxes', action_id: actions.actionId, options } as const;
  return [input(actions.blockId, t.adjust.actionsLabel, element, { optional: true })];
}

/** Slack sends `null` for an empty input. */
const typed = z.object({ value: extra }).transform(({ value }) => emailsIn(value));

/** `value` is a position in the plan. */
const pickedSeqs = z
  .object({ selected_options: listOf(z.object({ value: z.string().regex(/^[1-9]\d{0,9}$/) })) })
  .transform(({ selected_options }) => [...new Set(selected_options.map(({ value }) => Number(value)))]);

const ticked = z
  .object({ selected_options: listOf(z.object({ value: z.enum(EFFECTIVE_ACTIONS) })) })
  .transform(({ selected_options }) => [...new Set(selected_options.map(({ value }) => value))]);

const metadata = z.object({ runId: storedRunId });

/** Checkboxes and select are missing where the plan has no change to pick, or a client does not show them. */
const submission = submissionOf({
  [PICKS.blockId]: maybe(z.object({ [PICKS.actionId]: pickedSeqs })),
  [emails.blockId]: z.object({ [emails.actionId]: typed }),
  [actions.blockId]: maybe(z.object({ [actions.actionId]: ticked })),
});

/** The users that an admin wants to leave out of a run's plan. Emails are in lower case, each once, not yet checked. */
export type AdjustSubmission = LeftOut & { readonly runId: number };

/**
 * Parses the submitted modal. Throws `ZodError` where it is not this bot's modal, and `SyntaxError` where its metadata is not JSON.
 */
export function readAdjustment(view: unknown): AdjustSubmission {
  const { private_metadata, state } = submission.parse(view);
  const chosen = state.values[PICKS.blockId]?.[PICKS.actionId] ?? [];
  return {
    ...metadata.parse(JSON.parse(private_metadata)),
    emails: state.values[emails.blockId][emails.actionId],
    actions: state.values[actions.blockId]?.[actions.actionId] ?? [],
    ...(chosen.length === 0 ? {} : { picks: chosen }),
  };
}

/** Quoted as in a CSV file, with straight or curly marks: whatever stands inside. Otherwise: everything up to a separator. */
const TYPED = /"((?:[^"\r\n]|"")*)"(?=$|[\s,;])|“([^”\r\n]*)”(?=$|[\s,;])|[^\s,;\u200b]+/g;

/** Reads what the bot's own lists, mail programs and spreadsheets write, and takes their marks away. */
function emailsIn(text: string): string[] {
  const emails = [...text.matchAll(TYPED)].flatMap(([word, straight, curly]) => {
    const quoted = straight?.replaceAll('""', '"') ?? curly;
    return quoted === undefined ? [word.replace(/^[<"`]+|[>"`]+$/g, '')] : insideQuotes(quoted);
  });
  return [...new Set(emails.map((email) => copied(email).toLowerCase()).filter((email) => email !== ''))];
}

/** One email, or several: a cell of a spreadsheet may hold a list. */
function insideQuotes(text: string): readonly string[] {
  const pieces = text.split(/[\s,;]+/);
  return pieces.every((piece) => piece.includes('@')) ? pieces : [text];
}

/** An email as `emailsIn` reads it. */
function asTyped(email: string): string {
  return /[\s,;\u200b"“`<>]/.test(email) ? `"${email.replaceAll('"', '""')}"` : email;
}

/** The run whose plan a modal adjusts. Throws as `readAdjustment` does. */
export function adjustedRunId(view: unknown): number {
  const { private_metadata } = z.object({ private_metadata: z.string() }).parse(view);
  return metadata.parse(JSON.parse(private_metadata)).runId;
}

export type AdjustMistake =
  | { readonly code: 'nothing_given' }
  | { readonly code: 'email_too_long'; readonly email: string }
  | { readonly code: 'too_many'; readonly emails: number }
  /** Found by comparing with the plan. */
  | { readonly code: 'not_in_plan'; readonly emails: readonly string[] }
  | { readonly code: 'nothing_left' };

/** Mistakes that show without any look-up; undefined where there are none. */
export function adjustMistake(left: LeftOut): AdjustMistake | undefined {
  const named = left.emails.length + (left.picks?.length ?? 0);
  if (named + left.actions.length === 0) return { code: 'nothing_given' };
  // The database counts characters, not UTF-16 units.
  const long = left.emails.find((email) => [...email].length > ADJUST_LIMITS.email);
  if (long !== undefined) return { code: 'email_too_long', email: long };
  return named > ADJUST_LIMITS.emails ? { code: 'too_many', emails: named } : undefined;
}

/** The errors to show under the modal's inputs (`response_action: errors`, by `block_id`). */
export function adjustInputErrors(t: Texts, mistake: AdjustMistake): Record<string, string> {
  const words = t.adjust;
  const text = inCase<AdjustMistake, string>(mistake, {
    nothing_given: () => words.nothingGiven,
    email_too_long: ({ email }) => words.tooLong(plain(email, 60), ADJUST_LIMITS.email),
    too_many: ({ emails: n }) => words.tooMany(n, ADJUST_LIMITS.emails),
    not_in_plan: (of) => words.notInPlan(inARow(t, of.emails, UNKNOWN_NAMED, (email) => plain(email, 60))),
    nothing_left: () => words.nothingLeft,
  });
  return { [emails.blockId]: text };
}

/** How many emails an error names. */
const UNKNOWN_NAMED = 3;

/** The block for errors that concern no single input, such as a lost database. */
export const ADJUST_ERRORS_AT = emails.blockId;

const TYPED_LIMIT = 2_500;

/** The input of a modal that is closed by now, so that it is not lost. */
export function typedText({ emails }: AdjustSubmission, t: Texts): string {
  return t.adjust.typed(mrkdwn(emails.map(asTyped).join(', ') || '-', TYPED_LIMIT));
}
