import type { Texts } from '../en.ts';
import { labels } from './labels.ts';

/** Words for what a plan counts, lists and warns of. */
export const plan: Texts['plan'] = {
  count: {
    add: 'Baru',
    reactivate: 'Diaktifkan Kembali',
    deactivate: 'Dinonaktifkan',
    unchanged: 'Tidak Berubah',
    source: 'Jumlah di Server',
    omitted: 'Dikecualikan',
    protected: 'Dilindungi',
    kept: 'Dibiarkan',
    alreadyInactive: 'Sudah Nonaktif',
    skipped: 'Baris Dilewati',
  },
  list: {
    add: (n) => `Pengguna Baru (${n})`,
    reactivate: (n) => `Pengguna Diaktifkan Kembali (${n})`,
    deactivate: (n) => `Pengguna Dinonaktifkan (${n})`,
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
  },
  warnings: 'Perhatikan',
  skipped: (n) =>
    `${n} baris dari daftar server tidak dapat dipakai sehingga dilewati. Lihat Baris Dilewati di bawah, dan ` +
    'mintalah agar diperbaiki di server.',
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
  modalTitle: (runId) => `Rencana Proses ${runId}`,
  modalEmpty: 'Rencana ini tidak memuat satu pengguna pun.',
  fileComment: (runId, n) =>
    n === 1 ? `Satu-satunya baris rencana proses ${runId}.` : `Seluruh ${n} baris rencana proses ${runId}.`,
};
