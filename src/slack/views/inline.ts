import { DEFAULT_DEPLOYMENT } from '../../config/commands.ts';
import { isRule } from '../../sync/rules/rules.ts';
import { type Actor, type Run, SYSTEM } from '../../sync/run/run.ts';
import { readReason } from '../connect/rejection-reason.ts';
import type { Texts } from '../text/en.ts';
import { code, literal, mrkdwn, plain } from '../text/escape.ts';

const NAME_LIMIT = 100;

/** A limit for an email of 255 characters that is shown whole, even if each one is escaped. */
export const WHOLE_EMAIL = 1_600;

/** The first `most` items of a list, formatted by `show`, and how many more there are. */
export function firstOf<Item>(
  items: readonly Item[],
  most: number,
  show: (item: Item) => string,
): { readonly shown: readonly string[]; readonly more: number } {
  return { shown: items.slice(0, most).map(show), more: Math.max(0, items.length - most) };
}

/** A bold heading and a bullet for each line, in mrkdwn. */
export function bulleted(heading: string, lines: readonly string[]): string {
  return [`*${heading}*`, ...lines.map((line) => `• ${line}`)].join('\n');
}

/** The first `most` items in a row, and how many more of the `total` there are. */
export function inARow<Item>(
  t: Texts,
  items: readonly Item[],
  most: number,
  show: (item: Item) => string,
  total = items.length,
): string {
  const { shown } = firstOf(items, most, show);
  const more = total - shown.length;
  return [shown.join(', '), ...(more > 0 ? [t.schedule.more(more)] : [])].join(' ');
}

/** A Slack member as a mention, a rule as written in the settings, anyone else by name. */
export function mention(actor: Actor): string {
  if (actor.id === SYSTEM.id) return SYSTEM.name;
  if (isRule(actor)) return code(actor.name, NAME_LIMIT);
  return /^[UW][A-Z0-9]+$/.test(actor.id) ? `<@${actor.id}>` : mrkdwn(actor.name || actor.id, NAME_LIMIT);
}

/** Whose word had a run executed: a person confirmed it, or a rule applied it. */
export function wordOf(t: Texts, { confirmedBy, requestedBy }: Run): string {
  return confirmedWord(t, confirmedBy ?? requestedBy);
}

/** That somebody confirmed a run, or that a rule applied it. */
export function confirmedWord(t: Texts, by: Actor): string {
  return t.history[isRule(by) ? 'applied' : 'confirmed'](mention(by));
}

/** Whether users were left out of a plan. The admin who adjusted it last counts as its requester. */
export function wasAdjusted({ counts }: Pick<Run, 'counts'>): boolean {
  return counts.omitted > 0;
}

/** Who asked for a run or adjusted its plan, and when. A scheduled run names no person. */
export function requestedWords(t: Texts, run: Run): string {
  const when = moment(t, run.requestedAt);
  if (run.requestedBy.id === SYSTEM.id) return t.history.scheduled(when);
  return t.history[wasAdjusted(run) ? 'adjusted' : 'requested'](mention(run.requestedBy), when);
}

/** A member or a user group as a mention, by its id. */
export function memberOrGroup(id: string): string {
  return /^S[A-Z0-9]+$/.test(id) ? `<!subteam^${id}>` : mention({ id, name: '' });
}

/** A channel as a link; any other text as code. */
export function channelLink(channelId: string): string {
  return /^[CG][A-Z0-9]+$/.test(channelId) ? `<#${channelId}>` : code(channelId, NAME_LIMIT);
}

/** The location's name, escaped for mrkdwn. */
export function place(run: Pick<Run, 'locationName' | 'target'>): string {
  return literal(run.locationName.trim() || run.target, NAME_LIMIT);
}

/** The location's name, for `plain_text`. */
export function plainPlace(run: Pick<Run, 'locationName' | 'target'>, limit = NAME_LIMIT): string {
  return plain(run.locationName.trim() || run.target, limit);
}

/** The location's name for a header, without emoji. */
export function headerPlace(run: Pick<Run, 'locationName' | 'target'>): string {
  return plainPlace({ locationName: withoutEmoji(run.locationName), target: withoutEmoji(run.target) });
}

