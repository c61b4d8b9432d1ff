import type { Texts } from '../en.ts';
import { labels } from './labels.ts';

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
