import type { Texts } from '../en.ts';

/** Words for a file that could not be sent. */
export const file: Texts['file'] = {
  planOf: (runId, location, standing) => `Rencana proses ${runId}. ${location}: ${standing}.`,
  viewAll: 'Tekan Lihat Semua pada pesan proses itu untuk melihat semua baris.',
  askAgain: (command) => `Untuk mencoba berkasnya lagi, ketik ${command}.`,
  findFewer: 'Untuk melihat semuanya di jendela, ketik bagian email yang lebih panjang.',
};
