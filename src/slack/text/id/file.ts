import type { Texts } from '../en.ts';

/** Words for a file that could not be sent. */
export const file: Texts['file'] = {
  why: {
    off: 'berkas dinonaktifkan di ruang kerja ini',
    full: 'ruang penyimpanan berkas di ruang kerja ini sudah penuh',
    scope: 'aplikasi Slack tidak memiliki scope files:write',
    forbidden: 'ruang kerja ini tidak mengizinkan usersync mengirim berkas ke sini',
    tooLarge: 'ruang kerja ini tidak menerima berkas sebesar itu',
    shared: 'ruang kerja ini tidak mengizinkan berkas di tempat yang dibaca orang dari perusahaan lain',
    unreachable: 'alamat tujuan berkas dari Slack tidak dapat dihubungi',
    busy: 'Slack tidak dapat menerimanya saat ini',
    other: (slackError) => `Slack menjawab ${slackError}`,
  },
  planOf: (runId, location, standing) => `Rencana proses ${runId}. ${location}: ${standing}.`,
  notAttached: (reason) => `Berkasnya tidak dapat dilampirkan: ${reason}.`,
  viewAll: 'Tekan Lihat Semua pada pesan proses itu untuk melihat semua baris.',
  askAgain: (command) => `Untuk mencoba berkasnya lagi, ketik ${command}.`,
  findFewer: 'Untuk melihat semuanya di jendela, ketik bagian email yang lebih panjang.',
};
