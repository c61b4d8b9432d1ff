import { z } from 'zod';
import {
  ADDRESS_PROBLEMS,
  type DepotReason,
  PLAIN_TROUBLES,
  PROXY_HINTS,
  type Trouble,
} from '../../sync/failures/depot-reason.ts';
import {
  DATABASE_REFUSALS,
  type Failure,
  HELD_BACK_BY,
  UNFIT_PROBLEMS,
} from '../../sync/failures/failure.ts';

const count = z.number().int();
const text = z.string();
const texts = z.array(text);

/** A cause by its code, with the fields that belong to it. */
const cause = <Code extends string, Fields extends z.ZodRawShape>(code: Code, fields: Fields) =>
  z.object({ code: z.literal(code), ...fields });

const trouble: z.ZodType<Trouble> = z.discriminatedUnion('code', [
  z.object({ code: z.enum(PLAIN_TROUBLES) }),
  cause('proxy_silent', { proxy: text, seconds: z.number() }),
  cause('proxy_stalled', { proxy: text, to: text, seconds: z.number() }),
  cause('proxy_closed', { proxy: text }),
  cause('proxy_no_http', { proxy: text }),
  cause('proxy_unreachable', { proxy: text, error: text }),
  cause('proxy_refused', { proxy: text, to: text, status: count, hint: z.enum(PROXY_HINTS).optional() }),
  cause('host_unreachable', { error: text }),
  cause('bad_certificate', { error: text }),
  cause('tls_failed', { error: text }),
  cause('connection_failed', { error: text }),
  cause('http_status', { status: count }),
  cause('from_cache', { seconds: count }),
  cause('other_charset', { charset: text }),
]);

const reason: z.ZodType<DepotReason> = z.union([
  trouble,
  z.discriminatedUnion('code', [
    cause('on_page', { page: count, attempts: count.optional(), why: trouble }),
    cause('redirected', { status: count, page: count.optional() }),
    cause('unauthorized', { page: count.optional() }),
    cause('login_unreadable', { why: trouble }),
    cause('login_refused', { status: count, words: text.optional() }),
    cause('no_token', { words: text.optional() }),
    cause('no_users_data', {}),
    cause('first_page_empty', { total: count }),
    cause('too_many_users', { total: count, most: count }),
    cause('too_many_pages', { total: count, perPage: count, most: count }),
    cause('endless_list', { most: count }),
    cause('page_repeated', { page: count, before: count }),
    cause('bad_address', { location: text, problem: z.enum(ADDRESS_PROBLEMS) }),
  ]),
]);

/** `why` is undefined where there is none, or none that this version knows. Its English phrase is stored beside it. */
const worded = { reason: text, why: reason.optional().catch(undefined) };
const named = { total: count, emails: texts };
const flag = z.boolean().optional();
const engines = z.array(z.object({ table: text, engine: text }));
const columns = z.array(z.object({ problem: z.enum(UNFIT_PROBLEMS), column: text, type: text }));
const refusal = z.enum(DATABASE_REFUSALS);

const failure: z.ZodType<Failure> = z.discriminatedUnion('code', [
  cause('login_failed', { ...worded, unauthorized: flag, unanswered: flag }),
  cause('fetch_failed', worded),
  cause('invalid_response', worded),
  cause('location_url', worded),
  cause('channel_unreachable', { reason: text }),
  cause('list_moved', {}),
  cause('list_empty', { active: count, listed: count.optional() }),
  cause('list_longer', { page: count, users: count }),
  cause('location_missing', { unnamed: flag }),
  cause('location_changed', { otherServer: flag }),
  cause('plan_altered', {}),
  cause('planned_earlier', {}),
  // Versions before SYNC_APPROVALS stored no numbers: two people were needed.
  cause('second_person_needed', { people: count.default(1), needed: count.default(2) }),
  cause('held_back', { by: z.enum(HELD_BACK_BY) }),
  cause('protected_since', named),
  cause('stale', named),
  cause('guard_tripped', { deactivate: count, recentlyDeactivated: count, active: count }),
  cause('index_in_the_way', { index: text, statement: text.optional() }),
  cause('index_missing', { statement: text.optional() }),
  cause('privilege_missing', { right: text, table: text, column: text.optional() }),
  cause('audit_unguarded', { triggers: texts }),
  cause('not_transactional', { tables: engines }),
  cause('users_unfit', { columns }),
  cause('not_as_written', { ...named, triggers: texts }),
  cause('database_refused', { refusal, number: text, words: text, triggers: texts.optional() }),
  cause('database_lost', {}),
  cause('interrupted', { attempts: count }),
  cause('unexpected', {}),
]);

/** Stored JSON in the form of `schema`; undefined if there is none, or none that this version knows. */
export function fromJson<T>(schema: z.ZodType<T>, stored: string | null): T | undefined {
  if (stored === null) return undefined;
  try {
    return schema.safeParse(JSON.parse(stored)).data;
  } catch {
    return undefined;
  }
}

/** Parses a stored failure. A failure that only a newer version knows becomes `unexpected`. */
export function toFailure(stored: string): Failure {
  return fromJson(failure, stored) ?? { code: 'unexpected' };
}
