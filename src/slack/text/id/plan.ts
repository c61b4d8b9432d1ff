import type { GuardFacts } from '../../../sync/safety.ts';
import type { Texts } from '../en.ts';

/** What stands on the buttons, for the sentences that tell which one to press. */
export const labels = {
  confirm: 'Konfirmasi & Jalankan',
  confirmGuarded: 'Konfirmasi dengan Alasan…',
  confirmAlone: 'Konfirmasi Sendiri…',
  cancel: 'Batalkan',
  adjust: 'Sesuaikan',
  viewAll: 'Lihat Semua',
  tryAgain: 'Coba Lagi',
  newPreview: 'Pratinjau Baru',
  rollBack: 'Rollback',
};

/** Words for what a plan counts, lists and warns of. */
export const plan: Texts['plan'] = {
  count: {
    unchanged: 'Tidak Berubah',
    source: 'Jumlah di Server',
    omitted: 'Dikecualikan',
    protected: 'Dilindungi',
    kept: 'Dibiarkan',
    alreadyInactive: 'Sudah Nonaktif',
    skipped: 'Baris Dilewati',
  },
  effect: {
    planned: { add: 'Baru', reactivate: 'Akan Diaktifkan Kembali', deactivate: 'Akan Dinonaktifkan' },
    done: { add: 'Ditambahkan', reactivate: 'Diaktifkan Kembali', deactivate: 'Dinonaktifkan' },
    notDone: { add: 'Batal Ditambahkan', reactivate: 'Batal Diaktifkan', deactivate: 'Batal Dinonaktifkan' },
  },
  effectList: {
    planned: { add: 'User Baru', reactivate: 'User Akan Diaktifkan', deactivate: 'User Akan Dinonaktifkan' },
    done: {
      add: 'User Ditambahkan',
      reactivate: 'User Diaktifkan Kembali',
      deactivate: 'User Dinonaktifkan',
    },
    notDone: {
      add: 'User Batal Ditambahkan',
      reactivate: 'User Batal Diaktifkan',
      deactivate: 'User Batal Dinonaktifkan',
    },
  },
  list: {
    omitted: (n) => `Dikecualikan (${n})`,
    protected: (n) => `Pengguna Dilindungi (${n})`,
    kept: (n) => `Dibiarkan (${n})`,
    skipped: (n) => `Baris Dilewati (${n})`,
    unchanged: (n) => `Pengguna Tidak Berubah (${n})`,
  },
  more: (n) => `…dan ${n} lagi. Semuanya ada di berkas CSV dalam utas.`,
  moreInView: (n) => `…dan ${n} lagi. Tekan ${labels.viewAll} untuk melihatnya.`,
  moreOnly: (n) => `…dan ${n} lagi`,
  moreUnchanged: (n) => `…dan ${n} lagi. Semuanya tetap seperti sekarang.`,
  skippedRow: (id, reason) => `id_user ${id}: ${reason}`,
  skipReason: {
    no_email: 'tanpa email',
    bad_email: 'bukan email yang dapat dipakai',
    bad_status: 'status_user bukan 0 dan bukan 1',
  },
  keepReason: {
    ambiguous: 'mungkin orang yang sama dengan user lain',
    unproven: 'tidak ada dalam daftar, yang tidak membuktikan apa pun',
    deleted: 'dihapus di aplikasi (deleted_at terisi)',
    odd_status: 'statusnya bukan active dan bukan inactive',
    no_email: 'tidak punya email',
    absent_shortly: 'tidak ada di server, tetapi belum cukup lama',
  },
  warnings: 'Perhatikan',
  skipped: (n) =>
    `${n} baris dari daftar server tidak dapat dipakai sehingga dilewati. Lihat Baris Dilewati di bawah, dan ` +
    'mintalah agar diperbaiki di server.',
  repeats: (n, names, more) =>
    `Server mencantumkan ${n} user lebih dari sekali, sama pada setiap pembacaan: ${names}` +
    `${more > 0 ? ` dan ${more} lagi` : ''}. Masing-masing dihitung satu kali. Pengelola server sebaiknya tahu.`,
  duplicates: (n) =>
    `${n} baris dari daftar server mengulang email baris lain. Setiap email dihitung satu kali.`,
  doubt: {
    order_ignored: 'Daftarnya tidak diurutkan menurut id_user seperti yang diminta.',
    end_repeats: 'Halaman setelah yang terakhir berisi user dari daftar itu lagi, padahal seharusnya kosong.',
    end_unknown: 'Halaman setelah yang terakhir dijawab dengan galat, bukan dengan daftar kosong.',
  },
  undecided: (n, why) =>
    `${n} user aktif tidak ada dalam daftar server dan tetap aktif: server itu tidak dapat membuktikan bahwa ` +
    `seseorang tidak ada. ${why} Mintalah pengelola server itu memperbaikinya.`,
  protected: (n) =>
    `${n} pengguna tidak ada di server, tetapi tetap aktif karena tercantum dalam PROTECTED_EMAILS. ` +
    'Lihat Pengguna Dilindungi di bawah.',
  kept: (n) => `${n} user dibiarkan apa adanya. Lihat Dibiarkan di bawah: tiap baris menyebut alasannya.`,
  secondPerson: (requester) =>
    `Target ini memerlukan dua orang: yang mengonfirmasi harus admin selain ${requester}.`,
  frozen: (until) =>
    `Eksekusi dibekukan sampai ${until}: rencana ini dapat dikonfirmasi setelah itu, jika masih berlaku.`,
  people: (needed, requester) =>
    requester === undefined
      ? `Target ini memerlukan ${needed} orang, dan preview terjadwal tidak menghitung siapa pun: ${needed} admin harus mengonfirmasi.`
      : `Target ini memerlukan ${needed} orang. ${requester} yang meminta dihitung satu: ${needed - 1} admin lain harus mengonfirmasi.`,
  approved: (people, needed, who) => `Terhitung sejauh ini: ${people} dari ${needed}. Disetujui: ${who}.`,
  approvedAt: (actor, at) => `${actor} pada ${at}`,
  counted: (people, needed) =>
    `Persetujuan Anda dihitung: ${people} dari ${needed}. Rencana dijalankan setelah cukup admin mengonfirmasi. Konfirmasi lagi untuk menarik persetujuan Anda.`,
  uncounted: (people, needed) => `Persetujuan Anda ditarik: ${people} dari ${needed}. Tidak ada yang diubah.`,
  modalTitle: (runId) => `Rencana Proses ${runId}`,
  modalEmpty: 'Rencana ini tidak memuat satu pengguna pun.',
  fileComment: (runId, n) =>
    n === 1 ? `Satu-satunya baris rencana proses ${runId}.` : `Seluruh ${n} baris rencana proses ${runId}.`,
};

