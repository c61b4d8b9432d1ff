import type { Texts } from '../en.ts';

/** Words of the list of runs. */
export const history: Texts['history'] = {
  title: 'Proses Terakhir',
  titleOf: (target) => `Proses Terakhir: ${target}`,
  none: 'Tidak ada proses untuk ditampilkan. Ketik `/usersync help` untuk melihat cara memulainya.',
  requested: (actor, when) => `Diminta oleh ${actor} pada ${when}`,
  confirmed: (actor) => `dikonfirmasi oleh ${actor}`,
  plan: (counts) => `rencana: ${counts}`,
  took: (duration) => `memakan waktu ${duration}`,
  details: 'Rincian',
  detailsOf: (runId) => `Rincian proses ${runId}`,
  older: 'Proses Sebelumnya',
};
