import { z } from 'zod';
import type { SlackClient } from './client.ts';
import { remembering } from './remembering.ts';

/** How long an answer of Slack's is believed: someone removed from the admins is out after this. */
export const BELIEVED_MS = 30_000;

export const member = z.object({
  id: z.string(),
  team_id: z.string(),
  name: z.string().optional(),
  /** Such as `en-US`. */
  locale: z.string().optional(),
  deleted: z.boolean().default(false),
  is_bot: z.boolean().default(false),
  is_restricted: z.boolean().default(false),
  is_ultra_restricted: z.boolean().default(false),
  is_stranger: z.boolean().default(false),
  profile: z.object({ display_name: z.string().optional(), real_name: z.string().optional() }).optional(),
  enterprise_user: z.object({ teams: z.array(z.string()).default([]) }).optional(),
});
export type Member = z.infer<typeof member>;

/** What Slack says of a member; throws what Slack's call throws, and a ZodError where the answer is another. */
export type MemberOf = (userId: string) => Promise<Member>;

export function createMembers(client: SlackClient): MemberOf {
  return remembering(BELIEVED_MS, async (userId) =>
    member.parse((await client.users.info({ user: userId, include_locale: true })).user),
  );
}

/** What no list can outweigh: guests, bots, deleted members and people of other workspaces are never admins. */
export function disqualification(
  who: Member,
  teamId: string,
): 'deleted' | 'bot' | 'guest' | 'stranger' | undefined {
  if (who.deleted) return 'deleted';
  if (who.is_bot) return 'bot';
  if (who.is_restricted || who.is_ultra_restricted) return 'guest';
  const ours = who.team_id === teamId || who.enterprise_user?.teams.includes(teamId);
  return who.is_stranger || !ours ? 'stranger' : undefined;
}

export function nameOf({ profile, name }: Member): string | undefined {
  return profile?.display_name || profile?.real_name || name;
}
