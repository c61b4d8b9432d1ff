/**
 * Reasons are stored in English, by the client of the depot servers (`src/depot-api`). `Unauthorized`, `Connection timeout` and
 * `users data not found` are words that users know, and a server's own words are its own: they stay.
 */
const REASONS: readonly (readonly [RegExp, string])[] = [
  [/^Connection refused$/, 'Koneksi ditolak'],
  [/^Connection reset$/, 'Koneksi terputus'],
  [/^Connection failed(.*)$/, 'Koneksi gagal$1'],
  [/^Connection closed before the answer was complete$/, 'Koneksi ditutup sebelum jawaban lengkap'],
  [/^Server name not found$/, 'Nama server tidak ditemukan'],
  [/^Server name not found \(DNS gave no answer\)$/, 'Nama server tidak ditemukan (DNS tidak menjawab)'],
  [/^Server cannot be reached (.+)$/, 'Server tidak bisa dihubungi $1'],
  [/^Answer cannot be decompressed$/, 'Jawaban tidak bisa didekompresi'],
  [/^Answer larger than (.+)$/, 'Jawaban lebih besar dari $1'],
  [/^TLS certificate problem (.+)$/, 'Sertifikat TLS bermasalah $1'],
  [/^TLS handshake failed (.+)$/, 'TLS handshake gagal $1'],
  [/^The proxy (\S+) cannot be reached: it closed the connection$/, 'Proxy $1 menutup koneksi'],
  [
    /^The proxy (\S+) cannot be reached: its answer is no HTTP$/,
    'Proxy $1 tidak bisa dihubungi: jawabannya bukan HTTP',
  ],
  [/^The proxy (\S+) cannot be reached: no answer within (\d+) s$/, 'Proxy $1 tidak menjawab dalam $2 detik'],
  [/^The proxy (\S+) cannot be reached: (.+)$/, 'Proxy $1 tidak bisa dihubungi: $2'],
  [
    /^The proxy (\S+) refused a connection to (\S+) with (HTTP \d+)$/,
    'Proxy $1 menolak koneksi ke $2 dengan $3',
  ],
  [
    /^The proxy (\S+) refused a connection to (\S+) with (HTTP \d+): it wants a user name and a password, or others$/,
    'Proxy $1 menolak koneksi ke $2 dengan $3: user name atau password-nya kurang atau salah',
  ],
  [
    /^The proxy (\S+) refused a connection to (\S+) with (HTTP \d+): it does not allow that address$/,
    'Proxy $1 menolak koneksi ke $2 dengan $3: alamat itu tidak diizinkan',
  ],
  [/^the server sent no access token$/, 'server tidak mengirim access token'],
  [/^an empty answer instead of JSON$/, 'jawaban kosong, bukan JSON'],
  [/^HTML instead of JSON$/, 'HTML, bukan JSON'],
  [/^text that is not valid JSON$/, 'teks yang bukan JSON'],
  [/^text in (.+) instead of UTF-8$/, 'teks dalam $1, bukan UTF-8'],
  [/^text that is not UTF-8$/, 'teks yang bukan UTF-8'],
  [/^total is not a number$/, 'total bukan angka'],
  [/^a user without id_user$/, 'ada user tanpa id_user'],
  [/^a row that is not a user$/, 'ada baris yang bukan user'],
  [/^the server tells (\d+) users, more than (\d+)$/, 'server menyebut $1 user, lebih dari $2'],
  [/^page (\d+) is empty, yet total is (\d+)$/, 'halaman $1 kosong, padahal total $2'],
  [
    /^(\d+) users at (\d+) per page are more than (\d+) pages$/,
    '$1 user dengan $2 per halaman lebih dari $3 halaman',
  ],
  [/^the list does not end within (\d+) pages$/, 'daftarnya belum berakhir setelah $1 halaman'],
  [
    /^page (\d+) is the same as page (\d+): the server does not turn pages$/,
    'halaman $1 sama dengan halaman $2: server tidak memberi halaman berikutnya',
  ],
];

/** What is wrong with `online_url`. */
const ADDRESS: readonly (readonly [string, string])[] = [
  ['is empty', 'kosong'],
  ['does not start with https://', 'tidak dimulai dengan https://'],
  ['is not a URL', 'bukan URL'],
  ['contains a user name or password', 'berisi user name atau password'],
  ['contains a query or a fragment', 'berisi query atau fragment'],
  ['uses http, which is not encrypted', 'memakai http, yang tidak terenkripsi'],
];

const PLACE =
  /^(.*?)(?: on page (\d+))?(: redirects are not followed| \(\d+ attempts\)| after a new login)?$/s;

/** The reason of a failure, for the end of a line. What is not known stays as it is. */
export function reasonInIndonesian(reason: string): string {
  const [, core = '', page, after = ''] = PLACE.exec(reason) ?? [];
  return [coreOf(core), page === undefined ? '' : ` di halaman ${page}`, afterwards(after)].join('');
}

function coreOf(core: string): string {
  const sent = /^the server sent (?!no )(.+)$/s.exec(core)?.[1];
  if (sent !== undefined) return `server mengirim ${coreOf(sent)}`;
  const [pattern, words] = REASONS.find(([known]) => known.test(core)) ?? [];
  return pattern === undefined || words === undefined ? addressOf(core) : core.replace(pattern, words);
}

function addressOf(core: string): string {
  const [, rest = '', example = ''] =
    /^online_url of (.+); expected an https address such as (\S+)$/s.exec(core) ?? [];
  const [problem, words] = ADDRESS.find(([known]) => rest.endsWith(` ${known}`)) ?? [];
  if (problem === undefined) return core;
  const location = rest.slice(0, -problem.length - 1);
  return `online_url ${location} ${words}; seharusnya alamat https seperti ${example}`;
}

function afterwards(text: string): string {
  const attempts = /\d+/.exec(text)?.[0];
  if (attempts !== undefined) return ` (${attempts} percobaan)`;
  if (text.startsWith(':')) return ': redirect tidak diikuti';
  return text === '' ? '' : ' setelah login ulang';
}
