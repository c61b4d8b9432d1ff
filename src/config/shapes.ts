import { z } from 'zod';
import { distance, isCommand } from './commands.ts';
import { isEncoded } from './database-url.ts';

/** Shapes of single settings. Each yields a typed value, or a message that says what the setting must be, without its value. */

/** The settings that are not empty. A line end behind a value, as where it was read from a file, is cut off. */
export function givenIn(environment: Readonly<Record<string, string | undefined>>): Record<string, string> {
  const given = Object.entries(environment).map(([name, value = '']) => [
    name,
    value.replace(/[\r\n]+$/, ''),
  ]);
  return Object.fromEntries(given.filter(([, value]) => value?.trim()));
}

/** How names begin that only this bot has. */
const OURS =
  /^(?:(?:SYNC|EXTERNAL_API|PROTECTED|TWO_PERSON|DEACTIVAT(?:ION|E)|NEW_USER|PREVIEW)_|RETENTION|BREAK_GL|SLACK_(?:CHANNEL|ADMIN|ALLOW))/;

/**
 * Whether a name in the environment looks like a misspelt setting: it begins as only our names do, or it differs from one of `unset`
 * only in upper and lower case or by one typing error (two from 16 letters on). Names under 8 letters are too much alike.
 */
export function looksOurs(name: string, unset: readonly string[]): boolean {
  if (OURS.test(name)) return true;
  const word = name.toLowerCase();
  return unset
    .map((each) => ({ each: each.toLowerCase(), most: 1 + Math.floor(each.length / 16) }))
    .filter(({ each, most }) => each.length >= 8 && Math.abs(each.length - word.length) <= most)
    .some(({ each, most }) => each.charAt(0) === word.charAt(0) && distance(word, each) <= most);
}

/** Splits a comma-separated list; empty items are dropped. */
export const items = (text: string, between: RegExp | string = ',') =>
  text
    .split(between)
    .map((item) => item.trim())
    .filter((item) => item !== '');

/** A setting that `parse` turns into a value; undefined means that it is malformed. */
export function parsed<T>(what: string, parse: (text: string) => T | undefined) {
  return z.string().transform((text, context): T => {
    const value = parse(text);
    if (value !== undefined) return value;
    context.addIssue(what);
    return z.NEVER;
  });
}

/** An email as depot servers use it: the part after the @ needs no dot (`vendor1@dkm`). */
export const EMAIL = /^[^\s@<>,;]+@[^\s@<>,;]+$/;

/** A whole number from `least` to `most`, both included. */
export function whole(least: number, most: number) {
  const what = `must be a whole number from ${least} to ${most}`;
  return z
    .string()
    .trim()
    .regex(/^\d{1,9}$/, what)
    .transform(Number)
    .refine((value) => value >= least && value <= most, what);
}

/** The different items of a list; undefined if one does not match, or if there is none: a lone comma is a mistake. */
function itemsLike(shape: RegExp, text: string): string[] | undefined {
  const found = [...new Set(items(text))];
  return found.length > 0 && found.every((item) => shape.test(item)) ? found : undefined;
}

/** A comma-separated list of different items that match `shape`; empty where unset. */
export function list(shape: RegExp, what: string) {
  return parsed(what, (text) => itemsLike(shape, text)).default([]);
}

const TOKENS: Readonly<Record<string, string>> = {
  'xoxb-': 'a bot token, which belongs in SLACK_BOT_TOKEN',
  'xapp-': 'an app-level token, which belongs in SLACK_APP_TOKEN',
  'xoxp-': 'the token of a user',
  'xoxe-': 'a token that renews another one',
  'xoxe.xoxp-': 'a token that configures apps',
  'xoxe.xoxb-':
    'a token that expires after 12 hours, as the app has token rotation on: create the app anew from manifest.yml',
};

/** A Slack token that begins with `prefix`. For another kind of token, the message names that kind. */
export function slackToken(prefix: string, what: string) {
  return z.string(what).regex(new RegExp(`^${prefix}\\S+$`), {
    error: ({ input }) => {
      const kind = Object.keys(TOKENS).find((each) => String(input).startsWith(each));
      return kind === undefined || kind === prefix ? what : `${what}; this is ${TOKENS[kind]}`;
    },
  });
}

/** `SLACK_ALLOW_SHARED_CHANNELS`: `on`, `off`, or ids of channels. */
export const sharedChannels = z
  .string()
  .trim()
  .regex(
    /^(?:on|off|[CG][A-Z0-9]+(?:\s*,\s*[CG][A-Z0-9]+)*)$/,
    'must be off, on, or channel ids such as C0123456789, separated by commas',
  );

/** Whether `SLACK_ALLOW_SHARED_CHANNELS` allows a channel. */
export function allowing(allowed: string): (channelId: string) => boolean {
  const channels = items(allowed);
  return (channelId) => allowed === 'on' || channels.includes(channelId);
}

