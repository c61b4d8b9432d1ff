import type { types, webApi } from '@slack/bolt';
import { z } from 'zod';
import { messageOf } from '../../sync/failures/failure.ts';
import {
  type ClientSettings,
  createSlackClient,
  createSlackClock,
  isForeignAnswer,
  retryAfterSeconds,
  type SlackClient,
  slackErrorCode,
  TIMEOUT_MS,
} from './client.ts';
import { DIRECT } from './network.ts';
import { isSharedOutside, member } from './people-and-channels.ts';
import { extra, flag, listOf, maybe } from './shapes.ts';

/** Slack's answer to a question, or why there is none. */
export type SlackReply<T> =
  | { readonly outcome: 'answered'; readonly answer: T }
  /** `error` is Slack's error code; `needed` is the missing scope, if that is the reason. */
  | { readonly outcome: 'refused'; readonly error: string; readonly needed: string | undefined }
  | { readonly outcome: 'limited'; readonly seconds: number }
  /** `reason` is for people, and free of secrets. */
  | { readonly outcome: 'unreachable'; readonly reason: string };

/** The bot's identity, according to its token. */
export type SlackIdentity = {
  readonly teamId: string;
  /** The workspace's URL, with a slash at the end; undefined where Slack does not give it. */
  readonly teamUrl: string | undefined;
  readonly botId: string;
  readonly botUserId: string;
};

export type TokenFacts = SlackIdentity & {
  readonly team: string;
  readonly botName: string;
  /** Whether the app is installed to a whole Enterprise Grid organisation instead of one workspace. */
  readonly orgWide: boolean;
  /** The token's scopes, from the header `x-oauth-scopes`; undefined if Slack sent none. */
  readonly scopes: readonly string[] | undefined;
};

export type NoAnswer = Exclude<SlackReply<unknown>, { readonly outcome: 'answered' }>;

type BlocksPayload =
  | { readonly message: { readonly text: string; readonly blocks: types.KnownBlock[] } }
  | { readonly view: types.View };

/** Questions to Slack that change nothing. None of them throws. */
export type SlackInspection = ReturnType<typeof createSlackInspection>;

const tokenFacts = z
  .object({
    team: maybe(z.string()),
    team_id: z.string(),
    url: maybe(z.string()),
    user: maybe(z.string()),
    user_id: z.string(),
    bot_id: z.string(),
    is_enterprise_install: flag,
    response_metadata: maybe(z.object({ scopes: maybe(z.array(z.string())) })),
  })
  .transform(
    (said): TokenFacts => ({
      teamId: said.team_id,
      teamUrl: said.url,
      botId: said.bot_id,
      botUserId: said.user_id,
      team: said.team ?? said.team_id,
      botName: said.user ?? said.user_id,
      orgWide: said.is_enterprise_install,
      scopes: said.response_metadata?.scopes,
    }),
  );

/** `logger` gets the client's log lines. `timeoutMs` limits each question. */
export function createSlackInspection(
  options: ClientSettings & { readonly botToken: string; readonly logger: webApi.Logger },
) {
  const clock = createSlackClock(Date.now);
  const clientFor = (token: string): SlackClient => createSlackClient({ ...options, botToken: token, clock });
  const client = clientFor(options.botToken);
  return {
    /** By how many milliseconds this machine's clock is ahead of Slack's, in whole seconds; undefined where Slack sends no time. */
    clockAheadMs: () =>
      replyOf(async () => {
        // A refusal carries Slack's time too.
        const asked = await client.auth.test().catch((error: unknown) => ({ error }));
        const ahead = clock.aheadMs();
        if (ahead === undefined && asked.error !== undefined) throw asked.error;
        return ahead;
      }),
    whoami: () => replyOf(async () => tokenFacts.parse(await client.auth.test())),
    /** Whether the bot is in a channel: reads a message of it, for which it also needs the right to read history. */
    readChannel: (channel: string) =>
      replyOf<true>(async () => {
        await client.conversations.history({ channel, limit: 1 });
        return true;
      }),
    /** Whether people of another company read a channel, or are invited to it. */
    isSharedOutside: (channel: string) => replyOf(() => isSharedOutside(client, channel)),
    readMember: (user: string) => replyOf(async () => member.parse((await client.users.info({ user })).user)),
    groupSize: (usergroup: string) =>
      replyOf(async () => {
        const { users } = await client.usergroups.users.list({ usergroup });
        return z.array(z.string()).parse(users).length;
      }),
    /** What Slack finds wrong with a message or view (`blocks.validate`). Nobody sees the message. */
    validate: (payload: BlocksPayload) =>
      replyOf<readonly string[]>(async () => {
        try {
          await client.blocks.validate(
            'message' in payload ? { message: { blocks: payload.message.blocks } } : { view: payload.view },
          );
          return [];
        } catch (error) {
          const { data: refused } = invalidBlocks.safeParse(error);
          if (refused === undefined) throw error;
          const { data } = refused;
          return data.errors.length === 0
            ? [data.error]
            : data.errors.map(({ pointer, message }) => [pointer, message].join(' ').trim());
        }
      }),
    /** Asks for the address of a socket, with the app-level token. Opens no socket: the address expires unused. */
    socketAddress: (appToken: string) =>
      replyOf(async () => socketAddress.parse(await clientFor(appToken).apps.connections.open({})).url),
    /** Whether the host of a socket answers a plain request. The path, with its ticket, is not asked for. */
    reachesSocket: (address: URL) =>
      replyOf<true>(async () => {
        const { fetch } = options.network ?? DIRECT;
        const root = `${address.protocol.replace('ws', 'http')}//${address.host}/`;
        const answer = await fetch(root, { signal: AbortSignal.timeout(options.timeoutMs ?? TIMEOUT_MS) });
        await answer.body?.cancel();
        return true;
      }),
  };
}

/** Slack's answer with the address of a socket (docs.slack.dev, `apps.connections.open`). */
export const socketAddress = z.object({ url: z.url().transform((url) => new URL(url)) });

/** The errors of `blocks.validate` (docs.slack.dev, its page). */
const invalidBlocks = z.object({
  data: z.object({
    error: z.enum(['invalid_blocks', 'invalid_message', 'invalid_view']),
    errors: listOf(z.object({ pointer: extra, message: extra })),
  }),
});

const missingScope = z.object({ data: z.object({ needed: z.string() }) });

async function replyOf<T>(ask: () => Promise<T>): Promise<SlackReply<T>> {
  try {
    return { outcome: 'answered', answer: await ask() };
  } catch (error) {
    const seconds = retryAfterSeconds(error);
    if (seconds !== undefined) return { outcome: 'limited', seconds };
    const code = slackErrorCode(error);
    if (code === undefined) return { outcome: 'unreachable', reason: reasonOf(error) };
    return { outcome: 'refused', error: code, needed: missingScope.safeParse(error).data?.data.needed };
  }
}

/** The innermost cause is the most precise: `connect ECONNREFUSED …` instead of `fetch failed`. */
function reasonOf(error: unknown): string {
  if (isForeignAnswer(error)) return 'the answer is not one of Slack';
  if (error instanceof z.ZodError) return 'the answer is not one that Slack gives';
  return error instanceof Error && error.cause instanceof Error ? reasonOf(error.cause) : messageOf(error);
}
