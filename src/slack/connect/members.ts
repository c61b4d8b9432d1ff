import { z } from 'zod';
import type { SlackClient } from './client.ts';
import { remembering } from './remembering.ts';
import { flag, listOf, maybe } from './shapes.ts';

/** For how long an answer of Slack's counts. A person removed from the admins is locked out after this time. */
export const BELIEVED_MS = 30_000;

const said = z.object({
  id: z.string(),
  team_id: maybe(z.string()),
  name: maybe(z.string()),
  locale: maybe(z.string()),
  deleted: flag,
  is_bot: flag,
  is_restricted: flag,
  is_ultra_restricted: flag,
  is_stranger: flag,
  profile: maybe(z.object({ display_name: maybe(z.string()), real_name: maybe(z.string()) })),
  enterprise_user: maybe(z.object({ teams: listOf(z.string()) })),
});

/**
 * A person of a workspace. On Enterprise Grid a person may belong to several, listed in `enterprise_user.teams`; `team_id` may then
 * be missing, or name another workspace or the organisation (docs.slack.dev, "user object"). An answer without any workspace is
 * refused: the person could be a stranger.
 */
export const member = said.transform(({ team_id, enterprise_user, ...who }, context) => {
  const teams = [...(team_id === undefined ? [] : [team_id]), ...(enterprise_user?.teams ?? [])];
  if (teams.length === 0) context.addIssue({ code: 'custom', message: 'Slack names no workspace' });
  return { ...who, teams };
});
export type Member = z.infer<typeof member>;

/** Returns Slack's facts about a member. Throws the errors of Slack's call, and a ZodError for an unexpected answer. */
export type MemberOf = (userId: string) => Promise<Member>;

/** Asks Slack about members, and remembers each answer for half a minute. */
export function createMembers(client: SlackClient): MemberOf {
  return remembering(BELIEVED_MS, async (userId) =>
    member.parse((await client.users.info({ user: userId, include_locale: true })).user),
  );
}

/** Why a person is never an admin, whatever the settings list: deleted members, bots, guests, and people of other workspaces. */
export function disqualification(
  who: Member,
  teamId: string,
): 'deleted' | 'bot' | 'guest' | 'stranger' | undefined {
  if (who.deleted) return 'deleted';
  if (who.is_bot) return 'bot';
  if (who.is_restricted || who.is_ultra_restricted) return 'guest';
  return who.is_stranger || !who.teams.includes(teamId) ? 'stranger' : undefined;
}

/** The name to show for a member; undefined where Slack gives none. */
export function nameOf({ profile, name }: Member): string | undefined {
  return profile?.display_name || profile?.real_name || name;
}
