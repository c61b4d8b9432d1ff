import type { Texts } from '../en.ts';

/** Words about previews on a schedule, and the reminder of targets that were not synced for long. */
export const schedule: Texts['schedule'] = {
  none: 'Tidak ada pratinjau terjadwal (SYNC_SCHEDULE tidak diisi).',
  planned: (cron, timezone, targets) =>
    `Pratinjau terjadwal: ${cron} (${timezone}) untuk ${targets}. Pratinjau itu menunggu konfirmasi seperti yang lain.`,
  next: (when) => `Yang berikutnya muncul pada ${when}.`,
  noNext: 'Jadwal itu tidak memiliki waktu berikutnya.',
  more: (n) => `dan ${n} lagi`,
  quiet: (location, when) => `${location}: semua sudah sinkron (diperiksa sesuai jadwal pada ${when})`,
  reminder: (targets, command) =>
    `Pengingat: sudah waktunya menyinkronkan ${targets}. Ketik ${command} untuk melihat apa yang akan diubah oleh ` +
    'sinkronisasi.',
  days: (target, days) => `${target} (terakhir ${days} hari yang lalu)`,
  never: (target) => `${target} (belum pernah)`,
};
