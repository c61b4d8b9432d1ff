import type { Texts } from '../en.ts';

/** What a run that takes another run's changes back says in place of a sync's words. */
export const rollback: Texts['rollback'] = {
  header: {
    preview: (location) => `Pratinjau Rollback: ${location}`,
    executing: (location) => `Rollback Berjalan: ${location}`,
    completed: (location) => `Rollback Selesai: ${location}`,
    allSynced: (location) => `Tidak Ada yang Dikembalikan: ${location}`,
    cancelled: (location) => `Rollback Dibatalkan: ${location}`,
    expired: (location) => `Pratinjau Kedaluwarsa: ${location}`,
    superseded: (location) => `Pratinjau Digantikan: ${location}`,
    failed: (location) => `Rollback Gagal: ${location}`,
  },
  reading: (location, reverted) => `Mencari perubahan proses ${reverted} di ${location}…`,
  about: (reverted) => `Ini mengembalikan perubahan yang dibuat oleh proses ${reverted}.`,
  executing: (location, reverted) => `Mengembalikan perubahan proses ${reverted} di ${location}…`,
  nothingLeft: (location, reverted) =>
    `Tidak ada lagi perubahan proses ${reverted} di ${location} yang dapat dikembalikan. Tidak ada yang diubah.`,
  result: (reverted, { reactivate, deactivate, unchanged }) =>
    `Rollback proses ${reverted} berhasil! ${reactivate} pengguna diaktifkan kembali, ${deactivate} pengguna ` +
    `dinonaktifkan, ${unchanged} pengguna tidak berubah.`,
  dialogTitle: (reverted) => `Rollback Proses ${reverted}?`,
  dialogConfirm: 'Jalankan Rollback',
  skippedCount: 'Pengguna Dilewati',
  skippedList: (n) => `Pengguna Dilewati (${n})`,
  skippedUser: 'sudah berubah lagi',
  skipped: (n, reverted) =>
    `${n} pengguna berubah lagi setelah proses ${reverted}, sehingga dibiarkan apa adanya. ` +
    'Lihat Pengguna Dilewati di bawah.',
  protected: (n) =>
    `${n} pengguna tetap aktif karena tercantum dalam PROTECTED_EMAILS. Lihat Pengguna Dilindungi di bawah.`,
};
