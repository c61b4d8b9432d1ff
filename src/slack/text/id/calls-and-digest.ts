import type { Texts } from '../en.ts';

/** Words about previews on a schedule, and the reminder of targets that were not synced for long. */
export const schedule: Texts['schedule'] = {
  none: 'Tidak ada preview terjadwal (SYNC_SCHEDULE tidak diisi).',
  planned: (cron, timezone, targets) => `Preview terjadwal: ${cron} (${timezone}) untuk ${targets}.`,
  next: (when) => `Yang berikutnya muncul pada ${when}.`,
  noNext: 'Jadwal itu tidak punya waktu berikutnya.',
  more: (n) => `dan ${n} lagi`,
  quiet: (location, when) => `${location}: semua sudah sync (dicek sesuai jadwal pada ${when})`,
  reminder: (targets, command) =>
    `Pengingat: sudah waktunya sync ${targets}. Ketik ${command} untuk melihat apa yang akan berubah.`,
  days: (target, days) => `${target} (terakhir ${days} hari yang lalu)`,
  never: (target) => `${target} (belum pernah)`,
};

/** Calls of the people who are waited for. */
export const call: Texts['call'] = {
  guard: ({ people, location, deactivate }) =>
    `${people}: pengaman menghentikan rencana untuk ${location}. Rencana ini akan menonaktifkan ${deactivate} user, jadi ` +
    'perlu admin yang memberi alasan atau membatalkannya.',
  people_needed: ({ people, location, deactivate }) =>
    `${people}: rencana untuk ${location} menunggu konfirmasi admin lain` +
    `${deactivate > 0 ? `. Rencana ini akan menonaktifkan ${deactivate} user` : ''}.`,
  deactivations: ({ people, location, deactivate }) =>
    `${people}: preview terjadwal ${location} ini akan menonaktifkan ${deactivate} user. Preview ini menunggu admin.`,
  schedule_failed: ({ people, location }) =>
    `${people}: sync terjadwal ${location} gagal. Alasannya ada di pesan di atas.`,
  expiring: ({ people, location, until }) =>
    `${people}: belum ada yang mengonfirmasi atau membatalkan preview ${location}. Preview ini hanya berlaku sampai ${until}.`,
  held: ({ people, location, why }) =>
    `${people}: aturan tidak menjalankan rencana untuk ${location}: ${why} Rencana ini menunggu admin.`,
  broke_glass: ({ people, location, who, reason }) =>
    `${people}: ${who} mengonfirmasi rencana untuk ${location} *sendiri*. Alasan: ${reason}`,
};

/** Words of the weekly digest. */
export const digest: Texts['digest'] = {
  title: 'Ringkasan Mingguan',
  period: (since, until) => `Dari ${since} sampai ${until}.`,
  syncs: 'Siapa yang Melakukan Sync',
  noSyncs: 'Tidak ada yang melakukan sync.',
  sync: (who, target, runs, done) => `• ${who}: ${target}, ${runs} kali${done === '' ? '' : `: ${done}`}`,
  alone: 'Dikonfirmasi Sendirian',
  aloneRun: (target, run, who, when, reason) =>
    `• ${target}: ${run}, oleh ${who} pada ${when}. Alasan: ${reason}`,
  drift: 'Sejak Sync Terakhir',
  noDrift: (last) => `sync terakhir ${last}, sejak itu tidak ada perubahan lain`,
  drifted: (last, users) => `sync terakhir ${last}, sejak itu ${users} user berubah dengan cara lain`,
  never: 'belum pernah di-sync',
  waiting: 'Menunggu Konfirmasi',
  waits: (target, run, since) => `• ${target}: ${run}, sejak ${since}`,
  inactive: 'User Nonaktif untuk Dicek',
  inactiveAt: (target, users, command) =>
    `• ${target}: ${users} user nonaktif. Ketik ${command} untuk melihatnya.`,
  more: (n) => `…dan ${n} lagi`,
  end: (seq, hash) => `Akhir audit log: baris ${seq}, ${hash}`,
};
