/** What can be wrong with a connection to a depot server, or with its answer, where the code alone says it all. */
export const PLAIN_TROUBLES = [
  'connection_timeout',
  'connection_refused',
  'connection_reset',
  'name_not_found',
  'dns_silent',
  'answer_cut_off',
  'answer_too_large',
  'answer_not_decompressed',
  'empty_answer',
  'html',
  'not_json',
  'not_utf8',
  'total_not_a_number',
  'row_without_id',
  'row_with_odd_id',
  'row_not_a_user',
  'error_with_users',
] as const;
export type PlainTrouble = (typeof PLAIN_TROUBLES)[number];

/** The meaning of a proxy's refusal, as far as its HTTP status tells. */
export const PROXY_HINTS = ['login_wanted', 'address_not_allowed'] as const;
export type ProxyHint = (typeof PROXY_HINTS)[number];

/** The forward proxy opens no connection. `proxy`: its address without credentials. `to`: host and port that were asked for. */
export type ProxyTrouble =
  | { readonly code: 'proxy_silent'; readonly proxy: string; readonly seconds: number }
  | {
      readonly code: 'proxy_stalled';
      readonly proxy: string;
      readonly to: string;
      readonly seconds: number;
    }
  | { readonly code: 'proxy_closed'; readonly proxy: string }
  | { readonly code: 'proxy_no_http'; readonly proxy: string }
  /** `error`: the code of a network error, or its message. */
  | { readonly code: 'proxy_unreachable'; readonly proxy: string; readonly error: string }
  | {
      readonly code: 'proxy_refused';
      readonly proxy: string;
      readonly to: string;
      readonly status: number;
      readonly hint?: ProxyHint | undefined;
    };

/** `error`: the code of a network error. */
export type Trouble =
  | { readonly code: PlainTrouble }
  | ProxyTrouble
  | { readonly code: 'host_unreachable'; readonly error: string }
  | { readonly code: 'bad_certificate'; readonly error: string }
  | { readonly code: 'tls_failed'; readonly error: string }
  | { readonly code: 'connection_failed'; readonly error: string }
  | { readonly code: 'http_status'; readonly status: number }
  /** `seconds`: for how long a cache between the bot and the server has kept the answer. */
  | { readonly code: 'from_cache'; readonly seconds: number }
  | { readonly code: 'other_charset'; readonly charset: string };

/** What is wrong with `online_url`. */
export const ADDRESS_PROBLEMS = [
  'empty',
  'not_https',
  'not_a_url',
  'has_login',
  'has_query',
  'not_encrypted',
] as const;
export type AddressProblem = (typeof ADDRESS_PROBLEMS)[number];

/** Why a depot server could not be read, as data: stored with the failure of a run, and worded once for each language. */
export type DepotReason =
  | Trouble
  /** Without attempts: they do not matter, since another one would change nothing. */
  | {
      readonly code: 'on_page';
      readonly page: number;
      readonly attempts?: number | undefined;
      readonly why: Trouble;
    }
  /** Without a page: at the login. With one: after a new login. */
  | { readonly code: 'unauthorized'; readonly page?: number | undefined }
  /** Without a page: at the login. */
  | { readonly code: 'redirected'; readonly status: number; readonly page?: number | undefined }
  /** `words`: the server's own. */
  | { readonly code: 'login_refused'; readonly status: number; readonly words?: string | undefined }
  | { readonly code: 'no_token'; readonly words?: string | undefined }
  | { readonly code: 'login_unreadable'; readonly why: Trouble }
  | { readonly code: 'no_users_data' }
  | { readonly code: 'first_page_empty'; readonly total: number }
  | { readonly code: 'too_many_users'; readonly total: number; readonly most: number }
  | {
      readonly code: 'too_many_pages';
      readonly total: number;
      readonly perPage: number;
      readonly most: number;
    }
  | { readonly code: 'endless_list'; readonly most: number }
  | { readonly code: 'page_repeated'; readonly page: number; readonly before: number }
  | { readonly code: 'bad_address'; readonly location: string; readonly problem: AddressProblem };

/** A valid `online_url`, as an example in messages. */
export const ADDRESS_EXAMPLE = 'https://dev.mydeposys.com';
