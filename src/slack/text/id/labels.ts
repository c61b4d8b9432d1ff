/** What stands on the buttons, for the sentences that tell which one to press. */
export const labels = {
  confirm: 'Konfirmasi & Jalankan',
  confirmGuarded: 'Konfirmasi dengan Alasan…',
  cancel: 'Batalkan',
  adjust: 'Sesuaikan',
  viewAll: 'Lihat Semua',
  tryAgain: 'Coba Lagi',
  newPreview: 'Pratinjau Baru',
  rollBack: 'Rollback',
};
