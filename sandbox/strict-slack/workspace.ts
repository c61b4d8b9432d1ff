import { randomBytes } from 'node:crypto';
import type { Violation } from './limits/violation.ts';

/** A member as `users.info` shows one; flags that are not given are false. */
export type Member = {
  readonly id: string;
  readonly name: string;
  readonly real_name?: string;
  /** The workspace's own unless the member comes from elsewhere. */
  readonly team_id?: string;
  readonly deleted?: boolean;
  readonly is_bot?: boolean;
  readonly is_restricted?: boolean;
  readonly is_ultra_restricted?: boolean;
  readonly is_stranger?: boolean;
  /** What `users.info` says otherwise; a field that is undefined is left out. */
  readonly shown?: Readonly<Record<string, unknown>>;
};

export type Channel = {
  readonly id: string;
  readonly name: string;
  readonly members: readonly string[];
  /** What `conversations.info` says otherwise: `{ is_ext_shared: true }` in Slack Connect. */
  readonly shown?: Readonly<Record<string, unknown>>;
};

export type UserGroup = { readonly id: string; readonly users: readonly string[] };

export type StoredMessage = {
  readonly channel: string;
  readonly ts: string;
  /** When it was posted: milliseconds since 1970, by the workspace's clock. */
  readonly at: number;
  readonly user: string;
  text: string;
  blocks: readonly unknown[] | undefined;
  edited: boolean;
  readonly threadTs: string | undefined;
  readonly metadata: unknown;
  /** Who alone saw it, where it was ephemeral. */
  readonly ephemeralTo: string | undefined;
  readonly fileIds: readonly string[];
};

export type StoredView = {
  readonly id: string;
  /** Changes with every update. */
  hash: string;
  /** Who sees it. */
  readonly user: string;
  /** The trigger that opened it: none for a Home tab. */
  readonly triggerId?: string;
  readonly rootId: string;
  view: Readonly<Record<string, unknown>>;
};

export type StoredFile = {
  readonly id: string;
  readonly name: string;
  readonly length: number;
  content: Buffer | undefined;
  /** Where it was shared, once the upload was completed. */
  shared:
    | { readonly channel: string | undefined; readonly threadTs: string | undefined; readonly title: string }
    | undefined;
};

type Trigger = { readonly user: string; readonly issuedAt: number; used: boolean };

export type ResponseUrl = {
  readonly user: string;
  readonly channel: string;
  readonly messageTs: string | undefined;
  readonly issuedAt: number;
  uses: number;
};

type Call = {
  readonly method: string;
  readonly args: Readonly<Record<string, unknown>>;
  /** Milliseconds since 1970, by the workspace's clock. */
  readonly at: number;
};

/** Everything that the strict Slack knows. */
export type Workspace = {
  readonly url: string;
  readonly teamId: string;
  readonly appId: string;
  readonly botUserId: string;
  readonly scopes: readonly string[];
  /** What `auth.test` says otherwise. */
  readonly identity: Readonly<Record<string, unknown>>;
  readonly now: () => number;
  readonly members: Map<string, Member>;
  readonly channels: Map<string, Channel>;
  readonly userGroups: Map<string, UserGroup>;
  readonly messages: StoredMessage[];
  readonly views: Map<string, StoredView>;
  /** The Home tab of each user. */
  readonly homes: Map<string, StoredView>;
  readonly files: Map<string, StoredFile>;
  readonly triggers: Map<string, Trigger>;
  readonly responseUrls: Map<string, ResponseUrl>;
  readonly calls: Call[];
  /** Every broken rule, those included that Slack itself would let pass. */
  readonly violations: (Violation & { readonly method: string })[];
};

let counter = 0;

/** A timestamp as Slack makes them: unique, and later than all before. */
export function nextTs(workspace: Workspace): string {
  counter += 1;
  return `${Math.floor(workspace.now() / 1000)}.${String(counter).padStart(6, '0')}`;
}

export function newId(prefix: string): string {
  return prefix + randomBytes(5).toString('hex').toUpperCase();
}

/** A `trigger_id`: opens one modal within 3 seconds. */
export function issueTrigger(workspace: Workspace, user: string): string {
  const id = `${newId('')}.${newId('')}`;
  workspace.triggers.set(id, { user, issuedAt: workspace.now(), used: false });
  return id;
}

/** A `response_url`: serves 5 times within 30 minutes. */
export function issueResponseUrl(
  workspace: Workspace,
  where: Pick<ResponseUrl, 'user' | 'channel' | 'messageTs'>,
): string {
  const id = newId('R');
  workspace.responseUrls.set(id, { ...where, issuedAt: workspace.now(), uses: 0 });
  return `${workspace.url}/response/${id}`;
}
