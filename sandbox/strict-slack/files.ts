import { z } from 'zod';
import { store } from './chat.ts';
import limits from './limits/limits.json' with { type: 'json' };
import { checkMessage } from './limits/limits.ts';
import { admit, channelForBot, method, refused } from './method.ts';
import { newId, type StoredFile, type Workspace } from './workspace.ts';

const getUploadUrl = method(
  'files.getUploadURLExternal',
  z.looseObject({
    filename: z.string().min(1),
    length: z.coerce.number().int().min(limits.files.length_min),
    alt_text: z.string().max(limits.files.alt_text).optional(),
  }),
  ({ filename, length }, workspace) => {
    const file: StoredFile = {
      id: newId('F'),
      name: filename,
      length,
      content: undefined,
      shared: undefined,
    };
    workspace.files.set(file.id, file);
    return { ok: true, upload_url: `${workspace.url}/upload/${file.id}`, file_id: file.id };
  },
);

const complete = method(
  'files.completeUploadExternal',
  z.looseObject({
    files: z.array(z.object({ id: z.string(), title: z.string().optional() })).min(1),
    channel_id: z.string().optional(),
    thread_ts: z.string().optional(),
    initial_comment: z.string().optional(),
    blocks: z.array(z.unknown()).optional(),
  }),
  ({ files, channel_id, thread_ts, initial_comment, blocks }, workspace) => {
    const uploaded = files.map(({ id, title }) => ({ file: workspace.files.get(id), title }));
    const channel = channel_id === undefined ? undefined : channelForBot(workspace, channel_id);
    if (channel !== undefined && 'error' in channel) return channel;
    if (uploaded.some(({ file }) => file?.content === undefined)) return refused('file_not_found');
    const refusal =
      initial_comment === undefined && blocks === undefined
        ? undefined
        : admit(workspace, 'files.completeUploadExternal', checkMessage({ text: initial_comment, blocks }));
    if (refusal !== undefined) return refusal;
    for (const { file, title } of uploaded) {
      if (file !== undefined)
        file.shared = { channel: channel?.id, threadTs: thread_ts, title: title ?? file.name };
    }
    const fileIds = files.map(({ id }) => id);
    if (channel !== undefined) {
      store(workspace, { channel: channel.id, text: initial_comment ?? '', blocks, thread_ts, fileIds });
    }
    return {
      ok: true,
      files: uploaded.map(({ file, title }) => ({ id: file?.id, title: title ?? file?.name })),
    };
  },
);

export const fileMethods = { ...getUploadUrl, ...complete };

/** Stores the bytes of an announced file. False if the id is unknown or the length differs from the announced one. */
export function receiveUpload(workspace: Workspace, id: string, content: Buffer): boolean {
  const file = workspace.files.get(id);
  if (file === undefined || file.length !== content.length) return false;
  file.content = content;
  return true;
}
