import type { DatabaseRefusal } from '../../../sync/failure.ts';
import type { Texts } from '../en.ts';
import { labels } from './plan.ts';

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
  admins: (admins, more) => `Adminnya adalah ${admins}${more > 0 ? ` dan ${more} lagi` : ''}.`,
  wrongChannel: (channels) => `usersync tidak bekerja di kanal ini. Gunakan di ${channels}.`,
  wrongChannelUnknown:
    'usersync tidak bekerja di kanal ini. Tanyakan kepada pengelola bot di kanal mana ia bekerja.',
  sharedChannel: (channel) =>
    `Orang dari perusahaan lain membaca ${channel}, jadi usersync tidak menampilkan user di sana, dan tidak ada yang ` +
    'dilakukan. Gunakan channel perusahaan Anda sendiri. Pengelola bot dapat mengizinkan channel ini di ' +
    'SLACK_ALLOW_SHARED_CHANNELS.',
  channelUnverifiable:
    'Slack tidak memberi tahu apakah orang dari perusahaan lain membaca channel ini, jadi tidak ada yang dilakukan. Coba ' +
    'lagi setelah satu menit. Jika terulang, beri tahu pengelola bot.',
  locationMissing: (target) =>
    `Tabel locations tidak memiliki baris untuk target ${target}. Pengelola bot harus menambahkannya atau memperbaiki ` +
    `SYNC_TARGETS. ${NOTHING}`,
  runNotFound: (help, history) =>
    `Proses itu tidak ada di database. ${NOTHING} Ketik ${help} untuk memulai yang baru, atau ${history} untuk melihat ` +
    'proses terbaru.',
  noPlanToExport: (history) =>
    `Tidak ada proses bernomor itu yang memiliki rencana. Ketik ${history} untuk melihat proses terbaru.`,
  wrongMessage: (help) =>
    `Tombol ini tidak berada pada pesan prosesnya. ${NOTHING} Gulir ke pesan itu, atau ketik ${help} untuk melihat cara ` +
    'memulai proses baru.',
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
  frozen: (until) =>
    `Eksekusi dibekukan sampai ${until} (SYNC_FREEZE). ${NOTHING} Mintalah preview baru setelah itu.`,
  paused: (runId) => `Sync ${runId} tidak dijalankan: aturan dijeda di targetnya. ${NOTHING}`,
  breakGlassOff:
    `Di sini tidak ada yang boleh mengonfirmasi sendiri (BREAK_GLASS: off). ${NOTHING} Mintalah admin lain mengonfirmasi, ` +
    'atau tunggu sampai pembekuan berakhir.',
  secondPersonNeeded: (target, requester, needed) =>
    `Target ${target} memerlukan ${needed === 2 ? 'dua' : needed} orang. Yang ini diminta oleh ${requester}, jadi harus dikonfirmasi oleh admin lain. ` +
    NOTHING,
  guardTripped:
    `Rencana ini menonaktifkan begitu banyak pengguna sehingga diperlukan alasan. ${NOTHING} Tekan ` +
    `${labels.confirmGuarded} pada pesannya.`,
  guardTrippedSince: (location, facts) =>
    `Sejak pratinjau, ${location} atau batasnya sudah berubah: ${facts.deactivate} dari ${facts.active} pengguna yang ` +
    `sekarang aktif di sana akan dinonaktifkan, dan untuk itu diperlukan alasan. ${NOTHING} Pesannya menunjukkan hal ini; ` +
    `tekan ${labels.confirmGuarded} di sana.`,
  planAltered: (runId, command) =>
    `Isi proses ${runId} berbeda dari yang ditampilkan: diubah di database, atau dibuat oleh versi lama. ${NOTHING} Ketik ${command} untuk pratinjau baru.`,
  targetMismatch: (expected) =>
    `Yang Anda ketik bukan nama targetnya. ${NOTHING} Tekan tombolnya sekali lagi dan ketik ${expected}.`,
  reasonMissing: (shortest) =>
    `Diperlukan alasan, sedikitnya ${shortest} karakter. ${NOTHING} Tekan tombolnya sekali lagi dan berikan alasannya.`,
  alreadyFollowed: (runId, next) =>
    `Pratinjau baru untuk proses ${runId} sudah dimulai${next === undefined ? '' : `: proses ${next}`}. ` +
    'Klik Anda tidak mengubah apa pun. Gunakan pratinjau itu.',
  notFailed: (runId, command) =>
    `Proses ${runId} tidak gagal, jadi tidak ada yang perlu dicoba lagi. Ketik ${command} untuk pratinjau baru.`,
  notCompleted: (runId, rollback) =>
    `Hanya proses yang selesai dan telah mengubah sesuatu yang dapat dikembalikan, dan proses ${runId} bukan salah ` +
    `satunya. ${NOTHING} Cari nomor prosesnya pada pesannya, lalu ketik ${rollback} dan nomor itu.`,
  notInPlan: (emails, more) =>
    `Rencana ini tidak mengubah ${emails}${more > 0 ? ` dan ${more} lagi` : ''}, padahal hanya yang diubahnya yang dapat ` +
    `dikecualikan. Rencana tetap seperti semula. Tekan ${labels.viewAll} untuk melihat siapa yang diubahnya, lalu tekan ` +
    `${labels.adjust} sekali lagi.`,
  nothingLeft:
    'Tanpa semua itu, rencana ini tidak mengubah apa pun. Rencana tetap seperti semula. Tekan ' +
    `${labels.adjust} sekali lagi dan kecualikan lebih sedikit, atau tekan ${labels.cancel} untuk mengakhiri pratinjau ini.`,
  takenBack: (runId, by, command) =>
    `Proses ${runId} sudah dikembalikan oleh proses ${by}. ${NOTHING} Untuk menjalankan lagi proses ${runId}, ketik ${command}.`,
  severalSyncs: (syncs) =>
    `Beberapa target baru saja disinkronkan, dan usersync tidak menebak mana yang ingin dikembalikan. ${NOTHING} Yang ` +
    `terbaru dari masing-masing:\n${syncs}`,
  oneOfSeveral: (label, run, state, when, command) =>
    `• ${label}, ${run}: ${state}, ${when}. Ketik ${command} untuk mengembalikannya.`,
  nothingCompleted: (history) =>
    `Tidak ada sync yang masih berlaku, jadi tidak ada yang dapat dikembalikan. Ketik ${history} untuk melihat daftarnya.`,
  nothingCompletedAt: (target, history) =>
    `Tidak ada sync ${target} yang masih berlaku. Ketik ${history} untuk melihat daftarnya.`,
};

