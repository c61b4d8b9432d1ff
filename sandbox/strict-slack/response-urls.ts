import { z } from 'zod';
import { find, store } from './chat.ts';
import limits from './limits/limits.json' with { type: 'json' };
import { checkMessage } from './limits/limits.ts';
import { type Answer, admit, refused } from './method.ts';
import type { Workspace } from './workspace.ts';

const reply = z.looseObject({
  text: z.string().default(''),
  blocks: z.array(z.unknown()).optional(),
  response_type: z.enum(['ephemeral', 'in_channel']).default('ephemeral'),
  replace_original: z.boolean().default(false),
  delete_original: z.boolean().default(false),
  thread_ts: z.string().optional(),
});

/** Serves a response_url: at most 5 times, within 30 minutes of the interaction. */
export function respond(workspace: Workspace, id: string, body: unknown): Answer {
  const url = workspace.responseUrls.get(id);
  if (url === undefined) return refused('expired_url');
  if (workspace.now() - url.issuedAt > limits.timing.response_url_minutes * 60_000)
    return refused('expired_url');
  if (url.uses >= limits.timing.response_url_uses) return refused('used_url');
  url.uses += 1;
  const { data, error } = reply.safeParse(body);
  if (error !== undefined) return refused('invalid_payload');
  const original = url.messageTs === undefined ? undefined : find(workspace, url.channel, url.messageTs);
  if (data.delete_original) {
    if (original !== undefined) workspace.messages.splice(workspace.messages.indexOf(original), 1);
    return { ok: true };
  }
  const refusal = admit(workspace, 'response_url', checkMessage(data));
  if (refusal !== undefined) return refusal;
  if (data.replace_original && original !== undefined) {
    original.text = data.text;
    original.blocks = data.blocks;
    original.edited = true;
  } else {
    const ephemeralTo = data.response_type === 'ephemeral' ? url.user : undefined;
    store(workspace, { ...data, channel: url.channel, ephemeralTo });
  }
  return { ok: true };
}
