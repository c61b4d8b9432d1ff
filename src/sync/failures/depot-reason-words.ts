import { ADDRESS_EXAMPLE, type AddressProblem, type DepotReason, type ProxyHint } from './depot-reason.ts';
import { type Cases, inCase } from './failure.ts';

const ADDRESS: Readonly<Record<AddressProblem, string>> = {
  empty: 'is empty',
  not_https: 'is no https address',
  not_a_url: 'is not a URL',
  has_login: 'contains a user name or password',
  has_query: 'contains a query or a fragment',
  not_encrypted: 'uses http, which is not encrypted',
};

const HINT: Readonly<Record<ProxyHint, string>> = {
  login_wanted: 'it wants a user name and a password, or others',
  address_not_allowed: 'it does not allow that address',
};

/** The English of a reason: in log, error messages and the command line, and what a run keeps as its `reason`. Not escaped. */
export function inEnglish(reason: DepotReason): string {
  return inCase<DepotReason, string>(reason, WORDS);
}

/** `Unauthorized` and `Connection timeout` are the contract's words (section 1). */
const WORDS: Cases<DepotReason, string> = {
  connection_timeout: () => 'Connection timeout',
  connection_refused: () => 'Connection refused',
  connection_reset: () => 'Connection reset',
  name_not_found: () => 'Server name not found',
  dns_silent: () => 'Server name not found (DNS gave no answer)',
  answer_cut_off: () => 'Connection closed before the answer was complete',
  answer_too_large: () => 'Answer larger than 10 MB or 500,000 values',
  answer_not_decompressed: () => 'Answer cannot be decompressed',
  empty_answer: () => 'an empty answer instead of JSON',
  html: () => 'HTML instead of JSON',
  not_json: () => 'text that is not valid JSON',
  not_utf8: () => 'text that is not UTF-8',
  total_not_a_number: () => 'total is not a number',
  row_without_id: () => 'a user without id_user',
  row_with_odd_id: () => 'a user whose id_user is not a whole number from 0 to 9007199254740991',
  row_not_a_user: () => 'a row that is not a user',
  error_with_users: () => 'an error with users beside it',
  on_page: ({ why, page, attempts }) => `${inEnglish(why)}${onPage(page)}${tried(attempts)}`,
  redirected: ({ status, page }) => `HTTP ${status}${onPage(page)}: redirects are not followed`,
  unauthorized: ({ page }) =>
    page === undefined ? 'Unauthorized' : `Unauthorized on page ${page} after a new login`,
  login_unreadable: ({ why }) => `the server sent ${inEnglish(why)}`,
  login_refused: ({ status, words }) => `HTTP ${status}${after(words)}`,
  no_token: ({ words }) => `the server sent no access token${after(words)}`,
  no_users_data: () => 'users data not found',
  first_page_empty: ({ total }) => `page 1 is empty, yet total is ${total}`,
  too_many_users: ({ total, most }) => `the server tells ${total} users, more than ${most}`,
  too_many_pages: ({ total, perPage, most }) =>
    `${total} users at ${perPage} per page are more than ${most} pages`,
  endless_list: ({ most }) => `the list does not end within ${most} pages`,
  page_repeated: ({ page, before }) =>
    `page ${page} is the same as page ${before}: the server does not turn pages`,
  bad_address: ({ location, problem }) =>
    `online_url of ${location} ${ADDRESS[problem]}; expected an address such as ${ADDRESS_EXAMPLE}`,
  host_unreachable: ({ error }) => `Server cannot be reached (${error})`,
  bad_certificate: ({ error }) => `TLS certificate problem (${error})`,
  tls_failed: ({ error }) => `TLS handshake failed (${error})`,
  connection_failed: ({ error }) => `Connection failed (${error})`,
  http_status: ({ status }) => `HTTP ${status}`,
  from_cache: ({ seconds }) => `Old answer from a cache (${seconds} s)`,
  other_charset: ({ charset }) => `text in ${charset} instead of UTF-8`,
  proxy_silent: ({ proxy, seconds }) => `The proxy ${proxy} cannot be reached: no answer within ${seconds} s`,
  proxy_stalled: ({ proxy, to, seconds }) =>
    `The proxy ${proxy} opened no connection to ${to} within ${seconds} s: one of the two is silent`,
  proxy_closed: ({ proxy }) => `The proxy ${proxy} cannot be reached: it closed the connection`,
  proxy_no_http: ({ proxy }) => `The proxy ${proxy} cannot be reached: its answer is no HTTP`,
  proxy_unreachable: ({ proxy, error }) => `The proxy ${proxy} cannot be reached: ${error}`,
  proxy_refused: ({ proxy, to, status, hint }) =>
    `The proxy ${proxy} refused a connection to ${to} with HTTP ${status}${after(hint && HINT[hint])}`,
};

/** What a server or a proxy says, behind a colon, in any language. */
export function after(words: string | undefined): string {
  return words === undefined ? '' : `: ${words}`;
}

function onPage(page: number | undefined): string {
  return page === undefined ? '' : ` on page ${page}`;
}

function tried(attempts = 1): string {
  return attempts === 1 ? '' : ` (${attempts} attempts)`;
}
