import { z } from 'zod';
import limits from './limits.json' with { type: 'json' };
import { HOUSE_RULE } from './violation.ts';

const { min, max } = limits.text_object;

/** A text object without formatting. */
export function plainText(longest: number = max) {
  return z.strictObject({
    type: z.literal('plain_text'),
    text: z.string().min(min).max(longest),
    emoji: z.boolean().optional(),
  });
}

/** A text object with or without formatting. */
export function anyText(longest: number = max) {
  const mrkdwn = z.strictObject({
    type: z.literal('mrkdwn'),
    text: z.string().min(min).max(longest),
    verbatim: z.boolean().optional(),
  });
  return z.discriminatedUnion('type', [plainText(longest), mrkdwn]);
}

/** The label of a button or header; this project allows no emoji there. */
export function labelText(longest: number) {
  return plainText(longest).refine(({ text }) => !EMOJI.test(text), {
    path: ['text'],
    error: 'buttons and headers carry no emoji',
    params: HOUSE_RULE,
  });
}

const EMOJI = /\p{Extended_Pictographic}|:[a-z0-9_+'-]+:/u;
