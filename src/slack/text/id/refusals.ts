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
  frozen: (until) =>
    `Eksekusi dibekukan sampai ${until} (SYNC_FREEZE). ${NOTHING} Mintalah preview baru setelah itu.`,
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
  notCompleted: (runId) =>
    `Hanya proses yang selesai dan telah mengubah sesuatu yang dapat dikembalikan, dan proses ${runId} bukan salah ` +
    `satunya. ${NOTHING} Cari nomor prosesnya pada pesannya, lalu ketik \`/usersync rollback\` dan nomor itu.`,
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
  nothingCompleted:
    'Tidak ada sync yang masih berlaku, jadi tidak ada yang dapat dikembalikan. Ketik `/usersync history` untuk melihat daftarnya.',
  nothingCompletedAt: (target) =>
    `Tidak ada sync ${target} yang masih berlaku. Ketik \`/usersync history\` untuk melihat daftarnya.`,
};

const MEMBERS_ONLY = 'hanya orang tertentu yang boleh menulis di sana';
const NO_SHARED_FILES = 'workspace tidak mengizinkan file di tempat yang dibaca orang dari perusahaan lain';
const NOT_GRANTED = 'workspace tidak mengizinkan usersync melakukannya';

/** See `en`. */
const REASONS: Readonly<Record<string, string>> = {
  not_in_channel: 'usersync bukan anggota channel itu',
  channel_not_found: 'usersync tidak bisa melihat channel itu',
  is_archived: 'channel itu sudah diarsipkan',
  restricted_action: MEMBERS_ONLY,
  restricted_action_read_only_channel: MEMBERS_ONLY,
  restricted_action_thread_only_channel: 'di sana hanya boleh membalas di thread',
  restricted_action_non_threadable_channel: 'thread dimatikan di sana',
  ekm_access_denied: 'admin workspace sedang menghentikan pengiriman pesan',
  no_permission: NOT_GRANTED,
  access_denied: NOT_GRANTED,
  team_access_not_granted: NOT_GRANTED,
  missing_scope: 'aplikasi Slack kekurangan scope untuk itu',
  edit_window_closed: 'pesan setua itu tidak boleh diubah di workspace ini',
  cant_update_message: 'pesan itu ditulis oleh instalasi lain dari aplikasi ini',
  message_not_found: 'pesannya sudah dihapus',
  thread_not_found: 'pesannya sudah dihapus',
  file_uploads_disabled: 'file dimatikan di workspace ini',
  storage_limit_reached: 'ruang file di workspace ini sudah penuh',
  file_upload_size_restricted: 'workspace ini tidak menerima file sebesar itu',
  posting_to_channel_denied: NOT_GRANTED,
  slack_connect_file_upload_sharing_blocked: NO_SHARED_FILES,
  slack_connect_blocked_file_type: NO_SHARED_FILES,
};

export const rejection: Texts['rejection'] = {
  reason: (word, shown) =>
    REASONS[word] ?? (/^\w+$/.test(word) ? `Slack menjawab ${shown}` : `Slack tidak menjawab (${shown})`),
  later: (runId, why) =>
    `Slack belum menerima pesan proses ${runId}: ${why}. Pesannya muncul begitu Slack menerimanya. Jangan mulai proses lain.`,
  shownLater: (runId, why) =>
    `Sudah dilakukan. Slack belum menerima pesan baru proses ${runId}: ${why}. Pesan itu muncul begitu Slack menerimanya.`,
  notEdited: (why) => `Pesan di atas tidak bisa diperbarui: ${why}. Tombolnya tidak mengubah apa pun lagi.`,
  replaces: (why) =>
    `Pesan lama dari sync ini tidak bisa diperbarui: ${why}. Pakai pesan ini. Tombol yang lama tidak mengubah apa pun lagi.`,
  noThread: (run, why) =>
    `Ini tentang ${run}. Ditulis di sini karena Slack tidak menerimanya di thread: ${why}.`,
  directly: (run, channel, why) =>
    `Ini tentang ${run}. Anda diberi tahu langsung karena usersync tidak bisa menulis di ${channel}: ${why}.`,
  notShown: (command) =>
    `Preview sudah siap, tetapi tidak bisa ditampilkan. Tidak ada yang diubah. Ketik ${command} di channel lain.`,
  noFile: (why) => `File tidak bisa dilampirkan: ${why}.`,
  pressViewAll: `Tekan ${labels.viewAll}.`,
  untold: 'Slack tidak menerima pesan tentang hasil sync berikut:',
  untoldRun: (label, run, state, why) => `${label}, ${run}: ${state} (${why})`,
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
