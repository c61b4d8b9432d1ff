import type { Texts } from '../en.ts';

/** Words of `/usersync help` and of the answer to a target or command that does not exist. */
export const help: Texts['help'] = {
  title: 'Cara Memakai usersync',
  intro:
    'usersync membandingkan pengguna sebuah server depo dengan basis data dan menunjukkan apa yang akan diubah oleh ' +
    'sinkronisasi. Tidak ada yang berubah sebelum dikonfirmasi oleh admin. Pengguna tidak pernah dihapus, hanya ' +
    'dinonaktifkan.',
  commands: 'Perintah',
  preview: (command) => `${command} menunjukkan apa yang akan diubah oleh sinkronisasi`,
  all: (command) => `${command} menunjukkannya untuk semua target sekaligus`,
  rollback: (command) =>
    `${command} menunjukkan apa yang berubah jika perubahan proses terakhir dikembalikan`,
  rollbackOf: (run, target) =>
    `${run} menunjukkan hal yang sama untuk proses 12 (nomornya ada pada pesannya), ${target} untuk sync terbaru target itu`,
  lookUp: 'Untuk Mencari Informasi',
  status: (all, one) => `${all} menunjukkan keadaan semua target, ${one} hanya salah satunya`,
  history: (all, one) => `${all} menampilkan proses terakhir, ${one} hanya untuk satu target`,
  users: (all, some) =>
    `${all} menampilkan pengguna sebuah target, ${some} hanya yang nonaktif dengan “vendor” dalam emailnya`,
  inactive: (all, one) =>
    `${all} menampilkan pengguna nonaktif dan sejak kapan, ${one} hanya untuk satu target`,
  export: (command) => `${command} mengirimkan rencana proses 12 kepada Anda sebagai berkas CSV`,
  pause: (pause, resume) => `${pause} menghentikan semua aturan, ${resume} memulai aturan sebuah target`,
  help: (command) => `${command} menampilkan teks ini`,
  moreTargets: (targets) => `Target lainnya: ${targets}`,
  noTargets: 'Belum ada target. Pengelola bot harus mengisi SYNC_TARGETS.',
  unknown: (typed) => `Tidak ada target ${typed}.`,
  unknownCommand: (typed) => `Tidak ada perintah ${typed}.`,
  unclear: (typed) => `Perintah ini tidak diketik seperti ${typed}.`,
  needsTarget: (typed) => `${typed} memerlukan sebuah target.`,
  needsRun: (typed) => `${typed} memerlukan nomor proses.`,
  suggestion: (command) => `Apakah yang Anda maksud ${command}?`,
  seeHelp: (command) => `Ketik ${command} untuk melihat semua perintah.`,
  targets: (targets, more) => `Targetnya adalah ${targets}${more > 0 ? ` dan ${more} lagi` : ''}.`,
  target: (target) => `Satu-satunya target adalah ${target}.`,
  nothingChanged: 'Tidak ada yang diubah.',
};

/** Words of the list of runs. */
export const history: Texts['history'] = {
  title: 'Proses Terakhir',
  titleOf: (target) => `Proses Terakhir: ${target}`,
  none: (help) => `Tidak ada proses untuk ditampilkan. Ketik ${help} untuk melihat cara memulainya.`,
  requested: (actor, when) => `Diminta oleh ${actor} pada ${when}`,
  confirmed: (actor) => `dikonfirmasi oleh ${actor}`,
  plan: (counts) => `rencana: ${counts}`,
  took: (duration) => `memakan waktu ${duration}`,
  details: 'Rincian',
  detailsOf: (runId) => `Rincian proses ${runId}`,
  older: 'Proses Sebelumnya',
};