/** Removes emoji, and keeps names such as `:tada:` from becoming emoji: their colons become a similar character. */
function withoutEmoji(text: string): string {
  return text.replace(/\p{Extended_Pictographic}/gu, '').replace(/:(?=[a-z0-9_+'-]+:)/g, '\ua789');
}

/** A target in bold: its location's name, and the target's name if it differs. */
export function targetLabel(of: {
  readonly locationName: string | undefined;
  readonly target: string;
}): string {
  const name = of.locationName?.trim() || of.target;
  const shown = `*${literal(name, NAME_LIMIT)}*`;
  return name.toLowerCase() === of.target ? shown : `${shown} (${targetName(of.target)})`;
}

/** A target's name as people type it. */
export function targetName(target: string): string {
  return code(target, NAME_LIMIT);
}

/** A command for people to type: this deployment's slash command, and the words after it. */
export function command(t: Texts, words: string): string {
  return code(`${(t.deployment ?? DEFAULT_DEPLOYMENT).command} ${words}`, NAME_LIMIT);
}

/** The command for a new preview of the same target, or of the same rollback. */
export function previewCommand(t: Texts, { target, reverts }: Pick<Run, 'target' | 'reverts'>): string {
  return command(t, reverts === undefined ? target : `rollback ${reverts}`);
}

/** The command that invites the bot to a channel. The manifest names the bot after its slash command. */
export function invitation({ deployment }: Texts): string {
  return code(`/invite @${(deployment ?? DEFAULT_DEPLOYMENT).command.slice(1)}`);
}

/** Puts this deployment's label before a title or first line, if it has a label. */
export function labelled({ deployment }: Texts, text: string): string {
  return deployment?.label === undefined ? text : `[${deployment.label}] ${text}`;
}

/** A moment in the reader's own time zone (Slack's date token). The fallback text is in UTC. */
export function moment({ time }: Texts, date: Date): string {
  return dateToken(date, time.moment, `${date.toISOString().slice(0, 16).replace('T', ' ')} UTC`);
}

/** A day in the reader's own time zone. The fallback text is in UTC. */
export function day({ time }: Texts, date: Date): string {
  return dateToken(date, time.day, date.toISOString().slice(0, 10));
}

function dateToken(date: Date, format: string, fallback: string): string {
  return `<!date^${Math.floor(date.getTime() / 1000)}^${format}|${fallback}>`;
}

/** The URL of a run's message; undefined where it is unknown. */
export type LinkOf = (run: Run) => string | undefined;

const ADDRESS = /^https?:\/\/[^\s|<>"\\]{1,300}$/;

/** `label` as a link to a run's message; undefined where there is no usable URL. */
export function runLink(linkOf: LinkOf, run: Run, label: string): string | undefined {
  const address = linkOf(run);
  return address !== undefined && ADDRESS.test(address) ? `<${address}|${label}>` : undefined;
}

/** A run's name, as a link to its message where that is known. */
export function linkedRun(t: Texts, linkOf: LinkOf, run: Run): string {
  const name = t.status.run(run.id);
  return runLink(linkOf, run, name) ?? name;
}

/** Links to messages, as Slack's "Copy link" makes them. `teamUrl` ends with a slash, as in `auth.test`; undefined: no links. */
export function createLinks(teamUrl: string | undefined): LinkOf {
  return ({ channelId, messageTs }: Run) =>
    teamUrl === undefined || messageTs === undefined
      ? undefined
      : `${teamUrl}archives/${channelId}/p${messageTs.replace('.', '')}`;
}

const ERROR_LIMIT = 100;

/** Why Slack did not take something, as the end of a sentence, in mrkdwn. `stored` is the reason of a `Rejection`. */
export function whyRefused(t: Texts, stored: string): string {
  const reason = readReason(stored);
  switch (reason.by) {
    case 'slack':
      return wordsFor(t.rejection.slack, reason.code) ?? t.rejection.answered(code(reason.code, ERROR_LIMIT));
    case 'usersync':
      return t.rejection.own[reason.cause];
    case 'quote':
      return t.rejection.quoted[reason.cause](code(reason.words, ERROR_LIMIT));
  }
}

/** The words for a stored or received code; undefined where this version does not know it. */
export function wordsFor(meanings: Readonly<Record<string, string>>, key: string): string | undefined {
  return Object.hasOwn(meanings, key) ? meanings[key] : undefined;
}

export function noFileText(t: Texts, reason: string): string {
  return t.rejection.noFile(whyRefused(t, reason));
}
