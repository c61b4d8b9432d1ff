import { z } from 'zod';
import type { Logger, ReadersOf } from '../../../sync/ports/ports.ts';
import type { Audit } from '../../../sync/ports/steps.ts';
import { type AccessRefusal, readersObjection } from '../../../sync/run/click.ts';
import type { Actor } from '../../../sync/run/run.ts';
import { remembering, type SlackClient } from '../../connect/client.ts';
import { disqualification, type Member, type MemberOf, nameOf } from '../../connect/people-and-channels.ts';

/** The person who typed or clicked, and the channel; `channelId` is undefined where there is none, as on the Home tab. */
export type Visitor = { readonly userId: string; readonly userName: string; readonly channelId?: string };

export type Access =
  | { readonly allowed: true; readonly actor: Actor }
  | { readonly allowed: false; readonly actor: Actor; readonly refusal: AccessRefusal };

/** Decides about every command, click and submission, and audits refusals. Throws only the audit's errors. */
export type Authorize = (visitor: Visitor) => Promise<Access>;

export type Gate = {
  readonly authorize: Authorize;
  /** Whether a person is an admin, for views that only show something. A no is not audited. Never throws. */
  readonly isAdmin: (userId: string) => Promise<boolean>;
  /** Why a person is no admin; undefined for an admin. Not audited. Never throws. */
  readonly objectionTo: (userId: string) => Promise<NotAdmin | undefined>;
};

export type NotAdmin = Extract<AccessRefusal, { code: 'not_admin' }>;

type Judged = { readonly who?: Member; readonly refusal?: AccessRefusal };
type JudgedPerson = { readonly who?: Member; readonly refusal?: NotAdmin };

/** The checks of person and channel. Answers of Slack's are remembered for half a minute. */
export function createGate(options: {
  client: SlackClient;
  memberOf: MemberOf;
  readersOf: ReadersOf;
  audit: Audit;
  logger: Logger;
  teamId: string;
  adminUserIds: readonly string[];
  adminUsergroupIds: readonly string[];
  channelIds: readonly string[];
}): Gate {
  const { client, memberOf, readersOf, audit, logger, teamId, channelIds } = options;
  const groupOf = remembering(async (usergroup) =>
    z.array(z.string()).parse((await client.usergroups.users.list({ usergroup })).users),
  );

  /** Throws if no group lists the person, but some group could not be read: the person may be in that group. */
  async function isListed(userId: string): Promise<boolean> {
    if (options.adminUserIds.includes(userId)) return true;
    const failures: unknown[] = [];
    for (const group of options.adminUsergroupIds) {
      try {
        if ((await groupOf(group)).includes(userId)) return true;
      } catch (error) {
        // A removed group, for example. It makes nobody an admin; other groups still count.
        logger.warn({ group, err: error }, 'a user group of admins cannot be read');
        failures.push(error);
      }
    }
    if (failures.length > 0) throw failures[0];
    return false;
  }

  async function judge({ userId, channelId }: Visitor): Promise<Judged> {
    if (channelId === undefined) return judgePerson(userId);
    if (channelIds.length > 0 && !channelIds.includes(channelId)) {
      return { refusal: { code: 'wrong_channel', channelIds } };
    }
    // Both questions go out at once, to save time.
    const [judged, readers] = await Promise.all([judgePerson(userId), readersOf(channelId)]);
    const objection = judged.refusal ?? readersObjection(readers, channelId);
    return objection === undefined ? judged : { ...judged, refusal: objection };
  }

  async function judgePerson(userId: string): Promise<JudgedPerson> {
    try {
      const who = await memberOf(userId);
      const why = disqualification(who, teamId) ?? ((await isListed(userId)) ? undefined : 'not_listed');
      if (why === undefined) return { who };
      // A member of the workspace may learn whom to ask.
      const admins = why === 'not_listed' ? [...options.adminUserIds, ...options.adminUsergroupIds] : [];
      return { who, refusal: { code: 'not_admin', why, admins } };
    } catch {
      // A person who cannot be verified is no admin (Slack down, rate limit, missing scope, unknown member).
      return { refusal: { code: 'not_admin', why: 'unverifiable' } };
    }
  }

  const authorize: Authorize = async (visitor) => {
    const { who, refusal } = await judge(visitor);
    const actor = { id: visitor.userId, name: (who && nameOf(who)) || visitor.userName || visitor.userId };
    if (refusal === undefined) return { allowed: true, actor };
    const reason = refusal.code === 'not_admin' ? refusal.why : visitor.channelId;
    await audit.append({ step: 'refused', actor, outcome: refusal.code, reason });
    return { allowed: false, actor, refusal };
  };
  const objectionTo = async (userId: string) => (await judgePerson(userId)).refusal;
  return { authorize, objectionTo, isAdmin: async (userId) => (await objectionTo(userId)) === undefined };
}
