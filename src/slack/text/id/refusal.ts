import type { Texts } from '../en.ts';
import { labels } from './labels.ts';

const NOTHING = 'Tidak ada yang diubah.';

/** Why a request was not served, told to the person who asked, alone. */
export const refusal: Texts['refusal'] = {
  notAdmin: {
    not_listed:
      'Hanya admin usersync yang boleh melakukan ini, dan Anda tidak ada dalam daftarnya. Mintalah pengelola bot ' +
      `menambahkan Anda ke SLACK_ADMIN_USER_IDS atau ke grup pengguna adminnya. ${NOTHING}`,
    guest: `Tamu di ruang kerja ini tidak boleh memakai usersync. Mintalah seorang adminnya melakukan ini. ${NOTHING}`,
    bot: `Bot tidak boleh memakai usersync. Mintalah seorang adminnya melakukan ini. ${NOTHING}`,
    deleted: `Akun Slack Anda sudah dinonaktifkan, sehingga Anda tidak boleh memakai usersync. ${NOTHING}`,
    stranger: `Anggota ruang kerja lain tidak boleh memakai usersync. Mintalah seorang adminnya melakukan ini. ${NOTHING}`,
    unverifiable:
      'Slack tidak memberi tahu apakah Anda admin, sehingga tidak ada yang dilakukan. Coba lagi setelah satu menit. Jika ' +
      'terulang, beri tahu pengelola bot.',
  },
  wrongChannel: (channels) => `usersync tidak bekerja di kanal ini. Gunakan di ${channels}.`,
  wrongChannelUnknown:
    'usersync tidak bekerja di kanal ini. Tanyakan kepada pengelola bot di kanal mana ia bekerja.',
  locationMissing: (target) =>
    `Tabel locations tidak memiliki baris untuk target ${target}. Pengelola bot harus menambahkannya atau memperbaiki ` +
    `SYNC_TARGETS. ${NOTHING}`,
  runNotFound:
    `Proses itu tidak ada di basis data. ${NOTHING} Ketik \`/usersync help\` untuk melihat cara memulai ` +
    'proses baru.',
  wrongMessage:
    `Tombol ini tidak berada pada pesan prosesnya. ${NOTHING} Gulir ke pesan itu, atau ketik \`/usersync help\` untuk ` +
    'melihat cara memulai proses baru.',
  notReady: {
    reading: (runId) => `Proses ${runId} masih membaca pengguna. ${NOTHING} Tunggu pratinjaunya.`,
    ready: (runId) => `Proses ${runId} menunggu konfirmasi. ${NOTHING} Tekan tombolnya sekali lagi.`,
    executing: (runId, actor) =>
      `Proses ${runId} sedang dijalankan; ${actor} sudah mengonfirmasinya. Anda tidak perlu melakukan apa pun: hasilnya ` +
      'akan muncul di utasnya.',
    completed: (runId, actor, command) =>
      `Proses ${runId} sudah selesai; ${actor} sudah mengonfirmasinya. Ketik ${command} untuk pratinjau baru.`,
    completedAlone: (runId, command) =>
      `Tidak ada yang perlu diubah oleh proses ${runId}. Ketik ${command} untuk pratinjau baru.`,
    cancelled: (runId, actor, command) =>
      `Proses ${runId} dibatalkan oleh ${actor}. ${NOTHING} Ketik ${command} untuk pratinjau baru.`,
    expired: (runId, command) =>
      `Pratinjau proses ${runId} sudah kedaluwarsa. ${NOTHING} Ketik ${command} untuk pratinjau baru.`,
    superseded: (runId, location) =>
      `Proses ${runId} sudah digantikan oleh pratinjau ${location} yang lebih baru. ${NOTHING} Gunakan yang lebih baru.`,
    failed: (runId, command) =>
      `Proses ${runId} gagal dan tidak mengubah apa pun. Tekan ${labels.tryAgain} atau ${labels.newPreview} pada ` +
      `pesannya, atau ketik ${command}.`,
  },
  beingRead: {
    list: (location, run, actor) =>
      `User ${location} sedang dibaca: ${run}, atas permintaan ${actor}. Tidak ada proses lain yang dimulai. Tunggu ` +
      'preview-nya.',
    changes: (reverted, run, actor) =>
      `Apa yang dapat dikembalikan dari proses ${reverted} sedang dicari: ${run}, atas permintaan ${actor}. Tidak ada ` +
      'proses lain yang dimulai. Tunggu preview-nya.',
  },
  locationBusy: (location, runId, actor) =>
    `Pengguna ${location} sedang diubah saat ini: proses ${runId}, dikonfirmasi oleh ${actor}. Klik Anda tidak mengubah ` +
    'apa pun. Tunggu hasilnya, lalu coba lagi.',
  secondPersonNeeded: (target, requester) =>
    `Target ${target} memerlukan dua orang. Yang ini diminta oleh ${requester}, jadi harus dikonfirmasi oleh admin lain. ` +
    NOTHING,
  guardTripped:
    `Rencana ini menonaktifkan begitu banyak pengguna sehingga diperlukan alasan. ${NOTHING} Tekan ` +
    `${labels.confirmGuarded} pada pesannya.`,
  guardTrippedSince: (location, facts) =>
    `Sejak pratinjau, ${location} atau batasnya sudah berubah: ${facts.deactivate} dari ${facts.active} pengguna yang ` +
    `sekarang aktif di sana akan dinonaktifkan, dan untuk itu diperlukan alasan. ${NOTHING} Pesannya menunjukkan hal ini; ` +
    `tekan ${labels.confirmGuarded} di sana.`,
  planAltered: (runId, command) =>
    `Yang tersimpan dari proses ${runId} berbeda dari yang ditampilkan: ada yang mengubahnya di basis data, atau versi yang ` +
    `lebih lama membuatnya. ${NOTHING} Ketik ${command} untuk pratinjau baru.`,
  targetMismatch: (expected) =>
    `Yang Anda ketik bukan nama targetnya. ${NOTHING} Tekan tombolnya sekali lagi dan ketik ${expected}.`,
  reasonMissing: (shortest) =>
    `Diperlukan alasan yang terdiri atas sedikitnya ${shortest} karakter. ${NOTHING} Tekan tombolnya sekali lagi dan ` +
    'berikan alasannya.',
  alreadyFollowed: (runId, next) =>
    `Pratinjau baru untuk proses ${runId} sudah dimulai${next === undefined ? '' : `: proses ${next}`}. ` +
    'Klik Anda tidak mengubah apa pun. Gunakan pratinjau itu.',
  notFailed: (runId, command) =>
    `Proses ${runId} tidak gagal, jadi tidak ada yang perlu dicoba lagi. Ketik ${command} untuk pratinjau baru.`,
  notCompleted: (runId) =>
    'Hanya proses yang sudah selesai dan telah mengubah sesuatu yang dapat dikembalikan, dan proses ' +
    `${runId} bukan salah satunya. ${NOTHING} Cari nomor prosesnya pada pesannya, lalu ketik \`/usersync rollback\` ` +
    'dan nomor itu.',
  notInPlan: (emails, more) =>
    `Rencana ini tidak mengubah ${emails}${more > 0 ? ` dan ${more} lagi` : ''}, padahal hanya yang diubahnya yang dapat ` +
    `dikecualikan. Rencana tetap seperti semula. Tekan ${labels.viewAll} untuk melihat siapa yang diubahnya, lalu tekan ` +
    `${labels.adjust} sekali lagi.`,
  nothingLeft:
    'Tanpa semua itu, rencana ini tidak mengubah apa pun. Rencana tetap seperti semula. Tekan ' +
    `${labels.adjust} sekali lagi dan kecualikan lebih sedikit, atau tekan ${labels.cancel} untuk mengakhiri pratinjau ini.`,
  nothingCompleted: 'Belum ada sinkronisasi yang mengubah sesuatu, jadi tidak ada yang dapat dikembalikan.',
};
