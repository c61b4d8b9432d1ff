import { z } from 'zod';
import type { Logger, ReadersOf } from '../../../sync/ports/ports.ts';
import type { Audit } from '../../../sync/ports/steps.ts';
import { type AccessRefusal, readersRefusal } from '../../../sync/run/refusal.ts';
import type { Actor } from '../../../sync/run/run.ts';
import { remembering, type SlackClient } from '../../connect/client.ts';
import { disqualification, type Member, type MemberOf, nameOf } from '../../connect/people-and-channels.ts';
import { rejectionOf } from '../../connect/rejection.ts';
import type { Texts } from '../../text/en.ts';
import type { CommandAsked } from './payloads.ts';

/** The person who typed or clicked, and the channel; `channelId` is undefined where there is none, as on the Home tab. */
export type Visitor = Omit<CommandAsked['visitor'], 'channelId'> & { readonly channelId?: string };

export type Access =
  | { readonly allowed: true; readonly actor: Actor }
  | { readonly allowed: false; readonly actor: Actor; readonly refusal: AccessRefusal };

/** Checks of people and channels, and people's languages. */
export type People = ReturnType<typeof createGate> & {
  /** The texts in a person's language. Never throws. */
  readonly textsOf: (userId: string) => Promise<Texts>;
  readonly readersOf: ReadersOf;
};

type NotAdmin = Extract<AccessRefusal, { code: 'not_admin' }>;

type Judged = { readonly who?: Member; readonly refusal?: AccessRefusal };
type JudgedPerson = { readonly who?: Member; readonly refusal?: NotAdmin };

/** Creates the checks of person and channel. Answers of Slack's are remembered for half a minute. */
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
}) {
  const { client, memberOf, readersOf, audit, logger, teamId, channelIds } = options;
  const groupOf = remembering(async (usergroup) =>
    z.array(z.string()).parse((await client.usergroups.users.list({ usergroup })).users),
  );

  /** Throws if no group lists the person, but some group could not be read: the person may be in that group. */
  async function isListed(userId: string): Promise<boolean> {
    if (options.adminUserIds.includes(userId)) return true;
    const isFound = (members: readonly string[]) => members.includes(userId);
    const { members, failures } = await inGroups(isFound);
    if (isFound(members)) return true;
    if (failures.length > 0) throw failures[0];
    return false;
  }

  /** The members of the groups, up to the first group with which `isEnough`. */
  async function inGroups(isEnough: (members: readonly string[]) => boolean) {
    const members: string[] = [];
    const failures: unknown[] = [];
    for (const group of options.adminUsergroupIds) {
      try {
        members.push(...(await groupOf(group)));
        if (isEnough(members)) break;
      } catch (error) {
        // A removed group, for example. It makes nobody an admin; other groups still count.
        logger.warn({ group, err: error }, 'a user group of admins cannot be read');
        failures.push(error);
      }
    }
    return { members, failures };
  }

  async function judge({ userId, channelId }: Visitor): Promise<Judged> {
    if (channelId === undefined) return judgePerson(userId);
    if (channelIds.length > 0 && !channelIds.includes(channelId)) {
      return { refusal: { code: 'wrong_channel', channelIds } };
    }
    // Both questions go out at once, to save time.
    const [judged, readers] = await Promise.all([judgePerson(userId), readersOf(channelId)]);
    const refusal = judged.refusal ?? readersRefusal(readers, channelId);
    return refusal === undefined ? judged : { ...judged, refusal };
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

  /** Decides about every command, click and submission, and audits refusals. Throws only the audit's errors. */
  const authorize = async (visitor: Visitor): Promise<Access> => {
    const { who, refusal } = await judge(visitor);
    const actor = { id: visitor.userId, name: (who && nameOf(who)) || visitor.userName || visitor.userId };
    if (refusal === undefined) return { allowed: true, actor };
    const reason = refusal.code === 'not_admin' ? refusal.why : visitor.channelId;
    await audit.append({ step: 'refused', actor, outcome: refusal.code, reason });
    return { allowed: false, actor, refusal };
  };
  /** Why a person is no admin; undefined for an admin. Not audited. Never throws. */
  const refusalFor = async (userId: string) => (await judgePerson(userId)).refusal;
  /** Whether a person is an admin; undefined if Slack did not say. A no is not audited. Never throws. */
  const isAdmin = async (userId: string) => {
    const refusal = await refusalFor(userId);
    return refusal?.why === 'unverifiable' ? undefined : refusal === undefined;
  };
  /**
   * Of the members whom the settings or groups list, in the order of their ids: the admins among the first `most` after `after`, and
   * the last one looked at where others are left. `doubt`: Slack's error if it may say later of a group or member who is one.
   * A group or member of whom Slack never says it makes no admin. Looks at fewer if Slack is slow.
   */
  const adminMembers = async (after: string, most: number) => {
    const { members, failures } = await inGroups(() => false);
    const left = [...new Set([...options.adminUserIds, ...members])].filter((id) => id > after).toSorted();
    const admins: string[] = [];
    const end = performance.now() + LOOK_WITHIN_MS;
    let looked = 0;
    for (const id of left.slice(0, most)) {
      if (performance.now() > end) break;
      looked += 1;
      const who = await memberOf(id).catch((error: unknown) => void failures.push(error));
      if (who !== undefined && disqualification(who, teamId) === undefined) admins.push(id);
    }
    return {
      admins,
      doubt: failures.find(mayBeSaid),
      last: looked < left.length ? left[looked - 1] : undefined,
    };
  };
  return { authorize, refusalFor, isAdmin, adminMembers };
}

/** Much shorter than the lease of a notice. */
const LOOK_WITHIN_MS = 15_000;

/** Whether Slack may say later what it did not say now. */
function mayBeSaid(error: unknown): boolean {
  return !(error instanceof z.ZodError) && rejectionOf(error).kind === 'later';
}
