import type { DatabaseRefusal } from '../../../sync/failures/failure.ts';
import type { Texts } from '../en.ts';
import { labels } from './plan.ts';

const NOTHING = 'Tidak ada yang berubah.';

export const refusal: Texts['refusal'] = {
  notAdmin: {
    not_listed:
      'Hanya admin usersync yang boleh melakukan ini, dan Anda tidak ada di daftarnya. Minta pengelola bot menambahkan ' +
      `Anda ke SLACK_ADMIN_USER_IDS atau ke grup user adminnya. ${NOTHING}`,
    guest: `Guest di workspace ini tidak boleh memakai usersync. Minta admin usersync melakukannya. ${NOTHING}`,
    bot: `Bot tidak boleh memakai usersync. Minta admin usersync melakukannya. ${NOTHING}`,
    deleted: `Akun Slack Anda sudah dinonaktifkan, jadi Anda tidak boleh memakai usersync. ${NOTHING}`,
    stranger: `Anggota workspace lain tidak boleh memakai usersync. Minta admin usersync melakukannya. ${NOTHING}`,
    unverifiable:
      'Slack tidak memberi tahu apakah Anda admin, jadi tidak ada yang dilakukan. Coba lagi setelah satu menit. Jika ' +
      'terulang, beri tahu pengelola bot.',
  },
  admins: (admins) => `Adminnya: ${admins}.`,
  wrongChannel: (channels) => `usersync tidak bekerja di channel ini. Pakai di ${channels}.`,
  wrongChannelUnknown:
    'usersync tidak bekerja di channel ini. Tanyakan kepada pengelola bot di channel mana usersync bekerja.',
  sharedChannel: (channel) =>
    `Orang dari perusahaan lain membaca ${channel}, jadi usersync tidak menampilkan user di sana, dan tidak ada yang ` +
    'dilakukan. Pakai channel perusahaan Anda sendiri. Pengelola bot bisa mengizinkan channel ini di ' +
    'SLACK_ALLOW_SHARED_CHANNELS.',
  channelUnverifiable:
    'Slack tidak memberi tahu apakah orang dari perusahaan lain membaca channel ini, jadi tidak ada yang dilakukan. Coba ' +
    'lagi setelah satu menit. Jika terulang, beri tahu pengelola bot.',
  locationMissing: (target) =>
    `Tabel locations tidak punya tepat satu baris untuk target ${target}. Pengelola bot harus memastikan ada tepat ` +
    `satu baris, atau memperbaiki SYNC_TARGETS. ${NOTHING}`,
  runNotFound: (help, history) =>
    `Sync itu tidak ada di database. ${NOTHING} Ketik ${help} untuk melihat cara memulai yang baru, atau ${history} untuk ` +
    'melihat sync terakhir.',
  noPlanToExport: (history) =>
    `Tidak ada sync dengan nomor itu yang punya rencana. Ketik ${history} untuk melihat sync terakhir dan nomornya.`,
  wrongMessage: (help) =>
    `Tombol ini tidak ada di pesan sync-nya. ${NOTHING} Scroll ke pesan itu, atau ketik ${help} untuk melihat cara ` +
    'memulai sync baru.',
  notReady: {
    reading: (runId) => `Sync #${runId} masih membaca user. ${NOTHING} Tunggu preview-nya.`,
    ready: (runId) => `Sync #${runId} menunggu konfirmasi. ${NOTHING} Tekan tombolnya sekali lagi.`,
    executing: (runId, how) =>
      `Sync #${runId} sedang berjalan, ${how}. Anda tidak perlu melakukan apa pun: hasilnya ` +
      'muncul di thread.',
    completed: (runId, how, command) =>
      `Sync #${runId} sudah selesai, ${how}. Ketik ${command} untuk preview baru.`,
    completedAlone: (runId, command) =>
      `Tidak ada yang perlu diubah oleh sync #${runId}. Ketik ${command} untuk preview baru.`,
    cancelled: (runId, actor, command) =>
      `Sync #${runId} dibatalkan oleh ${actor}. ${NOTHING} Ketik ${command} untuk preview baru.`,
    expired: (runId, command) =>
      `Preview sync #${runId} sudah kedaluwarsa. ${NOTHING} Ketik ${command} untuk preview baru.`,
    superseded: (runId, location, by) =>
      `Sync #${runId} sudah diganti preview ${location} yang lebih baru. ${NOTHING}${by === undefined ? '' : ` Lihat sync #${by}.`}`,
    failed: (runId, command) =>
      `Sync #${runId} gagal dan tidak mengubah apa pun. Tekan ${labels.tryAgain} atau ${labels.newPreview} di ` +
      `pesannya, atau ketik ${command}.`,
  },
  beingRead: {
    list: (location, run, asked) =>
      `User ${location} sedang dibaca: ${run}. ${asked}. Tidak ada sync lain yang dimulai. Tunggu preview-nya.`,
    changes: (reverted, run, asked) =>
      `Apa yang bisa di-rollback dari sync #${reverted} sedang dicari: ${run}. ${asked}. Tidak ada sync lain ` +
      'yang dimulai. Tunggu preview-nya.',
  },
  locationBusy: (location, runId, how) =>
    `User ${location} sedang diubah: sync #${runId}, ${how}. Klik Anda tidak mengubah apa pun. Tunggu ` +
    'hasilnya, lalu coba lagi.',
  frozen: (until) =>
    `Sync dibekukan sampai ${until} (SYNC_FREEZE). ${NOTHING} Konfirmasi setelah itu, atau minta preview baru jika yang ini sudah kedaluwarsa.`,
  paused: (runId) => `Sync #${runId} tidak dijalankan: aturan dijeda di targetnya. ${NOTHING}`,
  personDecides: (runId) =>
    `Sync #${runId} tidak dijalankan: seseorang harus memutuskan dulu di targetnya. ${NOTHING}`,
  breakGlassOff:
    `Di sini tidak ada yang boleh mengonfirmasi sendiri (BREAK_GLASS: off). ${NOTHING} Minta admin lain mengonfirmasi, ` +
    'atau tunggu sampai pembekuan berakhir.',
  aloneUnseen:
    `Tidak ada orang lain yang membaca percakapan ini, jadi admin lain tidak akan tahu bahwa Anda bertindak sendiri. ${NOTHING} ` +
    'Minta preview di channel yang dibaca para admin, lalu konfirmasi di sana.',
  peopleUnverifiable:
    `Slack tidak menjawab apakah semua orang yang dihitung untuk rencana ini masih admin. ${NOTHING} Klik Anda tidak dihitung. ` +
    'Konfirmasi sekali lagi setelah satu menit. Jika terulang, beri tahu pengelola bot.',
  secondPersonNeeded: (target, requester, needed, adjusted) =>
    `Target ${target} perlu ${needed === 2 ? 'dua' : needed} orang. Yang ini ${adjusted ? 'disesuaikan' : 'diminta'} oleh ${requester}, jadi ${needed === 2 ? '' : `${needed - 1} `}admin lain yang harus ` +
    `mengonfirmasi. ${NOTHING}`,
  guardTripped:
    `Rencana ini menonaktifkan terlalu banyak user, jadi perlu alasan. ${NOTHING} Tekan ${labels.confirmGuarded} di ` +
    'pesannya.',
  guardTrippedSince: (location, facts, counts) =>
    `Sejak preview, ${location} atau batasnya sudah berubah: ${facts.deactivate} dari ${facts.active} user yang sekarang ` +
    `aktif di sana akan dinonaktifkan, dan itu perlu alasan. ${NOTHING}${counts ? ' Persetujuan sebelumnya tidak dihitung lagi.' : ''} Pesannya menunjukkan hal ini; tekan ` +
    `${labels.confirmGuarded} di sana.`,
  planAltered: (runId, command) =>
    `Isi sync #${runId} berbeda dari yang ditampilkan: diubah di database, atau dibuat oleh versi lama. ${NOTHING} Ketik ` +
    `${command} untuk preview baru.`,
  targetMismatch: (expected) =>
    `Yang Anda ketik bukan nama targetnya. ${NOTHING} Tekan tombolnya sekali lagi dan ketik ${expected}.`,
  reasonMissing: (shortest) =>
    `Perlu alasan, minimal ${shortest} karakter. ${NOTHING} Tekan tombolnya sekali lagi dan tulis alasannya.`,
  alreadyFollowed: (runId, next) =>
    `Preview baru untuk sync #${runId} sudah dimulai${next === undefined ? '' : `: sync #${next}`}. ` +
    'Klik Anda tidak mengubah apa pun. Keadaannya ada di pesan preview baru itu.',
  notFailed: (runId, command) =>
    `Sync #${runId} tidak gagal, jadi tidak ada yang perlu dicoba lagi. Ketik ${command} untuk preview baru.`,
  notCompleted: (runId, rollback) =>
    `Hanya sync yang selesai dan mengubah sesuatu yang bisa di-rollback, dan sync #${runId} tidak termasuk. ${NOTHING} ` +
    `Lihat nomor sync di pesannya, lalu ketik ${rollback} dan nomor itu.`,
  notInPlan: (emails) =>
    `Rencana ini tidak mengubah ${emails}. Hanya yang diubahnya yang bisa ` +
    `dikecualikan. Rencana tetap sama. Tekan ${labels.viewAll} untuk melihat siapa yang berubah, lalu tekan ` +
    `${labels.adjust} sekali lagi.`,
  deactivates: (runId, n) =>
    `Sync #${runId} menonaktifkan ${n} user, jadi tidak dikonfirmasi bersama yang lain. ${NOTHING} Konfirmasi di ` +
    'pesannya sendiri.',
  nothingLeft:
    'Tanpa semua itu, rencana ini tidak mengubah apa pun. Rencana tetap sama. Tekan ' +
    `${labels.adjust} sekali lagi dan kecualikan lebih sedikit, atau tekan ${labels.cancel} untuk mengakhiri preview ini.`,
  takenBack: (runId, by, command) =>
    `Sync #${runId} sudah di-rollback oleh sync #${by}. ${NOTHING} Untuk rollback sync #${by}, ketik ${command}: ` +
    'preview-nya menunjukkan apa yang berubah.',
  severalSyncs: (syncs) =>
    `Beberapa target baru saja di-sync, dan usersync tidak menebak mana yang ingin di-rollback. ${NOTHING} Yang terakhir ` +
    `dari masing-masing:\n${syncs}`,
  oneOfSeveral: (label, run, state, when, command) =>
    `• ${label}, ${run}: ${state}, ${when}. Ketik ${command} untuk rollback.`,
  nothingCompleted: (history) =>
    `Tidak ada sync yang mengubah sesuatu dan masih berlaku, jadi tidak ada yang bisa di-rollback. Ketik ${history} untuk melihat sync terakhir.`,
  nothingCompletedAt: (target, history) =>
    `Tidak ada sync ${target} yang mengubah sesuatu dan masih berlaku, jadi tidak ada yang bisa di-rollback. Ketik ${history} untuk melihat sync terakhir.`,
};

