import {
  ADDRESS_EXAMPLE,
  type AddressProblem,
  type DepotReason,
  type PlainTrouble,
  type ProxyHint,
  type Trouble,
} from '../../../sync/failures/depot-reason.ts';

/** `Unauthorized` and `Connection timeout` stay English, since the users know these words (contract, section 1). */
const PLAIN: Readonly<Record<PlainTrouble, string>> = {
  connection_timeout: 'Connection timeout',
  connection_refused: 'koneksi ditolak',
  connection_reset: 'koneksi diputus',
  name_not_found: 'nama server tidak ditemukan',
  dns_silent: 'nama server tidak ditemukan (DNS tidak menjawab)',
  answer_cut_off: 'koneksi ditutup sebelum jawabannya lengkap',
  answer_too_large: 'jawabannya lebih besar dari 10 MB',
  answer_not_decompressed: 'jawabannya tidak bisa didekompresi',
  empty_answer: 'jawaban kosong, bukan JSON',
  html: 'HTML, bukan JSON',
  not_json: 'teks yang bukan JSON yang valid',
  not_utf8: 'teks yang bukan UTF-8',
  total_not_a_number: 'total bukan angka',
  row_without_id: 'ada user tanpa id_user',
  row_with_odd_id: 'ada user dengan id_user yang bukan bilangan bulat dari 0 sampai 9007199254740991',
  row_not_a_user: 'ada baris yang bukan user',
  error_with_users: 'error yang disertai user',
};

const ADDRESS: Readonly<Record<AddressProblem, string>> = {
  empty: 'kosong',
  not_https: 'bukan alamat https',
  not_a_url: 'bukan URL',
  has_login: 'berisi user name atau password',
  has_query: 'berisi query atau fragment',
  not_encrypted: 'memakai http, yang tidak terenkripsi',
};

const HINT: Readonly<Record<ProxyHint, string>> = {
  login_wanted: 'proxy itu meminta user name dan password, atau yang lain',
  address_not_allowed: 'alamat itu tidak diizinkan',
};

/** Why a depot server could not be read, in Indonesian. Not escaped. */
export function depotReason(reason: DepotReason): string {
  switch (reason.code) {
    case 'on_page':
      return `${ofTrouble(reason.why)}${onPage(reason.page)}${tried(reason.attempts)}`;
    case 'redirected':
      return `HTTP ${reason.status}${onPage(reason.page)}: redirect tidak diikuti`;
    case 'unauthorized':
      return reason.page === undefined
        ? 'Unauthorized'
        : `Unauthorized di halaman ${reason.page} setelah login ulang`;
    case 'login_unreadable':
      return `server mengirim ${ofTrouble(reason.why)}`;
    case 'login_refused':
      return `HTTP ${reason.status}${after(reason.words)}`;
    case 'no_token':
      return `server tidak mengirim access token${after(reason.words)}`;
    case 'no_users_data':
      return 'data users tidak ditemukan';
    case 'first_page_empty':
      return `halaman 1 kosong, padahal total ${reason.total}`;
    case 'too_many_users':
      return `server menyebut ${reason.total} user, lebih dari ${reason.most}`;
    case 'too_many_pages':
      return `${reason.total} user dengan ${reason.perPage} per halaman lebih dari ${reason.most} halaman`;
    case 'endless_list':
      return `daftarnya belum berakhir setelah ${reason.most} halaman`;
    case 'page_repeated':
      return `halaman ${reason.page} sama dengan halaman ${reason.before}: server tidak berpindah halaman`;
    case 'bad_address':
      return `online_url ${reason.location} ${ADDRESS[reason.problem]}; seharusnya alamat seperti ${ADDRESS_EXAMPLE}`;
    default:
      return ofTrouble(reason);
  }
}

function ofTrouble(trouble: Trouble): string {
  switch (trouble.code) {
    case 'host_unreachable':
      return `server tidak bisa dihubungi (${trouble.error})`;
    case 'bad_certificate':
      return `masalah sertifikat TLS (${trouble.error})`;
    case 'tls_failed':
      return `TLS handshake gagal (${trouble.error})`;
    case 'connection_failed':
      return `koneksi gagal (${trouble.error})`;
    case 'http_status':
      return `HTTP ${trouble.status}`;
    case 'other_charset':
      return `teks dalam ${trouble.charset}, bukan UTF-8`;
    case 'proxy_silent':
      return `Proxy ${trouble.proxy} tidak bisa dihubungi: tidak ada jawaban dalam ${trouble.seconds} detik`;
    case 'proxy_closed':
      return `Proxy ${trouble.proxy} tidak bisa dihubungi: proxy itu menutup koneksi`;
    case 'proxy_no_http':
      return `Proxy ${trouble.proxy} tidak bisa dihubungi: jawabannya bukan HTTP`;
    case 'proxy_unreachable':
      return `Proxy ${trouble.proxy} tidak bisa dihubungi: ${trouble.error}`;
    case 'proxy_refused':
      return `Proxy ${trouble.proxy} menolak koneksi ke ${trouble.to} dengan HTTP ${trouble.status}${after(trouble.hint && HINT[trouble.hint])}`;
    default:
      return PLAIN[trouble.code];
  }
}

function after(words: string | undefined): string {
  return words === undefined ? '' : `: ${words}`;
}

function onPage(page: number | undefined): string {
  return page === undefined ? '' : ` di halaman ${page}`;
}

function tried(attempts = 1): string {
  return attempts === 1 ? '' : ` (${attempts} kali dicoba)`;
}
