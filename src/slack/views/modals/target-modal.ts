import type { types } from '@slack/bolt';
import { z } from 'zod';
import { isDirect, TARGET_CHOICE } from '../../ids.ts';
import type { Texts } from '../../text/en.ts';
import { context, formModal, input, plainText } from '../blocks.ts';
import { channelLink } from '../inline.ts';

/** Where the inputs stand in `view.state.values`. */
const INPUTS = {
  target: { blockId: 'choice:target', actionId: 'target' },
  channel: { blockId: 'choice:channel', actionId: 'channel' },
} as const;

/** Slack's limit for the options of one group, and of a select without groups. */
const OPTIONS = 100;

/** The channel of the preview: known, or to be chosen, with `suggested` selected first. */
export type TargetPlace =
  | { readonly channelId: string }
  | { readonly channelId?: undefined; readonly suggested: string | undefined };

/** Asks for the target of a preview, and for its channel if that is not known. */
export function targetModal(t: Texts, targets: readonly string[], place: TargetPlace): types.ModalView {
  const metadata = place.channelId === undefined ? {} : { channelId: place.channelId };
  return formModal(TARGET_CHOICE, JSON.stringify(metadata), t.shortcut, [
    input(INPUTS.target.blockId, t.shortcut.targetLabel, targetSelect(targets)),
    ...placeBlocks(t, place),
  ]);
}

function placeBlocks(t: Texts, place: TargetPlace): types.KnownBlock[] {
  if (place.channelId === undefined) return [channelInput(t, place.suggested)];
  // Slack has no link to the bot's own conversation with a member, who is in it.
  if (isDirect(place.channelId)) return [];
  return [context('choice:here', [t.shortcut.here(channelLink(place.channelId))])];
}

function targetSelect(targets: readonly string[]): types.StaticSelect {
  const option = (target: string) => ({ text: plainText(target), value: target });
  const select = { type: 'static_select', action_id: INPUTS.target.actionId } as const;
  if (targets.length <= OPTIONS) return { ...select, options: targets.map(option) };
  const groups = Array.from({ length: Math.ceil(targets.length / OPTIONS) }, (_, group) =>
    targets.slice(group * OPTIONS, (group + 1) * OPTIONS),
  );
  return {
    ...select,
    option_groups: groups.map((group) => ({
      label: plainText(`${group[0]} – ${group.at(-1)}`),
      options: group.map(option),
    })),
  };
}

function channelInput(t: Texts, suggested: string | undefined): types.InputBlock {
  const element: types.ConversationsSelect = {
    type: 'conversations_select',
    action_id: INPUTS.channel.actionId,
    filter: { include: ['public', 'private'], exclude_bot_users: true },
    ...(suggested === undefined
      ? { default_to_current_conversation: true }
      : { initial_conversation: suggested }),
  };
  const hint = plainText(t.shortcut.channelHint);
  return input(INPUTS.channel.blockId, t.shortcut.channelLabel, element, { hint });
}

/** Of a channel, or of the bot's own conversation with a member, where a message has the shortcut too. */
const channelId = z.string().regex(/^[CDG][A-Z0-9]+$/);

const submission = z.object({
  private_metadata: z
    .string()
    .transform((text): unknown => JSON.parse(text))
    .pipe(z.object({ channelId: channelId.optional() })),
  state: z.object({
    values: z.looseObject({
      [INPUTS.target.blockId]: z.object({
        [INPUTS.target.actionId]: z.object({ selected_option: z.object({ value: z.string() }) }),
      }),
    }),
  }),
});

const channelChosen = z.object({
  [INPUTS.channel.blockId]: z.object({
    [INPUTS.channel.actionId]: z.object({ selected_conversation: channelId }),
  }),
});

/** Parses the submitted modal. Throws `ZodError` or `SyntaxError` where it is not this bot's modal. */
export function readTargetChoice(view: unknown): { readonly target: string; readonly channelId: string } {
  const { private_metadata, state } = submission.parse(view);
  return {
    target: state.values[INPUTS.target.blockId][INPUTS.target.actionId].selected_option.value,
    channelId:
      private_metadata.channelId ??
      channelChosen.parse(state.values)[INPUTS.channel.blockId][INPUTS.channel.actionId]
        .selected_conversation,
  };
}
