import { chatMethods } from './chat.ts';
import { conversationMethods } from './conversations.ts';
import { fileMethods } from './files.ts';
import { type Answer, type Method, refused } from './method.ts';
import { peopleMethods } from './people.ts';
import { viewMethods } from './views.ts';
import type { Workspace } from './workspace.ts';

const METHODS: Readonly<Record<string, Method>> = {
  ...chatMethods,
  ...conversationMethods,
  ...fileMethods,
  ...peopleMethods,
  ...viewMethods,
  // Only for the bot token; the app-level token is handled before.
  'apps.connections.open': () => refused('not_allowed_token_type'),
};

/** Carries out one call of the Web API. A method that the strict Slack does not have is a violation. */
export function callMethod(
  workspace: Workspace,
  name: string,
  args: Readonly<Record<string, unknown>>,
): Answer {
  const method = METHODS[name];
  if (method !== undefined) return method(args, workspace);
  const rule = 'the strict Slack has no such method';
  workspace.violations.push({ method: name, path: '', rule, slackError: 'unknown_method' });
  return refused('unknown_method');
}