/** Words of the app's Home tab. */
export const home: Texts['home'] = {
  title: 'Sinkronisasi Pengguna Server Depo',
  channel: (channel) => `Pratinjau yang Anda mulai di sini muncul di ${channel}.`,
  noChannel:
    'Pratinjau tidak dapat dimulai di sini karena belum ada kanal untuk itu: pengelola bot harus mengisi SLACK_CHANNEL_IDS.',
  preview: 'Pratinjau',
  previewOf: (target) => `Pratinjau ${target}`,
  recent: 'Proses Terakhir',
  commands: (command) => `Ketik ${command} di sebuah kanal untuk melihat semua perintah.`,
  visitor:
    'Hanya admin usersync yang boleh memakainya, dan Anda tidak termasuk. Jika Anda seharusnya menjadi admin, mintalah pengelola ' +
    'bot menambahkan Anda ke SLACK_ADMIN_USER_IDS atau ke grup pengguna adminnya.',
};

/** How the targets stand: `/usersync status` and the cards of the Home tab. `run` is `proses 12`, or a link to it. */
export const status: Texts['status'] = {
  title: 'Status Target',
  users: (active, inactive, leftAlone) =>
    `${active} pengguna aktif, ${inactive} nonaktif${leftAlone === 0 ? '' : `, ${leftAlone} dibiarkan`}`,
  manyUsers: (n) => `Lebih dari ${n} pengguna`,
  lastSync: (when, what, run) => `Sinkronisasi terakhir: ${when}, ${what}, ${run}`,
  never: 'Belum pernah disinkronkan',
  pending: (counts, until, run) => `Menunggu konfirmasi sampai ${until}: ${counts}, ${run}`,
  lastFailed: (when, what, run) => `Kesalahan terakhir: ${when}, ${what}, ${run}`,
  changedSince: (n) => `Sejak itu, ${n} pengguna diubah bukan oleh usersync`,
  locationMissing:
    'Tabel locations tidak memiliki baris untuk target ini. Pengelola bot harus menambahkannya atau memperbaiki ' +
    'SYNC_TARGETS.',
  protected: 'Tidak pernah dinonaktifkan (PROTECTED_EMAILS):',
  protects: (pattern, users) =>
    users === 0
      ? `${pattern} *tidak melindungi siapa pun*: apakah ejaannya benar?`
      : `${pattern} melindungi ${users} user`,
  run: (runId) => `proses ${runId}`,
  more: (n, command) => `…dan ${n} target lagi. Ketik ${command} untuk melihat satu target saja.`,
};

const STATUS = { active: ' aktif', inactive: ' nonaktif' };

/** Words of the list of users. */
export const users: Texts['users'] = {
  title: 'Pengguna',
  found: ({ total, target, status, text }) => {
    const whom = `${total} pengguna${status === undefined ? '' : STATUS[status]}`;
    const where = target === undefined ? 'di semua target' : `di ${target}`;
    return `${whom} ${where}${text === undefined ? '' : ` dengan ${text} dalam emailnya`}`;
  },
  none: 'Tidak ada yang ditemukan.',
  noneWith: (text) =>
    `Tidak ada yang ditemukan. Ketik perintahnya tanpa ${text}, atau dengan sebagian saja, untuk melihat lebih banyak user.`,
  more: (n) => `…dan ${n} lagi. Semuanya ada di berkas CSV.`,
  active: 'aktif',
  leftAlone: 'dibiarkan: tidak aktif dan tidak nonaktif',
  inactive: 'nonaktif',
  inactiveSince: (day) => `nonaktif sejak ${day}`,
  file: (found) => `Daftar yang Anda minta: ${found}.`,
  exported: (runId, location, state) => `Seluruh baris rencana proses ${runId}. ${location}: ${state}.`,
};

const NO_MEMBER = (invitation: string) =>
  'usersync tidak dapat menulis di kanal ini karena bukan anggotanya. Tidak ada yang diubah. Ketik ' +
  `${invitation} di sini, lalu ketik perintah Anda sekali lagi.`;

const MEMBERS_ONLY =
  'usersync tidak dapat menulis di kanal ini karena hanya orang tertentu yang boleh menulis di sini. Tidak ada yang ' +
  'diubah. Minta admin ruang kerja agar usersync boleh menulis di sini, atau ketik perintah Anda di kanal lain.';

