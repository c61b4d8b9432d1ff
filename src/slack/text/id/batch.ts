import type { Texts } from '../en.ts';
import { labels } from './plan.ts';

export const batch: Texts['batch'] = {
  title: 'Sync Semua Target',
  refusedToo: (n) => `…dan ${n} target lain tanpa preview. Minta satu target saja untuk melihat alasannya.`,
  none: 'Tidak ada preview: alasannya sudah disampaikan kepada yang meminta.',
  more: (n) => `…dan ${n} lagi. Masing-masing mendapat pesan sendiri di channel ini setelah dibaca.`,
  waits: (n) => `${n} menunggu giliran.`,
  reading: (n) => `${n} sedang dibaca.`,
  ready: (n) => `${n} menunggu konfirmasi, ${n === 1 ? '' : 'masing-masing '}di pesannya sendiri.`,
  executing: (n) => `${n} sedang berjalan.`,
  failed: (n) => `${n} gagal dan tidak mengubah apa pun. Pesannya menjelaskan apa yang perlu dilakukan.`,
  done: 'Di sini tidak ada yang menunggu konfirmasi lagi.',
  button: 'Konfirmasi Semua yang Tidak Menonaktifkan User',
  dialog: {
    title: (n) => `Konfirmasi ${n} Preview?`,
    text: (n, planned) =>
      `${n} preview tidak menonaktifkan siapa pun. ${n === 1 ? 'Perubahannya' : 'Totalnya'}: ${planned}. ` +
      `${n === 1 ? 'Preview ini dijalankan' : 'Masing-masing dijalankan sendiri,'} dengan aturan ` +
      `yang sama seperti tombol ${labels.confirm} di pesannya. Yang menonaktifkan user menunggu konfirmasinya sendiri.`,
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
