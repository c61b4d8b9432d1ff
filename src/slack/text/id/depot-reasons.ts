import {
  ADDRESS_EXAMPLE,
  type AddressProblem,
  type DepotReason,
  type ProxyHint,
} from '../../../sync/failures/depot-reason.ts';
import { after } from '../../../sync/failures/depot-reason-words.ts';
import { type Cases, inCase } from '../../../sync/failures/failure.ts';

const ADDRESS: Readonly<Record<AddressProblem, string>> = {
  empty: 'kosong',
  not_https: 'bukan alamat https',
  not_a_url: 'bukan URL',
  has_login: 'berisi username atau password',
  has_query: 'berisi query atau fragment',
  not_encrypted: 'memakai http, yang tidak terenkripsi',
};

const HINT: Readonly<Record<ProxyHint, string>> = {
  login_wanted: 'proxy itu meminta username dan password, atau yang lain',
  address_not_allowed: 'alamat itu tidak diizinkan',
};

/** Why a depot server could not be read, in Indonesian. Not escaped. */
export function depotReason(reason: DepotReason): string {
  return inCase<DepotReason, string>(reason, WORDS);
}

/** `Unauthorized` and `Connection timeout` stay English, since the users know these words (contract, section 1). */
const WORDS: Cases<DepotReason, string> = {
  connection_timeout: () => 'Connection timeout',
  connection_refused: () => 'koneksi ditolak',
  connection_reset: () => 'koneksi diputus',
  name_not_found: () => 'nama server tidak ditemukan',
  dns_silent: () => 'nama server tidak ditemukan (DNS tidak menjawab)',
  answer_cut_off: () => 'koneksi ditutup sebelum jawabannya lengkap',
  answer_too_large: () => 'jawabannya lebih besar dari 10 MB atau 500.000 nilai',
  answer_not_decompressed: () => 'jawabannya tidak bisa didekompresi',
  empty_answer: () => 'jawaban kosong, bukan JSON',
  html: () => 'HTML, bukan JSON',
  not_json: () => 'teks yang bukan JSON yang valid',
  not_utf8: () => 'teks yang bukan UTF-8',
  total_not_a_number: () => 'total bukan angka',
  row_without_id: () => 'ada user tanpa id_user',
  row_with_odd_id: () => 'ada user dengan id_user yang bukan bilangan bulat dari 0 sampai 9007199254740991',
  row_not_a_user: () => 'ada baris yang bukan user',
  error_with_users: () => 'error yang disertai user',
  on_page: ({ why, page, attempts }) => `${depotReason(why)}${onPage(page)}${tried(attempts)}`,
  redirected: ({ status, page }) => `HTTP ${status}${onPage(page)}: redirect tidak diikuti`,
  unauthorized: ({ page }) =>
    page === undefined ? 'Unauthorized' : `Unauthorized di halaman ${page} setelah login ulang`,
  login_unreadable: ({ why }) => `server mengirim ${depotReason(why)}`,
  login_refused: ({ status, words }) => `HTTP ${status}${after(words)}`,
  no_token: ({ words }) => `server tidak mengirim access token${after(words)}`,
  no_users_data: () => 'data users tidak ditemukan',
  first_page_empty: ({ total }) => `halaman 1 kosong, padahal total ${total}`,
  too_many_users: ({ total, most }) => `server menyebut ${total} user, lebih dari ${most}`,
  too_many_pages: ({ total, perPage, most }) =>
    `${total} user dengan ${perPage} per halaman lebih dari ${most} halaman`,
  endless_list: ({ most }) => `daftarnya belum berakhir setelah ${most} halaman`,
  page_repeated: ({ page, before }) =>
    `halaman ${page} sama dengan halaman ${before}: server tidak berpindah halaman`,
  bad_address: ({ location, problem }) =>
    `online_url ${location} ${ADDRESS[problem]}; seharusnya alamat seperti ${ADDRESS_EXAMPLE}`,
  host_unreachable: ({ error }) => `server tidak bisa dihubungi (${error})`,
  bad_certificate: ({ error }) => `masalah sertifikat TLS (${error})`,
  tls_failed: ({ error }) => `TLS handshake gagal (${error})`,
  connection_failed: ({ error }) => `koneksi gagal (${error})`,
  http_status: ({ status }) => `HTTP ${status}`,
  from_cache: ({ seconds }) => `jawaban lama dari cache (${seconds} detik)`,
  other_charset: ({ charset }) => `teks dalam ${charset}, bukan UTF-8`,
  proxy_silent: ({ proxy, seconds }) =>
    `Proxy ${proxy} tidak bisa dihubungi: tidak ada jawaban dalam ${seconds} detik`,
  proxy_stalled: ({ proxy, to, seconds }) =>
    `Proxy ${proxy} tidak membuka koneksi ke ${to} dalam ${seconds} detik: salah satunya tidak menjawab`,
  proxy_closed: ({ proxy }) => `Proxy ${proxy} tidak bisa dihubungi: proxy itu menutup koneksi`,
  proxy_no_http: ({ proxy }) => `Proxy ${proxy} tidak bisa dihubungi: jawabannya bukan HTTP`,
  proxy_unreachable: ({ proxy, error }) => `Proxy ${proxy} tidak bisa dihubungi: ${error}`,
  proxy_refused: ({ proxy, to, status, hint }) =>
    `Proxy ${proxy} menolak koneksi ke ${to} dengan HTTP ${status}${after(hint && HINT[hint])}`,
};

function onPage(page: number | undefined): string {
  return page === undefined ? '' : ` di halaman ${page}`;
}

function tried(attempts = 1): string {
  return attempts === 1 ? '' : ` (${attempts} kali dicoba)`;
}
