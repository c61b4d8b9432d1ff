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
  newPreview: 'Preview Baru',
  rollBack: 'Rollback',
};

/** Words for what a plan counts, lists and warns of. */
export const plan: Texts['plan'] = {
  count: {
    unchanged: 'Tidak Berubah',
    source: 'Total di Server',
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
    protected: (n) => `User Dilindungi (${n})`,
    kept: (n) => `Dibiarkan (${n})`,
    skipped: (n) => `Baris Dilewati (${n})`,
    unchanged: (n) => `User Tidak Berubah (${n})`,
  },
  more: (n) => `…dan ${n} lagi. Semuanya ada di file CSV di thread.`,
  moreInView: (n) => `…dan ${n} lagi. Tekan ${labels.viewAll} untuk melihatnya.`,
  moreOnly: (n) => `…dan ${n} lagi`,
  moreUnchanged: (n) => `…dan ${n} lagi. Semuanya tetap seperti sekarang.`,
  skippedRow: (id, reason) => `id_user ${id}: ${reason}`,
  skipReason: {
    no_email: 'tanpa email',
    bad_email: 'emailnya tidak bisa dipakai',
    bad_status: 'status_user bukan 0 dan bukan 1',
  },
  keepReason: {
    ambiguous: 'mungkin orang yang sama dengan user lain',
    unproven: 'tidak ada di daftar, tetapi itu bukan bukti',
    deleted: 'dihapus di aplikasi (deleted_at terisi)',
    odd_status: 'statusnya bukan active dan bukan inactive',
    no_email: 'tidak punya email',
    absent_shortly: 'tidak ada di server, tetapi belum cukup lama',
  },
  warnings: 'Perhatikan',
  skipped: (n) =>
    `${n} baris dari daftar server dilewati karena tidak bisa dipakai. Lihat Baris Dilewati di bawah, dan minta ` +
    'diperbaiki di server.',
  repeats: (n, names, more) =>
    `Server mencantumkan ${n} user lebih dari sekali, sama setiap kali dibaca: ${names}` +
    `${more > 0 ? ` dan ${more} lagi` : ''}. Masing-masing dihitung satu kali. Beri tahu admin server itu.`,
  duplicates: (n) =>
    `${n} baris dari daftar server mengulang email baris lain. Setiap email dihitung satu kali.`,
  doubt: {
    order_ignored: 'Daftarnya tidak diurutkan menurut id_user seperti yang diminta.',
    end_repeats: 'Halaman setelah yang terakhir berisi user dari daftar itu lagi, padahal seharusnya kosong.',
    end_unknown: 'Halaman setelah yang terakhir dijawab dengan error, bukan dengan daftar kosong.',
  },
  undecided: (n, why) =>
    `${n} user aktif tidak ada di daftar server dan tetap aktif: server itu tidak bisa membuktikan bahwa seseorang tidak ` +
    `ada. ${why} Minta admin server itu memperbaikinya.`,
  protected: (n) =>
    `${n} user tidak ada di server, tetapi tetap aktif karena ada di PROTECTED_EMAILS. Lihat User Dilindungi di bawah.`,
  kept: (n) => `${n} user dibiarkan apa adanya. Lihat Dibiarkan di bawah: tiap baris menyebut alasannya.`,
  secondPerson: (requester) =>
    `Target ini perlu dua orang: yang mengonfirmasi harus admin selain ${requester}.`,
  frozen: (until) =>
    `Sync dibekukan sampai ${until}: rencana ini bisa dikonfirmasi setelah itu, jika masih berlaku.`,
  people: (needed, requester) =>
    requester === undefined
      ? `Target ini perlu ${needed} orang, dan preview terjadwal tidak dihitung sebagai orang: ${needed} admin harus mengonfirmasi.`
      : `Target ini perlu ${needed} orang. ${requester} yang meminta dihitung satu: ${needed - 1} admin lain harus mengonfirmasi.`,
  approved: (people, needed, who) => `Sejauh ini: ${people} dari ${needed}. Disetujui: ${who}.`,
  approvedAt: (actor, at) => `${actor} pada ${at}`,
  counted: (people, needed) =>
    `Persetujuan Anda dihitung: ${people} dari ${needed}. Rencana dijalankan setelah cukup admin mengonfirmasi. Konfirmasi lagi ` +
    'untuk menarik persetujuan Anda.',
  uncounted: (people, needed) =>
    `Persetujuan Anda ditarik: ${people} dari ${needed}. Tidak ada yang berubah.`,
  modalTitle: (runId) => `Rencana Sync #${runId}`,
  modalEmpty: 'Tidak ada user dalam rencana ini.',
  fileComment: (runId, n) =>
    n === 1 ? `Satu-satunya baris rencana sync #${runId}.` : `Semua ${n} baris rencana sync #${runId}.`,
};

function share(location: string, { deactivate, active }: GuardFacts): string {
  if (deactivate < active) return `${deactivate} dari ${active} user aktif di ${location}`;
  const all = active === 1 ? 'satu-satunya user' : `semua ${active} user`;
  return `${all} aktif di ${location}`;
}