function share(location: string, { deactivate, active }: GuardFacts): string {
  if (deactivate < active) return `${deactivate} dari ${active} pengguna aktif di ${location}`;
  const all = active === 1 ? 'satu-satunya pengguna' : `semua ${active} pengguna`;
  return `${all} aktif di ${location}`;
}

/** Words of the deactivation guard: its warning, its modal and what is wrong with what was entered there. */
export const guard: Texts['guard'] = {
  facts: (location, facts) =>
    `*Rencana ini menonaktifkan ${share(location, facts)}.* Dalam 24 jam terakhir, ` +
    `${facts.recentlyDeactivated} pengguna lain sudah dinonaktifkan di sana.`,
  limits: ({ count, percent, inclusive }) =>
    inclusive
      ? `Dalam 24 jam, hanya kurang dari ${count} user atau kurang dari ${percent}% dari user aktif, mana yang lebih ` +
        'besar, dapat dinonaktifkan tanpa alasan, karena tidak ada hitungan server yang memastikan daftarnya.'
      : `Dalam 24 jam, paling banyak ${count} pengguna atau ${percent}% dari pengguna aktif, mana yang lebih besar, ` +
        'dapat dinonaktifkan tanpa alasan.',
  everyone: 'Tidak akan ada lagi pengguna yang aktif. Untuk itu selalu diperlukan alasan.',
  next:
    'Pastikan bahwa ini memang dimaksudkan. ' +
    `Untuk melanjutkan, tekan ${labels.confirmGuarded}; jika tidak, tekan ${labels.cancel}.`,
  modalTitle: 'Konfirmasi dengan Alasan',
  submit: 'Jalankan Sinkronisasi',
  close: 'Kembali',
  targetLabel: 'Nama Target',
  targetHint: (target) => `Ketik ${target} untuk memastikan bahwa target inilah yang Anda maksud.`,
  reasonLabel: 'Alasan',
  reasonHint: 'Mengapa pengguna sebanyak itu perlu dinonaktifkan? Jawaban Anda disimpan bersama proses ini.',
  targetMismatch: (expected) => `Ini bukan nama targetnya. Ketik ${expected}.`,
  reasonMissing: (shortest) => `Berikan alasan yang terdiri atas sedikitnya ${shortest} karakter.`,
};

