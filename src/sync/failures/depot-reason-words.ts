import {
  ADDRESS_EXAMPLE,
  type AddressProblem,
  type DepotReason,
  type PlainTrouble,
  type ProxyHint,
  type Trouble,
} from './depot-reason.ts';

/** `Unauthorized` and `Connection timeout` are the contract's words (section 1). */
const PLAIN: Readonly<Record<PlainTrouble, string>> = {
  connection_timeout: 'Connection timeout',
  connection_refused: 'Connection refused',
  connection_reset: 'Connection reset',
  name_not_found: 'Server name not found',
  dns_silent: 'Server name not found (DNS gave no answer)',
  answer_cut_off: 'Connection closed before the answer was complete',
  answer_too_large: 'Answer larger than 10 MB',
  answer_not_decompressed: 'Answer cannot be decompressed',
  empty_answer: 'an empty answer instead of JSON',
  html: 'HTML instead of JSON',
  not_json: 'text that is not valid JSON',
  not_utf8: 'text that is not UTF-8',
  total_not_a_number: 'total is not a number',
  row_without_id: 'a user without id_user',
  row_with_odd_id: 'a user whose id_user is not a whole number from 0 to 9007199254740991',
  row_not_a_user: 'a row that is not a user',
  error_with_users: 'an error with users beside it',
};

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
  switch (reason.code) {
    case 'on_page':
      return `${ofTrouble(reason.why)}${onPage(reason.page)}${tried(reason.attempts)}`;
    case 'redirected':
      return `HTTP ${reason.status}${onPage(reason.page)}: redirects are not followed`;
    case 'unauthorized':
      return reason.page === undefined
        ? 'Unauthorized'
        : `Unauthorized on page ${reason.page} after a new login`;
    case 'login_unreadable':
      return `the server sent ${ofTrouble(reason.why)}`;
    case 'login_refused':
      return `HTTP ${reason.status}${after(reason.words)}`;
    case 'no_token':
      return `the server sent no access token${after(reason.words)}`;
    case 'no_users_data':
      return 'users data not found';
    case 'first_page_empty':
      return `page 1 is empty, yet total is ${reason.total}`;
    case 'too_many_users':
      return `the server tells ${reason.total} users, more than ${reason.most}`;
    case 'too_many_pages':
      return `${reason.total} users at ${reason.perPage} per page are more than ${reason.most} pages`;
    case 'endless_list':
      return `the list does not end within ${reason.most} pages`;
    case 'page_repeated':
      return `page ${reason.page} is the same as page ${reason.before}: the server does not turn pages`;
    case 'bad_address':
      return `online_url of ${reason.location} ${ADDRESS[reason.problem]}; expected an address such as ${ADDRESS_EXAMPLE}`;
    default:
      return ofTrouble(reason);
  }
}

function ofTrouble(trouble: Trouble): string {
  switch (trouble.code) {
    case 'host_unreachable':
      return `Server cannot be reached (${trouble.error})`;
    case 'bad_certificate':
      return `TLS certificate problem (${trouble.error})`;
    case 'tls_failed':
      return `TLS handshake failed (${trouble.error})`;
    case 'connection_failed':
      return `Connection failed (${trouble.error})`;
    case 'http_status':
      return `HTTP ${trouble.status}`;
    case 'other_charset':
      return `text in ${trouble.charset} instead of UTF-8`;
    case 'proxy_silent':
      return `The proxy ${trouble.proxy} cannot be reached: no answer within ${trouble.seconds} s`;
    case 'proxy_closed':
      return `The proxy ${trouble.proxy} cannot be reached: it closed the connection`;
    case 'proxy_no_http':
      return `The proxy ${trouble.proxy} cannot be reached: its answer is no HTTP`;
    case 'proxy_unreachable':
      return `The proxy ${trouble.proxy} cannot be reached: ${trouble.error}`;
    case 'proxy_refused':
      return `The proxy ${trouble.proxy} refused a connection to ${trouble.to} with HTTP ${trouble.status}${after(trouble.hint && HINT[trouble.hint])}`;
    default:
      return PLAIN[trouble.code];
  }
}

function after(words: string | undefined): string {
  return words === undefined ? '' : `: ${words}`;
}

function onPage(page: number | undefined): string {
  return page === undefined ? '' : ` on page ${page}`;
}

function tried(attempts = 1): string {
  return attempts === 1 ? '' : ` (${attempts} attempts)`;
}
