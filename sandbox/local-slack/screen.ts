import { on } from 'node:events';
import { WebSocket } from 'undici';
import { z } from 'zod';
import type { ViewValues } from '../strict-slack/view-values.ts';

const ANSWER_WITHIN_MS = 15_000;

const view = z.looseObject({
  id: z.string(),
  type: z.string(),
  callback_id: z.string().optional(),
  blocks: z.array(z.looseObject({ type: z.string(), block_id: z.string().optional() })).default([]),
});

export type LocalView = z.infer<typeof view>;

const screen = z.object({
  apps: z.array(z.object({ connected: z.boolean() })),
  modalStack: z.array(view),
  /** By user, then by app. */
  homeViews: z.record(z.string(), z.record(z.string(), view)),
});

/** The content of the local Slack's web page beside the messages. All modals of the workspace are one stack. */
export type Screen = z.infer<typeof screen>;

const event = z.discriminatedUnion('t', [
  z.object({ t: z.literal('init'), state: screen }),
  z.object({ t: z.literal('view'), stack: z.array(view) }),
  z.object({ t: z.literal('view_errors'), errors: z.record(z.string(), z.string()) }),
]);

type ScreenEvent = z.infer<typeof event>;

/** The result of submitting a modal: the modal that is open now, if any, and its errors. */
export type Submission = {
  readonly open: LocalView | undefined;
  readonly errors: Readonly<Record<string, string>>;
};

/** Reads the page once. */
export async function lookAtScreen(url: string): Promise<Screen> {
  return onScreen(url, async (_send, state) => state);
}

/** Submits the topmost modal like the page's own button, and waits for the bot's answer. Throws if no modal is open. */
export async function submitOnScreen(url: string, user: string, values: ViewValues): Promise<Submission> {
  return onScreen(url, async (send, state, next) => {
    const open = state.modalStack.at(-1);
    if (open === undefined) throw new Error('No modal is open in the local Slack');
    send({ t: 'view_submit', user, values });
    const answer = await next(['view', 'view_errors']);
    if (answer.t === 'view') return { open: answer.stack.at(-1), errors: {} };
    return { open, errors: answer.t === 'view_errors' ? answer.errors : {} };
  });
}

type Next = (kinds: readonly ScreenEvent['t'][]) => Promise<ScreenEvent>;

async function onScreen<T>(
  url: string,
  visit: (send: (message: object) => void, state: Screen, next: Next) => Promise<T>,
): Promise<T> {
  const socket = new WebSocket(`${url.replace(/^http/, 'ws')}/ui`);
  // An ordered queue, because several messages can arrive at once.
  const messages = on(socket, 'message', { signal: AbortSignal.timeout(ANSWER_WITHIN_MS) });
  const next: Next = async (kinds) => {
    for (;;) {
      const { value } = await messages.next();
      const parsed = event.safeParse(JSON.parse(String(value[0].data)));
      if (parsed.success && kinds.includes(parsed.data.t)) return parsed.data;
    }
  };
  try {
    const first = await next(['init']);
    if (first.t !== 'init') throw new Error('The local Slack did not introduce itself');
    return await visit((message) => socket.send(JSON.stringify(message)), first.state, next);
  } finally {
    await messages.return?.();
    socket.close();
  }
}
