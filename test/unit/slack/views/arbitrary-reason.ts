import fc from 'fast-check';
import {
  ADDRESS_PROBLEMS,
  type DepotReason,
  PLAIN_TROUBLES,
  type PlainTrouble,
  PROXY_HINTS,
  type Trouble,
} from '../../../../src/sync/failures/depot-reason.ts';
import { hostileText } from './hostile.ts';

type Each<Reason extends DepotReason> = {
  readonly [C in Exclude<Reason['code'], PlainTrouble>]: fc.Arbitrary<Extract<Reason, { code: C }>>;
};

const code = <const C extends string>(is: C) => fc.constant(is);
const count = fc.nat();
const text = hostileText(300);
const optional = <T>(of: fc.Arbitrary<T>) => fc.option(of, { nil: undefined });

/** Every trouble that has values, by code: the compiler asks for a new one here. */
const TROUBLES: Each<Trouble> = {
  proxy_silent: fc.record({ code: code('proxy_silent'), proxy: text, seconds: count }),
  proxy_stalled: fc.record({ code: code('proxy_stalled'), proxy: text, to: text, seconds: count }),
  proxy_closed: fc.record({ code: code('proxy_closed'), proxy: text }),
  proxy_no_http: fc.record({ code: code('proxy_no_http'), proxy: text }),
  proxy_unreachable: fc.record({ code: code('proxy_unreachable'), proxy: text, error: text }),
  proxy_refused: fc.record({
    code: code('proxy_refused'),
    proxy: text,
    to: text,
    status: count,
    hint: optional(fc.constantFrom(...PROXY_HINTS)),
  }),
  host_unreachable: fc.record({ code: code('host_unreachable'), error: text }),
  bad_certificate: fc.record({ code: code('bad_certificate'), error: text }),
  tls_failed: fc.record({ code: code('tls_failed'), error: text }),
  connection_failed: fc.record({ code: code('connection_failed'), error: text }),
  http_status: fc.record({ code: code('http_status'), status: count }),
  from_cache: fc.record({ code: code('from_cache'), seconds: count }),
  other_charset: fc.record({ code: code('other_charset'), charset: text }),
};
const trouble: fc.Arbitrary<Trouble> = fc.oneof(
  fc.constantFrom(...PLAIN_TROUBLES).map((plain) => ({ code: plain })),
  ...Object.values(TROUBLES),
);

/** Every other reason, by code: the compiler asks for a new one here. */
const REASONS: Each<Exclude<DepotReason, Trouble>> = {
  on_page: fc.record({ code: code('on_page'), page: count, attempts: optional(count), why: trouble }),
  redirected: fc.record({ code: code('redirected'), status: count, page: optional(count) }),
  unauthorized: fc.record({ code: code('unauthorized'), page: optional(count) }),
  login_unreadable: fc.record({ code: code('login_unreadable'), why: trouble }),
  login_refused: fc.record({ code: code('login_refused'), status: count, words: optional(text) }),
  no_token: fc.record({ code: code('no_token'), words: optional(text) }),
  no_users_data: fc.record({ code: code('no_users_data') }),
  first_page_empty: fc.record({ code: code('first_page_empty'), total: count }),
  too_many_users: fc.record({ code: code('too_many_users'), total: count, most: count }),
  too_many_pages: fc.record({ code: code('too_many_pages'), total: count, perPage: count, most: count }),
  endless_list: fc.record({ code: code('endless_list'), most: count }),
  page_repeated: fc.record({ code: code('page_repeated'), page: count, before: count }),
  bad_address: fc.record({
    code: code('bad_address'),
    location: text,
    problem: fc.constantFrom(...ADDRESS_PROBLEMS),
  }),
};

/** Every code of a reason. */
export const REASON_CODES: readonly string[] = [
  ...PLAIN_TROUBLES,
  ...Object.keys(TROUBLES),
  ...Object.keys(REASONS),
];

export const depotReasons: fc.Arbitrary<DepotReason> = fc.oneof(trouble, ...Object.values(REASONS));