/** What to do where the database refuses, by its reason. */
export const databaseRemedies: Readonly<Record<DatabaseRefusal, string>> = {
  value_missing:
    'Sebuah kolom di users wajib diisi. Pengelola bot dapat menyebutkan nilainya di NEW_USER_DEFAULTS, atau pengelola ' +
    'database dapat memberi kolom itu nilai bawaan.',
  duplicate:
    'Sebuah indeks unik hanya mengizinkan nilai itu sekali. Jika bukan indeks pada (email, location_id), tanyakan kepada ' +
    'pengelola aplikasi apakah user baru boleh tanpa nilai itu.',
  foreign_key:
    'Sebuah foreign key meminta baris di tabel lain. Tanyakan kepada pengelola aplikasi apa yang diperlukan seorang user.',
  check:
    'CHECK pada tabel tidak mengizinkan nilai itu. Tanyakan kepada pengelola aplikasi apa yang diizinkan.',
  trigger: 'Sebuah trigger milik aplikasi menolaknya, dengan katanya sendiri. Hubungi pengelola aplikasi.',
  too_long: 'Sebuah kolom terlalu pendek. Mintalah pengelola database memanjangkannya menjadi VARCHAR(255).',
  value_not_taken:
    'Sebuah kolom tidak menerima nilai itu. Tanyakan kepada pengelola aplikasi apa yang boleh diisikan.',
  generated: 'Sebuah kolom dihasilkan oleh database dan tidak dapat ditulis. Hubungi pengelola aplikasi.',
  privilege:
    'Akun bot tidak berhak melakukannya. Mintalah pengelola database memberikan haknya: doctor menuliskan caranya.',
  read_only:
    'Server itu sekarang tidak menerima perubahan. Hubungi pengelola database; DATABASE_URL harus menyebut server utama.',
  disk_full:
    'Disk server database, atau salah satu berkasnya, penuh. Mintalah pengelola database memberi ruang.',
  packet_too_large:
    'Sebuah perintah atau baris lebih besar daripada yang diterima server. Mintalah pengelola database menaikkan ' +
    'max_allowed_packet menjadi 16 MB.',
  lock_wait:
    'Ada yang menahan kunci terlalu lama. Tanyakan kepada pengelola aplikasi tentang transaksi panjang pada users, atau ' +
    'tunggu beberapa menit.',
  too_many_connections:
    'Server tidak punya koneksi lagi. Mintalah pengelola database menaikkan max_connections, atau batas akun itu.',
  table_damaged:
    'Sebuah tabel rusak. Mintalah pengelola database memeriksa dan memperbaikinya, atau memulihkan cadangan.',
  table_missing: 'Sebuah tabel atau kolom tidak ada. Mintalah pengelola bot menjalankan doctor.',
  statement_logging:
    'Server mencatat perintah, dan InnoDB tidak menerimanya pada tingkat isolasi ini. Mintalah pengelola database ' +
    'mengatur binlog_format menjadi ROW atau MIXED.',
  time_limit:
    'Server mengakhiri perintah itu, karena batas waktunya atau secara manual. Hubungi pengelola database.',
  other: 'Tanyakan artinya kepada pengelola database, dan mintalah pengelola bot melihat log.',
};
