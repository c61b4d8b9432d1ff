import { z } from 'zod';
import type { Violation } from './limits/violation.ts';
import type { Channel, Workspace } from './workspace.ts';

export type Answer = { readonly ok: true; readonly [field: string]: unknown } | Refused;

export type Refused = {
  readonly ok: false;
  readonly error: string;
  /** The missing scope. */
  readonly needed?: string;
  readonly response_metadata?: { readonly messages: readonly string[] };
  /** Only for `blocks.validate`. */
  readonly errors?: readonly object[];
};

/** One method of Slack's Web API. It gets the unchanged arguments. */
export type Method = (args: Readonly<Record<string, unknown>>, workspace: Workspace) => Answer;

/** An answer with Slack's error code. */
export function refused(error: string): Refused {
  return { ok: false, error };
}

/** Creates a method with typed arguments. Malformed arguments are a violation, and the answer is `invalid_arguments`. */
export function method<Args>(
  name: string,
  schema: z.ZodType<Args>,
  serve: (args: Args, workspace: Workspace) => Answer,
): Record<string, Method> {
  const checked: Method = (raw, workspace) => {
    const { data, error } = schema.safeParse(raw);
    if (error === undefined) return serve(data, workspace);
    workspace.violations.push({
      method: name,
      path: '',
      rule: z.prettifyError(error),
      slackError: 'invalid_arguments',
    });
    return refused('invalid_arguments');
  };
  return { [name]: checked };
}

/** Records the violations of a payload. Returns Slack's refusal if Slack would refuse the payload. */
export function admit(
  workspace: Workspace,
  name: string,
  violations: readonly Violation[],
): Refused | undefined {
  workspace.violations.push(...violations.map((violation) => ({ ...violation, method: name })));
  const fatal = violations.filter(({ slackError }) => slackError !== undefined);
  const error = fatal[0]?.slackError;
  if (error === undefined) return undefined;
  const messages = fatal.map(({ path, rule }) => `[ERROR] ${rule} [json-pointer:/${pointer(path)}]`);
  return { ...refused(error), response_metadata: { messages } };
}

/** A path in the form of a JSON pointer, without the leading slash. */
export function pointer(path: string): string {
  return path.replaceAll(/[.[\]]+/g, '/').replace(/\/$/, '');
}

/**
 * The channel, if the bot may post there. The id of a member, or of the conversation with a member (`D…`), gives that
 * conversation.
 */
export function channelForBot(workspace: Workspace, id: string): Channel | Refused {
  const member = [id, id.replace(/^D/, 'U')].find((each) => workspace.members.has(each));
  if (member !== undefined) {
    return { id: `D${member.slice(1)}`, name: 'directmessage', members: [member, workspace.botUserId] };
  }
  const channel = workspace.channels.get(id);
  if (channel === undefined) return refused('channel_not_found');
  return channel.members.includes(workspace.botUserId) ? channel : refused('not_in_channel');
}
