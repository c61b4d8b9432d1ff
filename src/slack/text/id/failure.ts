import type { Texts } from '../en.ts';
import { depotReason } from './depot-reasons.ts';
import { labels } from './plan.ts';
import { databaseRemedies, heldBack, locationChanged, serverChanged } from './refusals.ts';

const { tryAgain, newPreview } = labels;

const CORRECT_LOGIN =
  'Pengelola bot harus memperbaiki EXTERNAL_API_EMAIL dan EXTERNAL_API_PASSWORD, atau login khusus target ini, dan me-restart bot.';

export const failure: Texts['failure'] = {
  nothingChanged: 'Tidak ada yang berubah.',
  reason: ({ reason, why }) => (why === undefined ? reason : depotReason(why)),
  loginFailed: {
    what: (reason) => `Gagal login ke API eksternal: ${reason}`,
    refused: (location) => `Server ${location} menolak login ini. ${CORRECT_LOGIN} Lalu tekan ${tryAgain}.`,
    unreachable: (location) =>
      `Bot tidak bisa menghubungi server ${location}. Tunggu beberapa menit, lalu tekan ${tryAgain}. Jika gagal lagi, ` +
      'hubungi admin server itu.',
    next: (location) =>
      `Tanyakan kepada admin server ${location} apa arti jawaban ini. Jika loginnya ditolak: ` +
      `${CORRECT_LOGIN} Lalu tekan ${tryAgain}.`,
  },
  fetchFailed: {
    what: (reason) => `Gagal mengambil daftar user dari API eksternal: ${reason}`,
    next: (location) =>
      `Server ${location} tidak memberikan seluruh daftar user. Tunggu beberapa menit, lalu tekan ${tryAgain}. ` +
      'Jika gagal lagi, hubungi admin server itu.',
  },
  limited: (location) =>
    `Server ${location} menerima lebih banyak permintaan daripada yang diizinkannya. Pengelola bot harus menurunkan ` +
    `EXTERNAL_API_REQUESTS_PER_SECOND dan me-restart bot. Lalu tekan ${tryAgain}.`,
  invalidResponse: {
    what: (reason) => `Format jawaban tidak valid: ${reason}`,
    next: (location) =>
      `Jawaban server ${location} bukan daftar user yang bisa dibaca usersync. Tanyakan kepada admin server itu apa yang ` +
      `berubah di sana, lalu tekan ${tryAgain}.`,
  },
  listMoved: {
    what: 'Daftar user berubah saat sedang dibaca',
    next: (location) =>
      `Mungkin ada yang sedang menambah atau menghapus user di server ${location}, atau hitungan server itu salah. Tunggu ` +
      `beberapa menit, lalu tekan ${tryAgain}. Jika gagal lagi, hubungi admin server itu.`,
  },
  listLonger: {
    what: (page, users) =>
      `Daftar user masih berlanjut setelah akhirnya: ada ${users} user di halaman ${page}, yang seharusnya kosong`,
    next: (location) =>
      `Dari daftar seperti itu tidak bisa diketahui siapa yang tidak ada. Tanyakan kepada admin server ${location} ` +
      'kenapa total lebih kecil dari jumlah user-nya, atau kenapa halaman sebelum yang terakhir tidak penuh. ' +
      `Lalu tekan ${tryAgain}.`,
  },
  listEmpty: {
    what: (location, active) =>
      `Daftar user di server ${location} kosong, padahal ada ${active} user aktif di sini`,
    next: (location) =>
      `Daftar kosong bukan alasan untuk menonaktifkan semua orang. Minta admin server ${location} mengeceknya, ` +
      `lalu tekan ${tryAgain}.`,
  },
  listUnusable: {
    what: (location, active) =>
      `Tidak ada user di server ${location} yang bisa dipakai, padahal ada ${active} user aktif di sini`,
    next: (listed) =>
      `Daftarnya berisi ${listed} user, semuanya nonaktif di sana, berstatus yang tidak dikenal usersync, atau tanpa email yang ` +
      'bisa dipakai. ' +
      `Minta admin server itu mengeceknya, lalu tekan ${tryAgain}.`,
  },
  locationMissing: {
    what: (target) => `Tabel locations tidak lagi punya tepat satu baris untuk target ${target}`,
    next: `Pengelola bot harus memastikan ada tepat satu baris, atau memperbaiki SYNC_TARGETS. Lalu tekan ${tryAgain}.`,
  },
  targetUnnamed: {
    what: (target) => `SYNC_TARGETS milik bot yang harus membaca daftarnya tidak memuat target ${target}`,
    next: `Pengelola bot harus memberi setiap bot yang berjalan SYNC_TARGETS yang sama. Lalu tekan ${tryAgain}.`,
  },
  locationUrl: {
    what: (location, reason) => `Alamat ${location} tidak bisa dipakai: ${reason}`,
    next: (location) =>
      `Pengelola bot harus memperbaiki online_url untuk ${location} di tabel locations. Lalu tekan ${tryAgain}.`,
  },
  indexInTheWay: {
    what: (index) => `Unique index ${index} pada users(email) menghalangi sync`,
    next: (statement) =>
      'Index itu mengizinkan sebuah email di satu lokasi saja, padahal sync memerlukannya sekali di tiap lokasi. Minta admin ' +
      `database menjalankan ${statement}. Lalu tekan ${tryAgain}.`,
  },
  indexMissing: {
    what: 'Tabel users tidak punya unique index pada (email, location_id)',
    next: (statement) =>
      `Tanpa index itu, satu user bisa ditambahkan dua kali. Minta admin database menjalankan ${statement}. Itu gagal selama ` +
      `sebuah email ada dua kali di satu lokasi: npm run doctor menunjukkan cara mencarinya. Lalu tekan ${tryAgain}.`,
  },
  notTransactional: {
    what: (tables) =>
      `Perubahan sync tidak akan bisa dikembalikan, karena tidak semua tabel memakai InnoDB: ${tables}`,
    next: (statements) =>
      `Minta admin database menjalankan ${statements}, di salinan dulu. Lalu tekan ${tryAgain}.`,
    view: `View tidak bisa di-sync, hanya tabelnya sendiri. Minta pengelola bot menjalankan npm run doctor. Lalu tekan ${tryAgain}.`,
  },
  usersUnfit: {
    what: (columns) => `Tabel users tidak bisa menerima apa yang akan ditulis: ${columns}`,
    problem: {
      demands_value: (column) => `${column} wajib diisi`,
      unknown: (column) => `NEW_USER_DEFAULTS menyebut ${column}, yang tidak bisa diisi`,
      generated: (column) => `${column} dihasilkan oleh database`,
      too_short: (column) => `${column} terlalu pendek untuk salah satu email`,
      lacks_status: (column) => `${column} tidak mengenal active dan inactive`,
      not_numbered: (column) => `${column} tidak diberi nomor oleh database (AUTO_INCREMENT)`,
      not_whole: (column) => `${column} bukan bilangan bulat`,
      not_a_time: (column) => `${column} tidak bisa menyimpan tanggal dan jam`,
      missing: (column) => `${column} tidak ada`,
      says_deleted: (column) => `${column} akan menandai user baru sebagai terhapus`,
      not_utf8mb4: (column) => `${column} tidak memakai utf8mb4, satu-satunya yang menampung semua email`,
    },
    next: (demandsValue) =>
      `Minta pengelola bot menjalankan npm run doctor, yang menyebutkan apa yang harus diubah${
        demandsValue ? ', atau menentukan nilainya di NEW_USER_DEFAULTS' : ''
      }. Lalu tekan ${tryAgain}.`,
  },
  notAsWritten: {
    what: (n) => `${n} user dalam rencana tidak tersimpan seperti yang ditulis, jadi semuanya dibatalkan`,
    named: (emails) => `Tidak seperti yang ditulis: ${emails}.`,
    next: (triggers) =>
      'Kemungkinan penyebabnya: trigger di tabel users yang mengubah apa yang ditulis' +
      `${triggers === '' ? '' : ` (yang ada: ${triggers})`}. Minta pengelola aplikasi mengizinkan status ditulis. ` +
      `Lalu tekan ${tryAgain}.`,
  },
  databaseRefused: {
    what: (words, number) => `Database menolak: ${words} (${number})`,
    remedy: databaseRemedies,
    next: (remedy, triggers) =>
      `${remedy}${triggers === '' ? '' : ` Trigger di users: ${triggers}.`} Lalu tekan ${tryAgain}.`,
  },
  privilegeMissing: {
    what: (right, where) => `Akun bot di database tidak punya hak ${right} pada ${where}`,
    next: `Minta admin database memberikannya: npm run doctor menampilkan perintahnya. Lalu tekan ${tryAgain}.`,
  },
  auditUnguarded: {
    what: (triggers) => `Audit log bisa diubah tanpa ketahuan, karena trigger-nya tidak ada: ${triggers}`,
    next:
      'Penyebabnya biasanya restore dari backup tanpa trigger itu. Minta pengelola bot menjalankan ' +
      `npm run migrate -- --repair, lalu tekan ${tryAgain}.`,
  },
  stale: {
    what: (n) => `${n} user dalam rencana berubah setelah preview, jadi rencana tidak dijalankan`,
    changed: (emails) => `Yang berubah: ${emails}.`,
    next: `Tekan ${newPreview} untuk melihat apa yang akan berubah sekarang.`,
  },
  planAltered: {
    what: 'Rencana yang tersimpan berbeda dari yang ditampilkan',
    next: (runId) =>
      `Mungkin ada yang mengubahnya di database: minta pengelola bot mengecek sync #${runId} di tabel sync_changes. ` +
      `Tekan ${tryAgain} untuk preview baru.`,
  },
  plannedEarlier: {
    what: 'Rencana ini dibuat oleh versi usersync yang lain, jadi tidak dijalankan',
    next: `Tekan ${newPreview} untuk rencana dari versi ini.`,
  },
  protectedSince: {
    what: (n) => `${n} user dalam rencana sekarang dilindungi, jadi rencana tidak dijalankan`,
    named: (emails) => `Yang dilindungi: ${emails}.`,
    next: `PROTECTED_EMAILS berubah setelah preview. Tekan ${newPreview} untuk melihat apa yang akan berubah sekarang.`,
  },
  guardTripped: {
    what: (location, { deactivate, active }) =>
      `${deactivate} dari ${active} user yang sekarang aktif di ${location} akan dinonaktifkan, dan itu perlu alasan, ` +
      'jadi rencana tidak dijalankan',
    next: `Lokasi itu atau batasnya berubah setelah preview. Tekan ${newPreview} untuk melihat keadaan sekarang.`,
  },
  secondPersonNeeded: {
    what: (target, people, needed) =>
      `Target ${target} perlu ${needed} orang, padahal baru ${people} admin yang meminta dan mengonfirmasi, jadi rencana ` +
      'tidak dijalankan',
    next: `Tekan ${newPreview}, lalu minta cukup banyak admin lain mengonfirmasinya.`,
  },
  heldBack,
  locationChanged,
  serverChanged,
  channelUnreachable: {
    what: (channel, reason) => `usersync tidak bisa menulis di ${channel}: ${reason}`,
    next: (invitation, command) => `Ketik ${invitation} di channel itu, lalu ketik ${command} di sana.`,
    otherwise: (command) =>
      `Minta admin workspace mengizinkan usersync menulis di sana, atau ketik ${command} di channel lain.`,
  },
  databaseLost: {
    what: 'Database tidak bisa dihubungi',
    next: `Tunggu satu menit, lalu tekan ${tryAgain}. Jika gagal lagi, beri tahu pengelola bot.`,
  },
  interrupted: {
    what: (attempts) => `Sync ini terputus ${attempts} kali dan tidak dilanjutkan lagi`,
    next: (runId) =>
      `Setiap kali, bot berhenti, crash, atau kehilangan database. Tekan ${tryAgain}. Jika gagal lagi, minta pengelola ` +
      `bot mengecek log sync #${runId}.`,
  },
  unexpected: {
    what: 'Terjadi error yang tidak terduga',
    next: (runId) =>
      `Minta pengelola bot mengecek log sync #${runId}. Tekan ${tryAgain} untuk memulai dari awal.`,
  },
};