/** Words of the modal in which users are left out of a plan, and of a plan from which some were. */
export const adjust: Texts['adjust'] = {
  by: (actor) => `Disesuaikan oleh ${actor}`,
  modalTitle: 'Sesuaikan Rencana',
  submit: 'Kecualikan',
  close: 'Kembali',
  explain:
    'Pengguna yang dikecualikan tetap seperti sekarang, dan muncul lagi pada pratinjau berikutnya. Belum ada yang ' +
    'dijalankan: rencana yang lebih pendek menggantikan rencana ini dan menunggu konfirmasi.',
  emailsLabel: 'Email yang Dikecualikan',
  emailsHint: (longest) =>
    `Satu email per baris, atau dipisahkan dengan koma, titik koma, atau spasi. Paling banyak ${longest} karakter. Jika ` +
    `lebih, tekan ${labels.adjust} sekali lagi setelah ini.`,
  actionsLabel: 'Perubahan yang Dikecualikan',
  action: {
    add: (n) => `Kali ini tanpa penambahan (${n})`,
    reactivate: (n) => `Kali ini tanpa pengaktifan kembali (${n})`,
    deactivate: (n) => `Kali ini tanpa penonaktifan (${n})`,
  },
  nothingGiven: 'Isi sedikitnya satu email di sini, atau centang sebuah kotak di bawah.',
  tooLong: (email, longest) =>
    `Tidak ada email yang lebih panjang dari ${longest} karakter. Pisahkan yang ini dengan baris baru atau koma: ${email}`,
  tooMany: (n, most) => `Ini ${n} email. Kecualikan paling banyak ${most} sekaligus.`,
};

/** Words of the modal that tells what happened to a run, step by step. */
export const details: Texts['details'] = {
  plan: (hash) => `Rencana: ${hash}`,
  confirmed: (actor, when) => `Dikonfirmasi oleh ${actor} pada ${when}`,
  reading: (duration) => `Membaca dan menyusun rencana memakan waktu ${duration}`,
  executing: (duration) => `Pelaksanaannya memakan waktu ${duration}`,
  export: (command) => `Ketik ${command} untuk mendapatkan perubahannya sebagai berkas CSV.`,
  steps: 'Langkah demi Langkah',
  noSteps: 'Log audit tidak memuat langkah proses ini.',
  more: (n) => `…dan ${n} lagi. Semuanya ada di log audit di database.`,
  step: {
    requested: (actor) => `diminta oleh ${actor}`,
    previewed: 'rencana ditampilkan',
    noChanges: 'tidak ditemukan perubahan',
    guardTripped: 'rencana ditampilkan; penjaga penonaktifan meminta alasan',
    refused: (actor, why) => `ditolak untuk ${actor}: ${why}`,
    approved: (actor) => `disetujui oleh ${actor}`,
    withdrawn: (actor) => `persetujuan ditarik oleh ${actor}`,
    confirmed: (actor) => `dikonfirmasi oleh ${actor}`,
    adjusted: (actor) => `disesuaikan oleh ${actor}`,
    cancelled: (actor) => `dibatalkan oleh ${actor}`,
    completed: 'dijalankan dalam satu transaksi',
    failed: (why) => `gagal: ${why}`,
    expired: 'kedaluwarsa',
    superseded: 'digantikan oleh pratinjau yang lebih baru',
    held: (why) => `tidak dijalankan oleh aturannya: ${why}`,
    brokeGlass: (actor) => `${actor} bertindak sendiri`,
    takenOver: 'diambil alih dari instans bot yang telah berhenti',
  },
  quoted: (words, reason) => `${words} (${reason})`,
  omitted: { add: 'penambahan', reactivate: 'pengaktifan kembali', deactivate: 'penonaktifan' },
  leftOut: (runId, what) => `dari proses ${runId}, tanpa ${what}`,
};
