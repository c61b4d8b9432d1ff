import type { Texts } from '../en.ts';

/** How a run stands, in a few words that follow a colon or a comma; `counts` stands in brackets. */
export const state: Texts['state'] = {
  waits: 'menunggu giliran',
  reading: 'sedang membaca pengguna',
  lookingUp: 'sedang mencari perubahan yang dapat dikembalikan',
  ready: (counts) => `menunggu konfirmasi (${counts})`,
  executing: (actor, counts) => `sedang dijalankan, dikonfirmasi oleh ${actor} (${counts})`,
  completed: (actor, counts) => `selesai, dikonfirmasi oleh ${actor} (${counts})`,
  allSynced: 'semua sudah sinkron',
  undecided: 'tidak ada yang diubah, karena server tidak dapat membuktikan siapa yang tidak ada',
  nothingLeft: 'tidak ada lagi yang dapat dikembalikan',
  failed: (what) => `gagal: ${what}`,
  cancelled: (actor) => `dibatalkan oleh ${actor}`,
  expired: 'kedaluwarsa karena tidak dikonfirmasi tepat waktu',
  superseded: 'digantikan oleh pratinjau yang lebih baru',
  counts: ({ add, reactivate, deactivate }) =>
    [
      ...(add > 0 ? [`${add} baru`] : []),
      ...(reactivate > 0 ? [`${reactivate} diaktifkan kembali`] : []),
      ...(deactivate > 0 ? [`${deactivate} dinonaktifkan`] : []),
    ].join(', ') || 'tanpa perubahan',
  rollbackOf: (reverted) => `rollback proses ${reverted}`,
  open: 'Buka',
};
