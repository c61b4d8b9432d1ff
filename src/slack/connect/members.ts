import { z } from 'zod';
import type { SlackClient } from './client.ts';
import { remembering } from './remembering.ts';
import { flag, listOf, maybe } from './shapes.ts';

/** How long an answer of Slack's is believed: someone removed from the admins is out after this. */
export const BELIEVED_MS = 30_000;

const said = z.object({
  id: z.string(),
  team_id: maybe(z.string()),
  name: maybe(z.string()),
  /** Such as `en-US`. */
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
 * Somebody of a workspace. On Enterprise Grid a person is of several, which `enterprise_user.teams` names; `team_id` may
 * then be left out, or name another one of them or the organisation (docs.slack.dev, "user object"). A person without any
 * cannot be told from a stranger, so such an answer is refused.
 */
export const member = said.transform(({ team_id, enterprise_user, ...who }, context) => {
  const teams = [...(team_id === undefined ? [] : [team_id]), ...(enterprise_user?.teams ?? [])];
  if (teams.length === 0) context.addIssue({ code: 'custom', message: 'Slack names no workspace' });
  return { ...who, teams };
});
export type Member = z.infer<typeof member>;

/** Slack's facts of a member. Throws the errors of Slack's call, and a ZodError for an unexpected answer. */
export type MemberOf = (userId: string) => Promise<Member>;

export function createMembers(client: SlackClient): MemberOf {
  return remembering(BELIEVED_MS, async (userId) =>
    member.parse((await client.users.info({ user: userId, include_locale: true })).user),
  );
}

/** No list can outweigh this: guests, bots, deleted members and people of other workspaces are never admins. */
export function disqualification(
  who: Member,
  teamId: string,
): 'deleted' | 'bot' | 'guest' | 'stranger' | undefined {
  if (who.deleted) return 'deleted';
  if (who.is_bot) return 'bot';
  if (who.is_restricted || who.is_ultra_restricted) return 'guest';
  return who.is_stranger || !who.teams.includes(teamId) ? 'stranger' : undefined;
}

export function nameOf({ profile, name }: Member): string | undefined {
  return profile?.display_name || profile?.real_name || name;
}
