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

/** The name of a command, button or modal, and the run that it names. No word that somebody typed: the log keeps it for ever. */
export type Asks = { readonly what: string; readonly ofRunId?: number | undefined };

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
  const authorize = async (visitor: Visitor, asks: Asks): Promise<Access> => {
    const { who, refusal } = await judge(visitor);
    const actor = { id: visitor.userId, name: (who && nameOf(who)) || visitor.userName || visitor.userId };
    if (refusal === undefined) return { allowed: true, actor };
    const reason = refusal.code === 'not_admin' ? refusal.why : visitor.channelId;
    const facts = { kind: 'asked', ...asks } as const;
    await audit.append({ step: 'refused', actor, outcome: refusal.code, reason, facts });
    return { allowed: false, actor, refusal };
  };
  /** Why a person is no admin; undefined for an admin. Not audited. Never throws. */
  const refusalFor = async (userId: string) => (await judgePerson(userId)).refusal;
  /** Whether a person is an admin; undefined if Slack did not say. A no is not audited. Never throws. */
  const isAdmin = async (userId: string) => {
    const refusal = await refusalFor(userId);
    return refusal?.why === 'unverifiable' ? undefined : refusal === undefined;
  };
  /** Whom the settings or groups list. */
  const listed = {
    /** Their ids in order, and Slack's error if it may say later who is in a group. */
    members: async () => {
      const { members, failures } = await inGroups(() => false);
      const ids = [...new Set([...options.adminUserIds, ...members])].toSorted();
      return { ids, doubt: failures.find(mayBeSaid) };
    },
    /** Whether one of them is an admin. No, if Slack never says it. Throws Slack's error if it may say it later. */
    isAdmin: async (id: string) => {
      try {
        return disqualification(await memberOf(id), teamId) === undefined;
      } catch (error) {
        if (mayBeSaid(error)) throw error;
        return false;
      }
    },
  };
  return { authorize, refusalFor, isAdmin, listed };
}

/** Whether Slack may say later what it did not say now. */
function mayBeSaid(error: unknown): boolean {
  return !(error instanceof z.ZodError) && rejectionOf(error).kind === 'later';
}
