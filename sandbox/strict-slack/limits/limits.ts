import { z } from 'zod';
import { blockList } from './blocks.ts';
import limits from './limits.json' with { type: 'json' };
import { wholeMessage, wholePayload } from './rules.ts';
import { labelText, plainText } from './texts.ts';
import { HOUSE_RULE, slackError, type Violation, violationsOf } from './violation.ts';

type Method = 'post' | 'update';

/** The rules for messages. Built only once, because every call of Slack is checked. */
function messageRules(method: Method): readonly z.ZodType[] {
  const longest = limits.message['chat.update.text_hard'];
  const tooLong = method === 'update' ? slackError('msg_too_long') : HOUSE_RULE;
  const text = z
    .string()
    .refine((each) => each.length <= longest, { error: `at most ${longest} characters`, params: tooLong });
  const message = z.looseObject({
    text: text.optional(),
    blocks: blockList(limits.message.blocks).optional(),
  });
  const complete = z.looseObject({}).refine(({ blocks }) => method === 'post' || blocks !== undefined, {
    path: ['blocks'],
    error: 'an update carries text and blocks together; [] takes the blocks away',
    params: HOUSE_RULE,
  });
  const whole = z.unknown().superRefine(wholePayload).superRefine(wholeMessage);
  return [message, complete, whole];
}

const MESSAGE_RULES = { post: messageRules('post'), update: messageRules('update') };

/**
 * Checks a payload of `chat.postMessage`, `chat.update`, `chat.postEphemeral` or a response_url against Slack's limits
 * (limits.json) and this project's rules for messages. Returns every violation; empty if there is none.
 */
export function checkMessage(payload: unknown, method: Method = 'post'): Violation[] {
  return MESSAGE_RULES[method].flatMap((rules) =>
    violationsOf(rules.safeParse(payload).error, 'invalid_blocks'),
  );
}

const common = {
  blocks: blockList(limits.view.blocks),
  private_metadata: z.string().max(limits.view.private_metadata).optional(),
  callback_id: z.string().max(limits.view.callback_id).optional(),
  external_id: z.string().max(limits.view.external_id).optional(),
};

const modal = z.strictObject({
  ...common,
  type: z.literal('modal'),
  title: plainText(limits.view.title),
  submit: labelText(limits.view.submit).optional(),
  close: labelText(limits.view.close).optional(),
  clear_on_close: z.boolean().optional(),
  notify_on_close: z.boolean().optional(),
  submit_disabled: z.boolean().optional(),
});

const home = z.strictObject({ ...common, type: z.literal('home') });

const VIEW_RULES: readonly z.ZodType[] = [
  z.discriminatedUnion('type', [modal, home]),
  z.unknown().superRefine(wholePayload).superRefine(wholeView),
];

/**
 * Checks a modal or a Home tab against Slack's limits and this project's rules. Returns every violation; empty if there is none.
 */
export function checkView(view: unknown): Violation[] {
  return VIEW_RULES.flatMap((rules) => violationsOf(rules.safeParse(view).error, 'invalid_arguments'));
}

function wholeView(view: unknown, context: z.RefinementCtx): void {
  const bytes = Buffer.byteLength(JSON.stringify(view) ?? '');
  if (bytes > limits.view.bytes) {
    const message = `at most ${limits.view.bytes} bytes, this has ${bytes}`;
    context.addIssue({ code: 'custom', message, params: slackError('view_too_large') });
  }
  const types = outline.safeParse(view).data;
  if (types?.type !== 'modal') return;
  if (types.submit === undefined && types.blocks.some(({ type }) => type === 'input')) {
    context.addIssue({
      code: 'custom',
      path: ['submit'],
      message: 'a modal with an input block needs submit',
    });
  }
  if (types.blocks.some(({ type }) => type === 'table')) {
    context.addIssue({ code: 'custom', path: ['blocks'], message: 'no table in a modal' });
  }
}

const outline = z.looseObject({
  type: z.string(),
  submit: z.unknown().optional(),
  blocks: z.array(z.looseObject({ type: z.string() })),
});