/** One of the given words. */
export function oneOf<const T extends readonly [string, ...string[]]>(values: T) {
  return z.enum(values, { error: `must be one of ${values.join(', ')}` });
}

/** A target's name as typed after `/usersync`: up to 32 characters. */
export const TARGET_NAME = /^[a-z0-9][a-z0-9_-]{0,31}$/;

const TARGETS_SHAPE =
  'must be names in small letters, none of them a command or a number, separated by commas and different in more than - and _; name=code where the location code differs';

/** `SYNC_TARGETS`: target names, each with its location code (`prod=sby`). Without a code, the name is the code. */
export const targets = parsed(TARGETS_SHAPE, (text): ReadonlyMap<string, string> | undefined => {
  const codes = new Map<string, string>();
  for (const item of items(text)) {
    const [name = '', code = name, ...rest] = item.split('=').map((part) => part.trim());
    // A name of digits would be taken for the number of a run.
    const isName = TARGET_NAME.test(name) && !isCommand(name) && !/^\d+$/.test(name);
    // `jkt-2` and `jkt_2` would share a password.
    const isTaken = [...codes.keys()].some((other) => inCapitals(other) === inCapitals(name));
    if (rest.length > 0 || !isName || code === '' || isTaken) return undefined;
    codes.set(name, code);
  }
  return codes.size > 0 ? codes : undefined;
});

const NOTIFY_SHAPE =
  'must be off, or ids of members and user groups such as U0123456789,S0123456789, separated by commas';

/** `SYNC_NOTIFY`: ids of members and user groups to mention when a run waits for people; empty where it is `off`. */
export const notify = parsed(NOTIFY_SHAPE, (text): readonly string[] | undefined =>
  items(text).join() === 'off' ? [] : itemsLike(/^[UWS][A-Z0-9]+$/, text),
);

/** The name of a setting for one target: `EXTERNAL_API_EMAIL` for `prod-2` is `EXTERNAL_API_EMAIL_PROD_2`. */
export function nameForTarget(setting: string, target: string): string {
  return `${setting}_${inCapitals(target)}`;
}

const inCapitals = (target: string) => target.toUpperCase().replaceAll('-', '_');

/** Columns that the bot itself writes for a new user. */
const OWN_COLUMNS = ['id', 'email', 'location_id', 'status', 'created_at', 'updated_at'];
const NEW_USER =
  'must be a JSON object of columns of users and their values for a new user, such as {"name":"{localpart}","password":"!"}; ' +
  'values are text with {email} and {localpart}, numbers, true, false or null, and columns are none that the bot writes itself';

const newUserColumn = z
  .string()
  .regex(/^\w{1,64}$/)
  .refine((name) => !OWN_COLUMNS.includes(name.toLowerCase()));
/** A brace before a word is a placeholder, which may be misspelt. Other braces are text, such as an empty JSON object. */
const newUserText = z
  .string()
  .max(1_000)
  .refine(
    (text) =>
      !/\{\s*\w|(?:email|localpart)\s*\}/.test(text.replaceAll('{email}', '').replaceAll('{localpart}', '')),
  );
/** JSON gives a longer whole number another value: it has to be text. */
const newUserNumber = z.number().refine((value) => Number.isSafeInteger(value) || !Number.isInteger(value));
const newUser = z.record(
  newUserColumn,
  z.union([newUserText, newUserNumber, z.boolean().transform(Number), z.null()]),
);

/** How many keys the text of a JSON object has. The parser keeps the last of equal ones. */
function keysIn(json: string): number {
  return [...json.matchAll(/"(?:[^"\\]|\\.)*"(\s*:)?/g)].filter(([, colon]) => colon !== undefined).length;
}

/** `NEW_USER_DEFAULTS`: for new users, values of columns that the bot does not know. */
export const newUserDefaults = parsed(
  NEW_USER,
  (text): ReadonlyMap<string, string | number | null> | undefined => {
    try {
      const columns = Object.entries(newUser.parse(JSON.parse(text)));
      const names = new Set(columns.map(([name]) => name.toLowerCase()));
      return names.size === keysIn(text) ? new Map(columns) : undefined;
    } catch {
      return undefined;
    }
  },
);

const REDIS = 'must be redis://host:port or redis://host:port/1, the password percent-encoded';
/** `REDIS_URL`. The client would end the process over a database that is no number, or a lone %. */
export const redisUrl = z
  .url({ protocol: /^rediss?$/, hostname: /./, error: REDIS, abort: true })
  .regex(/^\w+:\/\/[^/?#]+\/?\d*(\?[^@]*)?$/, REDIS)
  .refine((value) => isEncoded(value) && !/[?&]db=(?!\d+(?:&|$))/.test(value), REDIS);
