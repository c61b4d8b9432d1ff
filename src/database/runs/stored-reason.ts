import { z } from 'zod';
import {
  ADDRESS_PROBLEMS,
  type DepotReason,
  PLAIN_TROUBLES,
  PROXY_HINTS,
  type Trouble,
} from '../../sync/failures/depot-reason.ts';

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
export const storedReason = reason.optional().catch(undefined);
