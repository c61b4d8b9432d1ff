import type { Texts } from '../en.ts';
import { labels } from './plan.ts';
import { databaseRemedies } from './refusals.ts';

const { tryAgain, newPreview } = labels;

/** Why a run failed: `what` is the first line, `next` says what to do. */
export const failure: Texts['failure'] = {
  nothingChanged: 'Tidak ada yang diubah.',
  loginFailed: {
    what: (reason) => `Gagal login ke API eksternal: ${reason}`,
    next: (location) =>
      `Jika server ${location} menolak login, pengelola bot harus memperbaiki EXTERNAL_API_EMAIL dan ` +
      `EXTERNAL_API_PASSWORD. Jika server itu tidak menjawab, hubungi pengelola servernya. Lalu tekan ${tryAgain}.`,
  },
  fetchFailed: {
    what: (reason) => `Gagal mengambil daftar pengguna dari API eksternal: ${reason}`,
    next: (location) =>
      `Server ${location} tidak menyerahkan seluruh daftar penggunanya. Tunggu beberapa menit, lalu tekan ${tryAgain}. ` +
      'Jika gagal lagi, hubungi pengelola server itu.',
  },
  invalidResponse: {
    what: (reason) => `Format jawaban tidak valid: ${reason}`,
    next: (location) =>
      `Jawaban server ${location} bukan daftar pengguna. Tanyakan kepada pengelola server itu apa yang berubah di ` +
      `sana, lalu tekan ${tryAgain}.`,
  },
  listMoved: {
    what: 'Daftar pengguna berubah ketika sedang dibaca',
    next: (location) =>
      `Ada yang sedang menambah atau menghapus pengguna di server ${location}. Tunggu beberapa menit, lalu tekan ` +
      `${tryAgain}.`,
  },
  listLonger: {
    what: (page, users) =>
      `Daftar user masih berlanjut setelah akhirnya: ${users} user di halaman ${page}, yang seharusnya kosong`,
    next: (location) =>
      'Dari daftar seperti itu tidak dapat diketahui siapa yang tidak ada. Tanyakan kepada pengelola server ' +
      `${location} mengapa total lebih kecil daripada jumlah user-nya, atau mengapa halaman sebelum yang terakhir ` +
      `tidak penuh. Lalu tekan ${tryAgain}.`,
  },
  listEmpty: {
    what: (location, active) =>
      `Daftar pengguna di server ${location} kosong, padahal ${active} pengguna aktif di sini`,
    next: (location) =>
      'Daftar kosong tidak pernah menjadi alasan untuk menonaktifkan semua orang. Mintalah pengelola server ' +
      `${location} memeriksanya, lalu tekan ${tryAgain}.`,
  },
  locationMissing: {
    what: (target) => `Tabel locations tidak lagi memiliki baris untuk target ${target}`,
    next: `Pengelola bot harus menambahkan baris itu atau memperbaiki SYNC_TARGETS. Lalu tekan ${tryAgain}.`,
  },
  locationUrl: {
    what: (location, reason) => `Alamat ${location} tidak dapat dipakai: ${reason}`,
    next: (location) =>
      `Pengelola bot harus memperbaiki online_url untuk ${location} di tabel locations; isinya harus diawali ` +
      `\`https://\`. Lalu tekan ${tryAgain}.`,
  },
  indexInTheWay: {
    what: (index) => `Indeks unik ${index} pada users(email) menghalangi sinkronisasi`,
    next: (statement) =>
      'Indeks itu hanya mengizinkan sebuah email di satu lokasi, padahal sinkronisasi memerlukannya sekali untuk ' +
      `setiap lokasi. Mintalah pengelola basis data menjalankan ${statement} (tanpa bagian ADD jika indeks itu sudah ` +
      `ada). Lalu tekan ${tryAgain}.`,
  },
  indexMissing: {
    what: 'Tabel users tidak memiliki indeks unik pada (email, location_id)',
    next: (statement) =>
      'Tanpa indeks itu, seorang pengguna dapat ditambahkan dua kali. Mintalah pengelola basis data menjalankan ' +
      `${statement}. Lalu tekan ${tryAgain}.`,
  },
  notTransactional: {
    what: (tables) => `Sync tidak dapat dibatalkan, karena tidak semua tabel disimpan oleh InnoDB: ${tables}`,
    next: (statements) =>
      `Mintalah pengelola database menjalankan ${statements}, pada salinannya dahulu. Lalu tekan ${tryAgain}.`,
  },
  usersUnfit: {
    what: (columns) => `Tabel users tidak dapat menerima apa yang akan ditulis oleh rencana: ${columns}`,
    problem: {
      demands_value: (column) => `${column} wajib diisi`,
      unknown: (column) => `NEW_USER_DEFAULTS menyebut ${column}, yang tidak dapat diisi`,
      generated: (column) => `${column} dihasilkan oleh database`,
      too_short: (column) => `${column} terlalu pendek untuk sebuah email dalam rencana`,
      lacks_status: (column) => `${column} tidak mengenal active dan inactive`,
    },
    next: (demandsValue) =>
      `${
        demandsValue
          ? 'Untuk kolom yang wajib diisi, pengelola bot dapat menyebutkan nilainya di NEW_USER_DEFAULTS, atau pengelola ' +
            'database dapat memberi kolom itu nilai bawaan. '
          : ''
      }doctor menyebutkan apa yang harus diubah. Lalu tekan ${tryAgain}.`,
  },
  notAsWritten: {
    what: (n) => `${n} user dalam rencana tidak tersimpan seperti yang ditulis, sehingga semuanya dibatalkan`,
    named: (emails, more) => `Tidak seperti yang ditulis: ${emails}${more > 0 ? ` dan ${more} lagi` : ''}.`,
    next: (triggers) =>
      'Kemungkinan penyebabnya adalah trigger pada tabel users yang mengubah atau menahan apa yang ditulis' +
      `${triggers === '' ? '' : ` (yang ada: ${triggers})`}. Mintalah pengelola aplikasi mengizinkan status ditulis. ` +
      `Lalu tekan ${tryAgain}.`,
  },
  databaseRefused: {
    what: (words, number) => `Database menolak: ${words} (${number})`,
    remedy: databaseRemedies,
    next: (remedy) => `${remedy} Lalu tekan ${tryAgain}.`,
  },
  privilegeMissing: {
    what: (right, where) => `Akun bot di database tidak memiliki hak ${right} pada ${where}`,
    next: `Tidak ada yang diubah. Mintalah pengelola database memberikannya: doctor menuliskan perintahnya. Lalu tekan ${tryAgain}.`,
  },
  auditUnguarded: {
    what: (triggers) =>
      `Log audit dapat diubah tanpa ketahuan, karena trigger-nya tidak terpasang: ${triggers}`,
    next:
      'Tidak ada yang diubah. Biasanya penyebabnya adalah cadangan yang dipulihkan tanpa trigger itu. Mintalah pengelola bot ' +
      `menjalankan migrate dengan --repair, lalu tekan ${tryAgain}.`,
  },
  stale: {
    what: (n) => `${n} pengguna dalam rencana berubah setelah pratinjau, sehingga rencana tidak dijalankan`,
    changed: (emails, more) => `Yang berubah: ${emails}${more > 0 ? ` dan ${more} lagi` : ''}.`,
    next: `Tekan ${newPreview} untuk melihat apa yang akan diubah sekarang.`,
  },
  planAltered: {
    what: 'Rencana yang tersimpan berbeda dari rencana yang ditampilkan',
    next: (runId) =>
      `Mungkin ada yang mengubahnya di basis data: mintalah pengelola bot memeriksa proses ${runId} di tabel ` +
      `sync_changes. Tekan ${tryAgain} untuk pratinjau baru.`,
  },
  plannedEarlier: {
    what: 'Rencana ini dibuat oleh versi usersync yang lebih lama, sehingga tidak dijalankan',
    next: `Tekan ${newPreview} untuk rencana dari versi ini.`,
  },
  protectedSince: {
    what: (n) => `${n} pengguna dalam rencana sekarang dilindungi, sehingga rencana tidak dijalankan`,
    named: (emails, more) => `Yang dilindungi: ${emails}${more > 0 ? ` dan ${more} lagi` : ''}.`,
    next: `PROTECTED_EMAILS diubah setelah pratinjau. Tekan ${newPreview} untuk melihat apa yang akan diubah sekarang.`,
  },
  guardTripped: {
    what: (location, { deactivate, active }) =>
      `${deactivate} dari ${active} pengguna yang sekarang aktif di ${location} akan dinonaktifkan, dan untuk itu ` +
      'diperlukan alasan, sehingga rencana tidak dijalankan',
    next: `Lokasi itu atau batasnya berubah setelah pratinjau. Tekan ${newPreview} untuk melihat keadaannya sekarang.`,
  },
  secondPersonNeeded: {
    what: (target, people, needed) =>
      `Target ${target} memerlukan ${needed} orang, padahal ${people} admin yang meminta dan mengonfirmasi, sehingga rencana ` +
      'tidak dijalankan',
    next: `Tekan ${newPreview}, lalu mintalah cukup banyak admin lain mengonfirmasinya.`,
  },
  locationChanged: {
    what: (target) => `Target ${target} sekarang berarti lokasi lain`,
    next:
      'SYNC_TARGETS atau tabel locations diubah, atau ada proses bot dengan pengaturan yang berbeda. ' +
      `Tekan ${newPreview}.`,
  },
  channelUnreachable: {
    what: (reason) => `usersync tidak dapat menulis di kanal ini: ${reason}`,
    next: (invitation) => `Ketik ${invitation} di kanal itu, lalu tekan ${tryAgain}.`,
  },
  databaseLost: {
    what: 'Basis data tidak dapat dihubungi',
    next: `Tunggu satu menit, lalu tekan ${tryAgain}. Jika gagal lagi, beri tahu pengelola bot.`,
  },
  interrupted: {
    what: (attempts) => `Proses ini terputus ${attempts} kali dan tidak dilanjutkan lagi`,
    next: (runId) =>
      `Setiap kali bot dihentikan, mengalami gangguan, atau kehilangan basis data. Tekan ${tryAgain}. Jika gagal lagi, mintalah pengelola bot ` +
      `memeriksa log proses ${runId}.`,
  },
  unexpected: {
    what: 'Terjadi kesalahan yang tidak terduga',
    next: (runId) =>
      `Mintalah pengelola bot memeriksa log proses ${runId}. Tekan ${tryAgain} untuk memulai dari awal.`,
  },
};
