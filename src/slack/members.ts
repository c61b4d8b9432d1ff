import { z } from 'zod';
import type { SlackClient } from './client.ts';
import { remembering } from './remembering.ts';

/** How long an answer of Slack's is believed: someone removed from the admins is out after this. */
export const BELIEVED_MS = 30_000;

const member = z.object({
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