/** By Slack's words. */
const CHANNEL_TROUBLES: Readonly<Record<string, string | ((invitation: string) => string)>> = {
  not_in_channel: NO_MEMBER,
  channel_not_found: NO_MEMBER,
  is_archived:
    'usersync tidak dapat menulis di kanal ini karena kanalnya sudah diarsipkan. Tidak ada yang diubah. Ketik perintah ' +
    'Anda di kanal lain.',
  restricted_action: MEMBERS_ONLY,
  restricted_action_read_only_channel: MEMBERS_ONLY,
};

function channelTrouble(slackError: string, invitation: string): string | undefined {
  const trouble = CHANNEL_TROUBLES[slackError];
  return typeof trouble === 'function' ? trouble(invitation) : trouble;
}

/** Short messages about the bot itself, shown to the person who typed or clicked. */
export const trouble: Texts['trouble'] = {
  loading: 'Memuat…',
  close: 'Tutup',
  channelUnreachable: (slackError, why = slackError, invitation = '`/invite @usersync`') =>
    channelTrouble(slackError, invitation) ??
    `usersync tidak dapat menulis di channel ini: ${why}. Tidak ada yang diubah. Minta admin workspace agar usersync boleh ` +
      'menulis di sini, atau ketik perintah Anda di channel lain.',
  databaseLost:
    'Basis data tidak dapat dihubungi. Permintaan ini tidak mengubah apa pun. Coba lagi setelah satu menit. Jika terulang, ' +
    'beri tahu pengelola bot.',
  databaseLostCommitting:
    'Basis data terputus tepat saat permintaan Anda ditulis, sehingga permintaan itu mungkin diterima, mungkin tidak. ' +
    'Tunggu sampai pesan proses berubah, atau dua menit, sebelum mencoba lagi.',
  databaseLostDuringRun: (runId) =>
    `Basis data tidak dapat dihubungi, sehingga proses ${runId} tertunda. Proses itu berlanjut sendiri setelah basis ` +
    'data kembali: jangan memulai yang lain. Jika terlalu lama, beri tahu pengelola bot.',
  databaseWhy: {
    read_only: 'Database tidak menerima perubahan: servernya hanya dapat dibaca.',
    too_many_connections: 'Server database tidak punya koneksi lagi untuk usersync.',
    disk_full: 'Disk server database penuh.',
    privilege: 'Server database tidak mengizinkan usersync masuk.',
  },
  databaseUnusable: (why) =>
    `${why} Permintaan ini tidak mengubah apa pun. Beri tahu pengelola database, lalu coba lagi setelah itu teratasi.`,
  databaseUnusableDuringRun: (runId, why) =>
    `${why} Proses ${runId} tertunda dan berlanjut sendiri setelah itu teratasi: jangan memulai yang lain. Beri tahu ` +
    'pengelola database.',
  databaseRefused: (words) =>
    `Database menolak permintaan Anda: ${words}. Tidak ada yang diubah olehnya. Mintalah pengelola bot melihat log.`,
  restarting: (runId) =>
    `usersync sedang dimulai ulang. Permintaan Anda disimpan: proses ${runId} berlanjut sendiri begitu ada bot yang bebas. ` +
    'Jangan memulai yang lain.',
  slackRefused: (reason) =>
    `Terjadi kesalahan yang tidak terduga. Slack menolak apa yang hendak ditampilkan usersync kepada Anda (${reason}). ` +
    'Periksa pesan proses sebelum mencoba lagi. Jika terulang, beri tahu pengelola bot.',
  unknownButton: (status) =>
    `Tombol ini milik versi usersync yang lain, jadi tidak ada yang dilakukan. Ketik ${status} untuk melihat keadaannya.`,
  unexpected: (runId) =>
    'Terjadi kesalahan yang tidak terduga. Mintalah pengelola bot memeriksa log' +
    `${runId === undefined ? '' : ` proses ${runId}, dan periksa pesannya sebelum Anda mencoba lagi`}.`,
};
