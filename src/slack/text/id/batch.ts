import type { Texts } from '../en.ts';

/** Words of the message that sums up a `/usersync all`. */
export const batch: Texts['batch'] = {
  title: 'Sinkronisasi Semua Target',
  refusedAlike: (n) => `…dan begitu juga ${n} target lainnya.`,
  none: 'Tidak ada pratinjau: alasannya sudah diberitahukan kepada yang meminta.',
  more: (n) => `…dan ${n} lagi. Masing-masing mendapat pesan sendiri di kanal ini setelah dibaca.`,
  waits: (n, total) => `${n} dari ${total} menunggu giliran.`,
  reading: (n, total) => `${n} dari ${total} sedang dibaca.`,
  ready: (n, total) => `${n} dari ${total} menunggu konfirmasi, masing-masing pada pesannya sendiri.`,
  executing: (n, total) => `${n} dari ${total} sedang dijalankan.`,
  failed: (n, total) =>
    `${n} dari ${total} gagal dan tidak mengubah apa pun. Pesannya menjelaskan apa yang perlu dilakukan.`,
  done: 'Tidak ada lagi yang perlu dilakukan.',
};