/** Words of the deactivation guard: its warning, its modal and what is wrong with what was entered there. */
export const guard: Texts['guard'] = {
  facts: (location, facts) =>
    `*Rencana ini menonaktifkan ${share(location, facts)}.* Dalam 24 jam terakhir, ` +
    `${facts.recentlyDeactivated} user lain sudah dinonaktifkan di sana.`,
  limits: ({ count, percent, inclusive }) =>
    inclusive
      ? `Tanpa alasan, dalam 24 jam Anda hanya bisa menonaktifkan kurang dari ${count} user atau kurang dari ${percent}% dari ` +
        'user aktif, mana yang lebih besar, karena server tidak menyebut jumlah user yang memastikan daftarnya.'
      : `Tanpa alasan, dalam 24 jam Anda bisa menonaktifkan paling banyak ${count} user atau ${percent}% dari user aktif, mana ` +
        'yang lebih besar.',
  everyone: 'Tidak akan ada user aktif lagi. Itu selalu perlu alasan.',
  next: `Pastikan ini memang benar. Untuk lanjut, tekan ${labels.confirmGuarded}; jika tidak, tekan ${labels.cancel}.`,
  modalTitle: 'Konfirmasi dengan Alasan',
  submit: 'Jalankan Sync',
  close: 'Kembali',
  targetLabel: 'Nama Target',
  targetHint: (target) => `Ketik ${target} untuk memastikan bahwa target ini yang Anda maksud.`,
  reasonLabel: 'Alasan',
  reasonHint: 'Kenapa user sebanyak itu perlu dinonaktifkan? Jawaban Anda disimpan bersama sync ini.',
  targetMismatch: (expected) => `Ini bukan nama targetnya. Ketik ${expected}.`,
  reasonMissing: (shortest) => `Tulis alasan minimal ${shortest} karakter.`,
};

/** Words of the modal in which users are left out of a plan, and of a plan from which some were. */
export const adjust: Texts['adjust'] = {
  by: (actor) => `Disesuaikan oleh ${actor}`,
  modalTitle: 'Sesuaikan Rencana',
  submit: 'Kecualikan',
  close: 'Kembali',
  explain:
    'User yang dikecualikan tetap seperti sekarang, dan muncul lagi di preview berikutnya. Belum ada yang dijalankan: ' +
    'rencana yang lebih pendek menggantikan rencana ini dan menunggu konfirmasi.',
  emailsLabel: 'Email yang Dikecualikan',
  emailsHint: (longest) =>
    `Satu email per baris, atau pisahkan dengan koma, titik koma, atau spasi. Maksimal ${longest} karakter. Jika lebih, ` +
    `tekan ${labels.adjust} sekali lagi setelah ini.`,
  actionsLabel: 'Perubahan yang Dikecualikan',
  action: {
    add: (n) => `Kali ini tanpa menambahkan (${n})`,
    reactivate: (n) => `Kali ini tanpa mengaktifkan kembali (${n})`,
    deactivate: (n) => `Kali ini tanpa menonaktifkan (${n})`,
  },
  nothingGiven: 'Isi minimal satu email di sini, atau centang kotak di bawah.',
  tooLong: (email, longest) =>
    `Tidak ada email yang lebih dari ${longest} karakter. Pisahkan yang ini dengan baris baru atau koma: ${email}`,
  tooMany: (n, most) => `Ini ${n} email. Maksimal ${most} sekaligus.`,
};

/** Words of the modal that tells what happened to a run, step by step. */
export const details: Texts['details'] = {
  plan: (hash) => `Rencana: ${hash}`,
  confirmed: (actor, when) => `Dikonfirmasi oleh ${actor} pada ${when}`,
  reading: (duration) => `Membaca dan membuat rencana: ${duration}`,
  executing: (duration) => `Menjalankan: ${duration}`,
  export: (command) => `Ketik ${command} untuk mendapatkan perubahannya sebagai file CSV.`,
  steps: 'Langkah demi Langkah',
  noSteps: 'Tidak ada langkah sync ini di audit log.',
  more: (n) => `…dan ${n} lagi. Semuanya ada di audit log di database.`,
  step: {
    requested: (actor) => `diminta oleh ${actor}`,
    previewed: 'rencana ditampilkan',
    noChanges: 'tidak ada perubahan',
    guardTripped: 'rencana ditampilkan; pengaman meminta alasan',
    refused: (actor, why) => `ditolak untuk ${actor}: ${why}`,
    approved: (actor) => `disetujui oleh ${actor}`,
    withdrawn: (actor) => `persetujuan ditarik oleh ${actor}`,
    confirmed: (actor) => `dikonfirmasi oleh ${actor}`,
    adjusted: (actor) => `disesuaikan oleh ${actor}`,
    cancelled: (actor) => `dibatalkan oleh ${actor}`,
    completed: 'dijalankan dalam satu transaksi',
    failed: (why) => `gagal: ${why}`,
    expired: 'kedaluwarsa',
    superseded: 'diganti preview yang lebih baru',
    held: (why) => `tidak dijalankan oleh aturannya: ${why}`,
    brokeGlass: (actor) => `${actor} bertindak sendiri`,
    takenOver: 'diambil alih dari bot lain yang sudah berhenti',
  },
  quoted: (words, reason) => `${words} (${reason})`,
  omitted: { add: 'penambahan', reactivate: 'pengaktifan kembali', deactivate: 'penonaktifan' },
  leftOut: (runId, what) => `dari sync #${runId}, tanpa ${what}`,
};
