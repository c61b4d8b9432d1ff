import { type Actor, type Run, SYSTEM } from '../../sync/run.ts';
import { code, mrkdwn, plain } from '../text/escape.ts';

const NAME_LIMIT = 100;

/** A Slack member as a mention, anyone else by name. */
export function mention(actor: Actor): string {
  if (actor.id === SYSTEM.id) return SYSTEM.name;
  return /^[UW][A-Z0-9]+$/.test(actor.id) ? `<@${actor.id}>` : mrkdwn(actor.name || actor.id, NAME_LIMIT);
}

/** A channel as a link, or its id as it stands where it is none. */
export function channelLink(channelId: string): string {
  return /^[CG][A-Z0-9]+$/.test(channelId) ? `<#${channelId}>` : code(channelId, NAME_LIMIT);
}

/** The location's name inside mrkdwn. */
export function place(run: Pick<Run, 'locationName' | 'target'>): string {
  return mrkdwn(run.locationName.trim() || run.target, NAME_LIMIT);
}

/** The location's name inside a `plain_text` object. */
export function plainPlace(run: Pick<Run, 'locationName' | 'target'>, limit = NAME_LIMIT): string {
  return plain(run.locationName.trim() || run.target, limit);
}

/** The location's name inside a header, where emoji have no place. */
export function headerPlace(run: Pick<Run, 'locationName' | 'target'>): string {
  return plainPlace({ locationName: withoutEmoji(run.locationName), target: withoutEmoji(run.target) });
}

/** Drops emoji and breaks names such as `:tada:` by a look-alike of the colon. */
function withoutEmoji(text: string): string {
  return text.replace(/\p{Extended_Pictographic}/gu, '').replace(/:(?=[a-z0-9_+'-]+:)/g, '\ua789');
}

/** What to type after a slash. */
export function command(words: string): string {
  return code(`/usersync ${words}`, NAME_LIMIT);
}

/** What to type for a new preview of the same. */
export function previewCommand({ target, reverts }: Pick<Run, 'target' | 'reverts'>): string {
  return command(reverts === undefined ? target : `rollback ${reverts}`);
}

/** A moment in the reader's own time zone (Slack's date token); the fallback is in UTC. */
export function moment(date: Date): string {
  const fallback = `${date.toISOString().slice(0, 16).replace('T', ' ')} UTC`;
  return `<!date^${Math.floor(date.getTime() / 1000)}^{time}, {date_short_pretty}|${fallback}>`;
}
