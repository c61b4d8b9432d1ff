import { randomBytes } from 'node:crypto';
import type { Violation } from './limits/violation.ts';

/** A member for `users.info`. Missing flags are false. */
export type Member = {
  readonly id: string;
  readonly name: string;
  readonly real_name?: string;
  /** The id of the member's own workspace; this workspace by default. */
  readonly team_id?: string;
  readonly deleted?: boolean;
  readonly is_bot?: boolean;
  readonly is_restricted?: boolean;
  readonly is_ultra_restricted?: boolean;
  readonly is_stranger?: boolean;
  /** Fields that replace fields of `users.info`. An undefined field is left out. */
  readonly shown?: Readonly<Record<string, unknown>>;
};

export type Channel = {
  readonly id: string;
  readonly name: string;
  readonly members: readonly string[];
  /** Fields that replace fields of `conversations.info`, such as `{ is_ext_shared: true }` for Slack Connect. */
  readonly shown?: Readonly<Record<string, unknown>>;
};

export type UserGroup = { readonly id: string; readonly users: readonly string[] };

export type StoredMessage = {
  readonly channel: string;
  readonly ts: string;
  /** The time of posting: milliseconds since 1970, by the workspace's clock. */
  readonly at: number;
  readonly user: string;
  text: string;
  blocks: readonly unknown[] | undefined;
  edited: boolean;
  readonly threadTs: string | undefined;
  readonly metadata: unknown;
  /** The only user who sees an ephemeral message. */
  readonly ephemeralTo: string | undefined;
  readonly fileIds: readonly string[];
};

export type StoredView = {
  readonly id: string;
  /** A new value after every update. */
  hash: string;
  /** The user who sees the view. */
  readonly user: string;
  /** The trigger that opened the view; undefined for a Home tab. */
  readonly triggerId?: string;
  readonly rootId: string;
  view: Readonly<Record<string, unknown>>;
};

export type StoredFile = {
  readonly id: string;
  readonly name: string;
  readonly length: number;
  content: Buffer | undefined;
  /** The place where the file was shared, after the upload was completed. */
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

/** The complete state of the strict Slack. */
export type Workspace = {
  readonly url: string;
  readonly teamId: string;
  readonly appId: string;
  readonly botUserId: string;
  readonly scopes: readonly string[];
  /** Fields that replace fields of `auth.test`. */
  readonly identity: Readonly<Record<string, unknown>>;
  readonly now: () => number;
  readonly triggerLifetimeMs: number;
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
  /** Every broken rule, including rules that Slack itself does not enforce. */
  readonly violations: (Violation & { readonly method: string })[];
};

let counter = 0;

/** A message timestamp in Slack's form: unique, and later than all before. */
export function nextTs(workspace: Workspace): string {
  counter += 1;
  return `${Math.floor(workspace.now() / 1000)}.${String(counter).padStart(6, '0')}`;
}

/** A random id in Slack's form, such as `F0A1B2C3D4E`. */
export function newId(prefix: string): string {
  return prefix + randomBytes(5).toString('hex').toUpperCase();
}

/** Issues a `trigger_id`, which opens one modal within 3 seconds. */
export function issueTrigger(workspace: Workspace, user: string): string {
  const id = `${newId('')}.${newId('')}`;
  workspace.triggers.set(id, { user, issuedAt: workspace.now(), used: false });
  return id;
}

/** Issues a `response_url`, which works 5 times within 30 minutes. */
export function issueResponseUrl(
  workspace: Workspace,
  where: Pick<ResponseUrl, 'user' | 'channel' | 'messageTs'>,
): string {
  const id = newId('R');
  workspace.responseUrls.set(id, { ...where, issuedAt: workspace.now(), uses: 0 });
  return `${workspace.url}/response/${id}`;
}
