import type { Texts } from '../en.ts';

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
    confirmed: (actor) => `dikonfirmasi oleh ${actor}`,
    adjusted: (actor) => `disesuaikan oleh ${actor}`,
    cancelled: (actor) => `dibatalkan oleh ${actor}`,
    completed: 'dijalankan dalam satu transaksi',
    failed: (why) => `gagal: ${why}`,
    expired: 'kedaluwarsa',
    superseded: 'digantikan oleh pratinjau yang lebih baru',
    takenOver: 'diambil alih dari instans bot yang telah berhenti',
  },
  quoted: (words, reason) => `${words} (${reason})`,
  omitted: { add: 'penambahan', reactivate: 'pengaktifan kembali', deactivate: 'penonaktifan' },
  leftOut: (runId, what) => `dari proses ${runId}, tanpa ${what}`,
};
