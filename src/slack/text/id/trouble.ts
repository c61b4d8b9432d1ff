import type { Texts } from '../en.ts';

const NO_MEMBER =
  'usersync tidak dapat menulis di kanal ini karena bukan anggotanya. Tidak ada yang diubah. Ketik ' +
  '`/invite @usersync` di sini, lalu ketik perintah Anda sekali lagi.';

const MEMBERS_ONLY =
  'usersync tidak dapat menulis di kanal ini karena hanya orang tertentu yang boleh menulis di sini. Tidak ada yang ' +
  'diubah. Minta admin ruang kerja agar usersync boleh menulis di sini, atau ketik perintah Anda di kanal lain.';

/** By Slack's words. */
const CHANNEL_TROUBLES: Readonly<Record<string, string>> = {
  not_in_channel: NO_MEMBER,
  channel_not_found: NO_MEMBER,
  is_archived:
    'usersync tidak dapat menulis di kanal ini karena kanalnya sudah diarsipkan. Tidak ada yang diubah. Ketik perintah ' +
    'Anda di kanal lain.',
  restricted_action: MEMBERS_ONLY,
  restricted_action_read_only_channel: MEMBERS_ONLY,
};

/** Short messages about the bot itself, shown to the person who typed or clicked. */
export const trouble: Texts['trouble'] = {
  loading: 'Memuat…',
  close: 'Tutup',
  channelUnreachable: (slackError, why = slackError) =>
    CHANNEL_TROUBLES[slackError] ??
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
  unknownButton:
    'Tombol ini milik versi usersync yang lain, jadi tidak ada yang dilakukan. Ketik `/usersync status` untuk melihat ' +
    'keadaannya.',
  unexpected: (runId) =>
    'Terjadi kesalahan yang tidak terduga. Mintalah pengelola bot memeriksa log' +
    `${runId === undefined ? '' : ` proses ${runId}, dan periksa pesannya sebelum Anda mencoba lagi`}.`,
};
