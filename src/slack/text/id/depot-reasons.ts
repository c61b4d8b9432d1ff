/**
 * The bot's own phrases about a depot server, in English (as `src/depot-api` and `src/bot/proxy-tunnel.ts` word them) and in
 * Indonesian. `{n}` is a number, `{host}` one word, `{quoted}` anything that stays as it is, and `{why}` a phrase of this table.
 * The first phrase that fits counts. `Unauthorized` and `Connection timeout` stay, since the users know them (contract, section
 * 1), and so do a server's own words, as in `HTTP 500: …`.
 */
const PHRASES: readonly (readonly [english: string, indonesian: string])[] = [
  ['{why} on page {n} ({n} attempts)', '{why} di halaman {n} ({n} kali dicoba)'],
  ['{why} on page {n}', '{why} di halaman {n}'],

  ['online_url of {quoted} is empty; {why}', 'online_url {quoted} kosong; {why}'],
  ['online_url of {quoted} is no https address; {why}', 'online_url {quoted} bukan alamat https; {why}'],
  ['online_url of {quoted} is not a URL; {why}', 'online_url {quoted} bukan URL; {why}'],
  [
    'online_url of {quoted} contains a user name or password; {why}',
    'online_url {quoted} berisi user name atau password; {why}',
  ],
  [
    'online_url of {quoted} contains a query or a fragment; {why}',
    'online_url {quoted} berisi query atau fragment; {why}',
  ],
  [
    'online_url of {quoted} uses http, which is not encrypted; {why}',
    'online_url {quoted} memakai http, yang tidak terenkripsi; {why}',
  ],
  ['expected an address such as {host}', 'seharusnya alamat seperti {host}'],

  ['The proxy {host} cannot be reached: {why}', 'Proxy {host} tidak bisa dihubungi: {why}'],
  ['The proxy {host} cannot be reached: {quoted}', 'Proxy {host} tidak bisa dihubungi: {quoted}'],
  ['no answer within {n} s', 'tidak ada jawaban dalam {n} detik'],
  ['it closed the connection', 'proxy itu menutup koneksi'],
  ['its answer is no HTTP', 'jawabannya bukan HTTP'],
  [
    'The proxy {host} refused a connection to {host} with HTTP {n}: {why}',
    'Proxy {host} menolak koneksi ke {host} dengan HTTP {n}: {why}',
  ],
  [
    'The proxy {host} refused a connection to {host} with HTTP {n}',
    'Proxy {host} menolak koneksi ke {host} dengan HTTP {n}',
  ],
  [
    'it wants a user name and a password, or others',
    'proxy itu meminta user name dan password, atau yang lain',
  ],
  ['it does not allow that address', 'alamat itu tidak diizinkan'],

  ['HTTP {n}: redirects are not followed', 'HTTP {n}: redirect tidak diikuti'],
  ['HTTP {n} on page {n}: redirects are not followed', 'HTTP {n} di halaman {n}: redirect tidak diikuti'],
  ['Unauthorized on page {n} after a new login', 'Unauthorized di halaman {n} setelah login ulang'],
  ['HTTP {n} on page {n}', 'HTTP {n} di halaman {n}'],
  ['HTTP {n} on page {n} ({n} attempts)', 'HTTP {n} di halaman {n} ({n} kali dicoba)'],

  ['the server sent no access token', 'server tidak mengirim access token'],
  ['the server sent no access token: {quoted}', 'server tidak mengirim access token: {quoted}'],
  ['the server sent {why}', 'server mengirim {why}'],
  ['an empty answer instead of JSON', 'jawaban kosong, bukan JSON'],
  ['HTML instead of JSON', 'HTML, bukan JSON'],
  ['text that is not valid JSON', 'teks yang bukan JSON yang valid'],
  ['text that is not UTF-8', 'teks yang bukan UTF-8'],
  ['text in {host} instead of UTF-8', 'teks dalam {host}, bukan UTF-8'],

  ['the server tells {n} users, more than {n}', 'server menyebut {n} user, lebih dari {n}'],
  ['page 1 is empty, yet total is {n}', 'halaman 1 kosong, padahal total {n}'],
  [
    '{n} users at {n} per page are more than {n} pages',
    '{n} user dengan {n} per halaman lebih dari {n} halaman',
  ],
  ['the list does not end within {n} pages', 'daftarnya belum berakhir setelah {n} halaman'],
  [
    'page {n} is the same as page {n}: the server does not turn pages',
    'halaman {n} sama dengan halaman {n}: server tidak berpindah halaman',
  ],
  ['users data not found', 'data users tidak ditemukan'],
  ['total is not a number', 'total bukan angka'],
  ['a user without id_user', 'ada user tanpa id_user'],
  [
    'a user whose id_user is not a whole number from {n} to {n}',
    'ada user dengan id_user yang bukan bilangan bulat dari {n} sampai {n}',
  ],
  ['a row that is not a user', 'ada baris yang bukan user'],

  ['Connection timeout', 'Connection timeout'],
  ['Connection refused', 'koneksi ditolak'],
  ['Server name not found', 'nama server tidak ditemukan'],
  ['Server name not found (DNS gave no answer)', 'nama server tidak ditemukan (DNS tidak menjawab)'],
  ['Connection reset', 'koneksi diputus'],
  ['Server cannot be reached ({host})', 'server tidak bisa dihubungi ({host})'],
  ['Connection closed before the answer was complete', 'koneksi ditutup sebelum jawabannya lengkap'],
  ['Answer cannot be decompressed', 'jawabannya tidak bisa didekompresi'],
  ['Answer larger than 10 MB', 'jawabannya lebih besar dari 10 MB'],
  ['TLS certificate problem ({host})', 'masalah sertifikat TLS ({host})'],
  ['TLS handshake failed ({host})', 'TLS handshake gagal ({host})'],
  ['Connection failed ({host})', 'koneksi gagal ({host})'],
];

const HOLE = /\{(n|host|quoted|why)\}/g;
const FITS: Readonly<Record<string, string>> = {
  '{n}': '(\\d+)',
  '{host}': '(\\S+?)',
  '{quoted}': '(.+?)',
  '{why}': '(.+)',
};

const MATCHERS = PHRASES.map(([english, indonesian]) => ({
  fits: new RegExp(`^${english.replace(/[().]/g, '\\$&').replace(HOLE, (hole) => FITS[hole] ?? hole)}$`, 's'),
  holes: english.match(HOLE) ?? [],
  indonesian,
}));

/** A `reason` of a failure in Indonesian. What is no phrase of the bot stays as it is. Neither is escaped. */
export function depotReason(reason: string): string {
  return phrase(reason) ?? reason;
}

function phrase(text: string): string | undefined {
  for (const { fits, holes, indonesian } of MATCHERS) {
    const fillings = fits
      .exec(text)
      ?.slice(1)
      .map((each, at) => (holes[at] === '{why}' ? phrase(each) : each));
    if (fillings !== undefined && !fillings.includes(undefined))
      return indonesian.replace(HOLE, () => fillings.shift() ?? '');
  }
  return undefined;
}
