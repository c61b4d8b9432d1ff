import { z } from 'zod';
import type { Audit } from '../sync/ports.ts';
import type { AccessRefusal } from '../sync/refusal.ts';
import type { Actor } from '../sync/run.ts';
import type { SlackClient } from './client.ts';
import { remembering } from './remembering.ts';

/** Whoever typed or clicked, and where; `channelId` is undefined for a modal, which stands in no channel. */
export type Visitor = { readonly userId: string; readonly userName: string; readonly channelId?: string };

export type Access =
  | { readonly allowed: true; readonly actor: Actor }
  | { readonly allowed: false; readonly actor: Actor; readonly refusal: AccessRefusal };

/** Decides at every command, click and submission; refusals are audited. Never throws but for the audit's errors. */
export type Authorize = (visitor: Visitor) => Promise<Access>;

/** How long an answer of Slack's is believed: someone removed from the admins is out after this. */
const BELIEVED_MS = 30_000;

const member = z.object({
  id: z.string(),
  team_id: z.string(),
  name: z.string().optional(),
  deleted: z.boolean().default(false),
  is_bot: z.boolean().default(false),
  is_restricted: z.boolean().default(false),
  is_ultra_restricted: z.boolean().default(false),
  is_stranger: z.boolean().default(false),
  profile: z.object({ display_name: z.string().optional(), real_name: z.string().optional() }).optional(),
  enterprise_user: z.object({ teams: z.array(z.string()).default([]) }).optional(),
});
type Member = z.infer<typeof member>;

export function createAuthorize(options: {
  client: SlackClient;
  audit: Audit;
  teamId: string;
  adminUserIds: readonly string[];
  adminUsergroupIds: readonly string[];
  channelIds: readonly string[];
}): Authorize {
  const { client, audit, teamId, channelIds } = options;
  const memberOf = remembering(BELIEVED_MS, async (userId) =>
    member.parse((await client.users.info({ user: userId })).user),
  );
  const groupOf = remembering(BELIEVED_MS, async (usergroup) =>
    z.array(z.string()).parse((await client.usergroups.users.list({ usergroup })).users),
  );

  async function isListed(userId: string): Promise<boolean> {
    if (options.adminUserIds.includes(userId)) return true;
    for (const group of options.adminUsergroupIds) {
      if ((await groupOf(group)).includes(userId)) return true;
    }
    return false;
  }

  async function judge({ userId, channelId }: Visitor): Promise<{ who?: Member; refusal?: AccessRefusal }> {
    if (channelId !== undefined && channelIds.length > 0 && !channelIds.includes(channelId)) {
      return { refusal: { code: 'wrong_channel', channelIds } };
    }
    try {
      const who = await memberOf(userId);
      const why = disqualification(who, teamId) ?? ((await isListed(userId)) ? undefined : 'not_listed');
      return why === undefined ? { who } : { who, refusal: { code: 'not_admin', why } };
    } catch {
      // Whoever cannot be verified is nobody's admin (Slack down, rate limit, missing scope, unknown member).
      return { refusal: { code: 'not_admin', why: 'unverifiable' } };
    }
  }

  return async (visitor) => {
    const { who, refusal } = await judge(visitor);
    const actor = { id: visitor.userId, name: (who && nameOf(who)) || visitor.userName || visitor.userId };
    if (refusal === undefined) return { allowed: true, actor };
    const reason = refusal.code === 'not_admin' ? refusal.why : visitor.channelId;
    await audit.append({ step: 'refused', actor, outcome: refusal.code, reason });
    return { allowed: false, actor, refusal };
  };
}

/** What no list can outweigh: guests, bots, deleted members and people of other workspaces are never admins. */
function disqualification(who: Member, teamId: string) {
  if (who.deleted) return 'deleted';
  if (who.is_bot) return 'bot';
  if (who.is_restricted || who.is_ultra_restricted) return 'guest';
  const ours = who.team_id === teamId || who.enterprise_user?.teams.includes(teamId);
  return who.is_stranger || !ours ? 'stranger' : undefined;
}

function nameOf({ profile, name }: Member): string | undefined {
  return profile?.display_name || profile?.real_name || name;
}