export const databaseRemedies: Readonly<Record<DatabaseRefusal, string>> = {
  value_missing:
    'Ada kolom di users yang wajib diisi. Pengelola bot bisa menentukan nilainya di NEW_USER_DEFAULTS, atau admin ' +
    'database bisa memberi kolom itu nilai default.',
  duplicate:
    'Sebuah unique index hanya mengizinkan nilai itu sekali. Jika bukan index pada (email, location_id), tanyakan kepada ' +
    'pengelola aplikasi apakah user baru boleh tanpa nilai itu.',
  foreign_key:
    'Sebuah foreign key meminta baris di tabel lain. Tanyakan kepada pengelola aplikasi apa yang diperlukan seorang user.',
  check:
    'CHECK di tabel itu tidak mengizinkan nilainya. Tanyakan kepada pengelola aplikasi apa yang diizinkan.',
  trigger:
    'Trigger milik aplikasi menolaknya, atau gagal sendiri, dengan kata-katanya sendiri. Hubungi pengelola aplikasi.',
  too_long: 'Sebuah kolom terlalu pendek. Minta admin database memanjangkannya menjadi VARCHAR(255).',
  value_not_taken:
    'Sebuah kolom tidak menerima nilai itu. Tanyakan kepada pengelola aplikasi apa yang boleh diisi.',
  generated: 'Sebuah kolom dihasilkan oleh database dan tidak bisa ditulis. Hubungi pengelola aplikasi.',
  privilege:
    'Akun bot tidak punya hak untuk itu. Minta admin database memberikannya: npm run doctor menampilkan caranya.',
  read_only:
    'Server itu sekarang tidak menerima perubahan. Hubungi admin database; DATABASE_URL harus menyebut server utama.',
  disk_full: 'Disk server database, atau salah satu file-nya, penuh. Minta admin database memberi ruang.',
  packet_too_large:
    'Sebuah perintah atau baris lebih besar dari yang diterima server. Minta admin database menaikkan ' +
    'max_allowed_packet menjadi 16 MB.',
  lock_wait:
    'Ada yang menahan lock terlalu lama. Tanyakan kepada pengelola aplikasi tentang transaksi panjang di users, atau ' +
    'tunggu beberapa menit.',
  too_many_connections:
    'Server tidak punya koneksi lagi. Minta admin database menaikkan max_connections, atau batas akun itu.',
  table_damaged:
    'Sebuah tabel rusak. Minta admin database mengecek dan memperbaikinya, atau restore dari backup.',
  table_missing: 'Sebuah tabel atau kolom tidak ada. Minta pengelola bot menjalankan npm run doctor.',
  statement_logging:
    'Server mencatat perintah, dan InnoDB tidak menerimanya pada isolation level ini. Minta admin database mengatur ' +
    'binlog_format menjadi ROW atau MIXED.',
  time_limit:
    'Server menghentikan perintah itu, karena batas waktu atau secara manual. Hubungi admin database.',
  other: 'Tanyakan artinya kepada admin database, dan minta pengelola bot melihat log.',
};

