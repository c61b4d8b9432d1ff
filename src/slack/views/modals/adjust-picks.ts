import type { types } from '@slack/bolt';
import { z } from 'zod';
import { type Change, isEffective } from '../../../sync/run/change.ts';
import { plannedChanges, type Run } from '../../../sync/run/run.ts';
import { listOf } from '../../connect/shapes.ts';
import { ADJUSTMENT_PICKS } from '../../ids.ts';
import type { Texts } from '../../text/en.ts';
import { plain } from '../../text/escape.ts';
import { input, plainText } from '../blocks.ts';

/** Where the select stands in `view.state.values` of the Adjust modal. */
export const PICKS = { blockId: 'adjust:picks', actionId: ADJUSTMENT_PICKS } as const;

/** Slack's limit for the options of a select, and of one answer to a search. */
export const MOST_OPTIONS = 100;

/** The select of users. It holds the whole plan if that fits; else Slack asks for options while somebody types. */
export function picksInput(t: Texts, { counts }: Run, changes: readonly Change[]): types.InputBlock[] {
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

/** `value` is a position in the plan. */
export const pickedSeqs = z
  .object({ selected_options: listOf(z.object({ value: z.string().regex(/^[1-9]\d{0,9}$/) })) })
  .transform(({ selected_options }) => [...new Set(selected_options.map(({ value }) => Number(value)))]);
