import { z } from 'zod';
import {
  ADDRESS_PROBLEMS,
  type DepotReason,
  PLAIN_TROUBLES,
  PROXY_HINTS,
  type Trouble,
} from '../../sync/failures/depot-reason.ts';
import { DATABASE_REFUSALS, type Failure, UNFIT_PROBLEMS } from '../../sync/failures/failure.ts';

const count = z.number().int();
const text = z.string();

const trouble: z.ZodType<Trouble> = z.discriminatedUnion('code', [
  z.object({ code: z.enum(PLAIN_TROUBLES) }),
  z.object({ code: z.literal('proxy_silent'), proxy: text, seconds: z.number() }),
  z.object({ code: z.literal(['proxy_closed', 'proxy_no_http']), proxy: text }),
  z.object({ code: z.literal('proxy_unreachable'), proxy: text, error: text }),
  z.object({
    code: z.literal('proxy_refused'),
    proxy: text,
    to: text,
    status: count,
    hint: z.enum(PROXY_HINTS).optional(),
  }),
  z.object({
    code: z.literal(['host_unreachable', 'bad_certificate', 'tls_failed', 'connection_failed']),
    error: text,
  }),
  z.object({ code: z.literal('http_status'), status: count }),
  z.object({ code: z.literal('other_charset'), charset: text }),
]);

const reason: z.ZodType<DepotReason> = z.union([
  trouble,
  z.discriminatedUnion('code', [
    z.object({ code: z.literal('on_page'), page: count, attempts: count.optional(), why: trouble }),
    z.object({ code: z.literal('redirected'), status: count, page: count.optional() }),
    z.object({ code: z.literal('unauthorized'), page: count.optional() }),
    z.object({ code: z.literal('login_unreadable'), why: trouble }),
    z.object({ code: z.literal('login_refused'), status: count, words: text.optional() }),
    z.object({ code: z.literal('no_token'), words: text.optional() }),
    z.object({ code: z.literal('no_users_data') }),
    z.object({ code: z.literal('first_page_empty'), total: count }),
    z.object({ code: z.literal('too_many_users'), total: count, most: count }),
    z.object({ code: z.literal('too_many_pages'), total: count, perPage: count, most: count }),
    z.object({ code: z.literal('endless_list'), most: count }),
    z.object({ code: z.literal('page_repeated'), page: count, before: count }),
    z.object({ code: z.literal('bad_address'), location: text, problem: z.enum(ADDRESS_PROBLEMS) }),
  ]),
]);

/** A stored reason; undefined where there is none, or none that this version knows. Its English phrase is stored beside it. */
const storedReason = reason.optional().catch(undefined);

const withReason = <C extends string>(code: C) =>
  z.object({ code: z.literal(code), reason: z.string(), why: storedReason });
const codeOnly = <C extends string>(code: C) => z.object({ code: z.literal(code) });
const failure: z.ZodType<Failure> = z.discriminatedUnion('code', [
  withReason('login_failed').extend({
    unauthorized: z.boolean().optional(),
    unanswered: z.boolean().optional(),
  }),
  withReason('fetch_failed'),
  withReason('invalid_response'),
  withReason('location_url'),
  z.object({ code: z.literal('channel_unreachable'), reason: z.string() }),
  codeOnly('list_moved'),
  codeOnly('location_missing').extend({ unnamed: z.boolean().optional() }),
  codeOnly('plan_altered'),
  codeOnly('planned_earlier'),
  z
    .object({ code: z.literal('second_person_needed'), people: count.optional(), needed: count.optional() })
    // Versions before SYNC_APPROVALS stored no numbers: two people were needed.
    .transform(({ code, people = 1, needed = 2 }) => ({ code, people, needed })),
  z.object({ code: z.literal('held_back'), by: z.enum(['freeze', 'pause', 'late']) }),
  codeOnly('location_changed'),
  z.object({ code: z.literal('protected_since'), total: count, emails: z.array(z.string()) }),
  z.object({
    code: z.literal('guard_tripped'),
    deactivate: count,
    recentlyDeactivated: count,
    active: count,
  }),
  codeOnly('database_lost'),
  codeOnly('unexpected'),
  z.object({ code: z.literal('list_empty'), active: count, listed: count.optional() }),
  z.object({ code: z.literal('list_longer'), page: count, users: count }),
  z.object({ code: z.literal('index_in_the_way'), index: z.string(), statement: z.string().optional() }),
  codeOnly('index_missing').extend({ statement: z.string().optional() }),
  z.object({
    code: z.literal('privilege_missing'),
    right: z.string(),
    table: z.string(),
    column: z.string().optional(),
  }),
  z.object({ code: z.literal('audit_unguarded'), triggers: z.array(z.string()) }),
  z.object({
    code: z.literal('not_transactional'),
    tables: z.array(z.object({ table: z.string(), engine: z.string() })),
  }),
  z.object({
    code: z.literal('users_unfit'),
    columns: z.array(
      z.object({
        problem: z.enum(UNFIT_PROBLEMS),
        column: z.string(),
        type: z.string(),
      }),
    ),
  }),
  z.object({
    code: z.literal('not_as_written'),
    total: count,
    emails: z.array(z.string()),
    triggers: z.array(z.string()),
  }),
  z.object({
    code: z.literal('database_refused'),
    refusal: z.enum(DATABASE_REFUSALS),
    number: z.string(),
    words: z.string(),
    triggers: z.array(z.string()).optional(),
  }),
  z.object({ code: z.literal('stale'), total: count, emails: z.array(z.string()) }),
  z.object({ code: z.literal('interrupted'), attempts: count }),
]);

/** Parses a stored failure. A failure that only a newer version knows becomes `unexpected`. */
export function toFailure(stored: string): Failure {
  try {
    return failure.parse(JSON.parse(stored));
  } catch {
    return { code: 'unexpected' };
  }
}
