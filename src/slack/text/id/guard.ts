import type { GuardFacts } from '../../../sync/safety.ts';
import type { Texts } from '../en.ts';
import { labels } from './labels.ts';

function share(location: string, { deactivate, active }: GuardFacts): string {
  if (deactivate < active) return `${deactivate} dari ${active} pengguna aktif di ${location}`;
  return active === 1
    ? `satu-satunya pengguna aktif di ${location}`
    : `semua ${active} pengguna aktif di ${location}`;
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
    `Pastikan bahwa ini memang dimaksudkan. Untuk melanjutkan, tekan ${labels.confirmGuarded}; jika tidak, tekan ` +
    `${labels.cancel}.`,
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
