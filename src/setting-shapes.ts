import { z } from 'zod';
import { isCommand } from './slack/commands/commands.ts';

/** Shapes of single settings: each yields a typed value, or says what the setting must be, never what it was. */

const items = (value: string) =>
  value
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '');

/** A whole number from `least` to `most`. */
export function whole(least: number, most: number) {
  const what = `must be a whole number from ${least} to ${most}`;
  return z
    .string()
    .trim()
    .regex(/^\d{1,9}$/, what)
    .transform(Number)
    .refine((value) => value >= least && value <= most, what);
}

/** A comma separated list whose items match; empty where unset. */
export function list(shape: RegExp, what: string) {
  return z
    .string()
    .transform(items)
    .refine((values) => values.every((value) => shape.test(value)), what)
    .default([]);
}

const TOKENS: Readonly<Record<string, string>> = {
  'xoxb-': 'a bot token, which belongs in SLACK_BOT_TOKEN',
  'xapp-': 'an app-level token, which belongs in SLACK_APP_TOKEN',
  'xoxp-': 'the token of a user',
  'xoxe-': 'a token that configures apps',
};

/** A token of Slack's that begins with `prefix`; where it is one of another kind, that is said as well. */
export function slackToken(prefix: string, what: string) {
  return z.string(what).regex(new RegExp(`^${prefix}\\S+$`), {
    error: ({ input }) => {
      const kind = String(input).slice(0, 5);
      return kind === prefix || TOKENS[kind] === undefined ? what : `${what}; this is ${TOKENS[kind]}`;
    },
  });
}

export function oneOf<const T extends readonly [string, ...string[]]>(values: T) {
  return z.enum(values, { error: `must be one of ${values.join(', ')}` });
}

export const TARGET_NAME = /^[a-z0-9][a-z0-9_-]{0,31}$/;

/** `SYNC_TARGETS`: names, each with the location code it stands for (`prod=sby`), or its own name. */
export const targets = z.string().transform((value, context): ReadonlyMap<string, string> => {
  const codes = new Map<string, string>();
  for (const item of items(value)) {
    const [name = '', code = name, ...rest] = item.split('=').map((part) => part.trim());
    const valid = rest.length === 0 && TARGET_NAME.test(name) && code !== '' && code.length <= 10;
    if (!valid || codes.has(name) || isCommand(name))
      context.addIssue({ code: 'custom', message: TARGETS_SHAPE });
    codes.set(name, code);
  }
  if (codes.size === 0) context.addIssue({ code: 'custom', message: TARGETS_SHAPE });
  return codes;
});

const TARGETS_SHAPE =
  'must be different names in small letters, none of them a command, separated by commas; name=code where the location code differs';

/** The name of a setting for one target: `EXTERNAL_API_EMAIL` for `prod-2` is `EXTERNAL_API_EMAIL_PROD_2`. */
export function nameForTarget(setting: string, target: string): string {
  return `${setting}_${target.toUpperCase().replaceAll('-', '_')}`;
}
