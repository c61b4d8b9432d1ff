import type { Texts } from '../en.ts';

/** The labels of buttons, for sentences that name them. */
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
  wouldHave: {
    add: 'tadinya akan ditambahkan',
    reactivate: 'tadinya akan diaktifkan kembali',
    deactivate: 'tadinya akan dinonaktifkan',
  },
  skippedRow: (id, reason) => `id_user ${id}: ${reason}`,
  skipReason: {
    no_email: 'tanpa email',
    bad_email: 'emailnya tidak bisa dipakai',
    bad_status: 'status_user bukan 0 dan bukan 1',
  },
  keepReason: {
    ambiguous: 'mungkin orang yang sama dengan user lain',
    unproven: 'tidak ada di daftar atau nonaktif di sana, tetapi itu bukan bukti',
    deleted: 'dihapus di aplikasi (deleted_at terisi)',
    odd_status: 'statusnya bukan active dan bukan inactive',
    no_email: 'tidak punya email',
    long_email: 'emailnya lebih dari 255 karakter',
    negative_id: 'id-nya di tabel users di bawah 0',
    absent_shortly: 'tidak ada di server, tetapi jumlah harinya belum cukup',
  },
  warnings: 'Perhatikan',
  skipped: (n) =>
    `${n} baris dari daftar server dilewati karena tidak bisa dipakai. Lihat Baris Dilewati di bawah; minta ` +
    'admin server itu memperbaikinya.',
  nameless: 'Baris tanpa email mungkin user yang akan dinonaktifkan: cek.',
  repeats: (n, names) =>
    `Server mencantumkan ${n} user lebih dari sekali, setiap kali dibaca: ${names}. Masing-masing dihitung satu kali. ` +
    'Beri tahu admin server itu.',
  duplicates: (n) =>
    `${n} baris dari daftar server mengulang email baris lain. Setiap email dihitung satu kali.`,
  doubt: {
    order_ignored: 'Daftarnya tidak diurutkan menurut id_user seperti yang diminta.',
    end_repeats: 'Halaman setelah yang terakhir berisi user dari daftar itu lagi, padahal seharusnya kosong.',
    end_unknown: 'Halaman setelah yang terakhir dijawab dengan error, bukan dengan daftar kosong.',
  },
  undecided: (n, why) =>
    `${n} user aktif tidak ada atau nonaktif di server, dan tetap aktif: server itu tidak bisa membuktikan bahwa seseorang tidak ` +
    `ada. ${why} Minta admin server itu memperbaikinya.`,
  protected: (n) =>
    `${n} user tidak ada di server, tetapi tetap aktif karena ada di PROTECTED_EMAILS. Lihat User Dilindungi di bawah.`,
  kept: (n, others) =>
    `${n} user ${others ? 'lain ' : ''}dibiarkan apa adanya. Lihat Dibiarkan di bawah: tiap baris menyebut alasannya.`,
  secondPerson: (requester) =>
    `Target ini perlu dua orang: yang mengonfirmasi harus admin selain ${requester}.`,
  unseen:
    'Tidak ada orang lain yang membaca percakapan ini. Minta preview di channel yang dibaca admin lain.',
  frozen: (until) => `Sync dibekukan sampai ${until}. Rencana ini bisa dikonfirmasi setelah itu.`,
  frozenBeyond: (until) =>
    `Sync dibekukan sampai ${until}, dan rencana ini kedaluwarsa sebelum itu. Minta preview baru setelah itu.`,
  people: (needed, requester) =>
    requester === undefined
      ? `Target ini perlu ${needed} orang: ${needed} admin harus mengonfirmasi.`
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
  activeNow: (n) => `Sekarang Aktif, Tidak Ada dalam Rencana (${n})`,
  gone: 'Catatan tentang user dalam rencana ini sudah dihapus. Untuk sync yang dijalankan, catatannya disimpan selama RETENTION_DAYS, untuk yang lain selama 30 hari.',
  fileComment: (runId, n) =>
    n === 1 ? `Satu-satunya baris rencana sync #${runId}.` : `Semua ${n} baris rencana sync #${runId}.`,
};

export const time: Texts['time'] = {
  /** In figures, because Slack's own names of days are English. */
  moment: '{date_num} {time}',
  day: '{date_num}',
  underASecond: 'kurang dari 1 detik',
  seconds: (seconds) => `${seconds} detik`,
  minutes: (minutes, seconds) => `${minutes} menit ${seconds} detik`,
  hours: (hours, minutes) => `${hours} jam ${minutes} menit`,
};

export const batch: Texts['batch'] = {
  title: 'Sync Semua Target',
  refusedToo: (n) => `…dan ${n} target lain tanpa preview. Minta satu target saja untuk melihat alasannya.`,
  none: 'Tidak ada preview: alasannya sudah disampaikan kepada yang meminta.',
  more: (n) =>
    `…dan ${n} lagi. Masing-masing punya pesan sendiri di channel ini, atau mendapatnya setelah dibaca.`,
  waits: (n) => `${n} menunggu giliran.`,
  reading: (n) => `${n} sedang dibaca.`,
  unseen: (n) => `${n} sudah direncanakan, tetapi Slack belum menerima pesannya.`,
  ready: (n) => `${n} menunggu konfirmasi, ${n === 1 ? '' : 'masing-masing '}di pesannya sendiri.`,
  executing: (n) => `${n} sedang berjalan.`,
  failed: (n) => `${n} gagal dan tidak mengubah apa pun. Pesannya menjelaskan apa yang perlu dilakukan.`,
  done: 'Di sini tidak ada yang menunggu konfirmasi lagi.',
  button: 'Konfirmasi Semua yang Tidak Menonaktifkan User',
  dialog: {
    title: (n) => `Konfirmasi ${n} Preview?`,
    text: (n, planned) =>
      `${n} preview tidak menonaktifkan siapa pun. ${n === 1 ? 'Perubahannya' : 'Totalnya'}: ${planned}. ` +
      `${n === 1 ? 'Preview ini dijalankan' : 'Masing-masing dijalankan terpisah,'} dengan aturan ` +
      `yang sama seperti tombol ${labels.confirm} di pesannya. Yang menonaktifkan user dikonfirmasi satu per satu di pesannya masing-masing.`,
    confirm: (n) => `Jalankan ${n} Sync`,
  },
  confirmed: (n, total) =>
    `${n === total ? n : `${n} dari ${total}`} preview sedang dijalankan. ` +
    `${n === 1 ? 'Hasilnya' : 'Hasil masing-masing'} muncul di thread-nya.`,
  noneConfirmed: 'Klik Anda tidak menjalankan preview apa pun.',
  approved: (people, needed) =>
    `persetujuan Anda dihitung, ${people} dari ${needed}. Admin lain masih harus mengonfirmasi.`,
  notReached: (n) =>
    `${n} preview belum sempat dicek karena ada error. Cek pesan tiap sync sebelum menekan lagi.`,
};