export const heldBack: Texts['failure']['heldBack'] = {
  what: {
    freeze: 'Pembekuan dimulai sebelum rencana dijalankan, jadi rencana tidak dijalankan',
    pause: 'Aturan dijeda sebelum rencana dijalankan, jadi rencana tidak dijalankan',
    late: 'Rencana menunggu lebih dari satu jam sebelum bisa dijalankan, jadi aturan tidak menjalankannya',
    rule: 'Aturan diubah atau dihapus sebelum rencana dijalankan, jadi rencana tidak dijalankan',
  },
  next: `Tekan ${labels.newPreview} untuk melihat apa yang akan berubah sekarang. Admin bisa mengonfirmasinya, setelah pembekuan jika ada.`,
};

export const locationChanged: Texts['failure']['locationChanged'] = {
  what: (target) => `Target ${target} sekarang berarti lokasi lain, atau tidak berarti lokasi mana pun`,
  next: `SYNC_TARGETS atau tabel locations berubah, atau ada bot yang berjalan dengan pengaturan berbeda. Tekan ${labels.newPreview} setelah nama itu berarti sebuah lokasi.`,
};

export const serverChanged: Texts['failure']['serverChanged'] = {
  what: (location) => `Alamat ${location} berubah setelah preview, jadi rencana tidak dijalankan`,
  next: `Rencana ini berasal dari server di online_url yang lama pada tabel locations. Tekan ${labels.newPreview} untuk membaca daftar di alamat yang sekarang.`,
};
