import type { Texts } from '../en.ts';
import { labels } from './plan.ts';

export const automatic: Texts['automatic'] = {
  decides: (rule) =>
    `Dalam beberapa detik, aturan ${rule} memutuskan apakah rencana ini dijalankan otomatis. Tekan ${labels.cancel} untuk mencegahnya.`,
  held: (rule, why) => `Aturan ${rule} tidak menjalankan rencana ini: ${why} Admin yang memutuskan.`,
  why: {
    paused: 'aturan sedang dijeda di sini.',
    rule_changed:
      'setelah rencana dibuat, aturannya diubah atau dihapus, atau targetnya kini punya lokasi atau alamat lain.',
    frozen: 'sync sedang dibekukan.',
    people_needed: 'target ini perlu beberapa orang.',
    guard_tripped: 'terlalu banyak user akan dinonaktifkan, jadi perlu alasan.',
    unproven: 'daftar dari server belum cukup sebagai bukti.',
    skipped: 'ada baris dari daftar server yang tidak bisa dipakai.',
    protected: 'ada user yang tidak ada di server tetapi dilindungi.',
    other_changes: 'ada jenis perubahan yang tidak disebut aturan.',
    too_many: 'perubahannya lebih banyak dari yang diizinkan aturan.',
    person_waited: 'seseorang meminta preview di sini, dan sejak itu belum ada yang memutuskan.',
    left_out: `pada sync terakhir yang dikonfirmasi seseorang di sini, atau sesudahnya, admin mengecualikan user yang diubah rencana ini, lewat ${labels.adjust} atau ${labels.cancel}; atau tidak tercatat siapa user itu.`,
    late: 'selama lebih dari satu jam, bot tidak sempat memeriksa rencana ini.',
    taken_back: 'perubahan terakhir di sini adalah rollback, dan rencana ini bisa membatalkannya.',
    location_busy: 'sync lain sedang mengubah user di sana.',
    refused: 'konfirmasinya ditolak. Alasannya ada di audit log.',
  },
  applying: (rule) => `Dijalankan oleh aturan ${rule}. Tidak ada yang mengonfirmasi.`,
  applied: (rule, when) => `Dijalankan oleh aturan ${rule} pada ${when}. Tidak ada yang mengonfirmasi.`,
  pausedItself: (target, command) =>
    `Sync ini dijalankan oleh aturan, jadi aturan untuk ${target} dijeda. Ketik ${command} setelah Anda tahu apa yang salah.`,
  paused: (actor, target) =>
    `${actor} menjeda aturan ${target ?? 'semua target'}. Preview terjadwal menunggu konfirmasi admin.`,
  resumed: (actor, target) => `${actor} melanjutkan aturan ${target ?? 'semua target'}.`,
  appliesAgain: 'Aturan berlaku lagi mulai preview terjadwal berikutnya.',
  appliesElsewhere:
    'Jeda itu juga berlaku di lokasi lain, karena nama target kini berarti lokasi lain: aturan di sana juga berlaku lagi.',
  stillPaused: (command) => `Semua target masih dijeda: ketik ${command} untuk melanjutkannya.`,
  unseen: 'Hanya Anda yang melihat jawaban ini: beri tahu admin lain sendiri.',
  notTold: (channel, why, invitation) =>
    `${channel} tidak bisa diberi tahu: ${why}. Beri tahu admin lain sendiri` +
    `${invitation === undefined ? '' : `, dan ketik ${invitation} di sana`}.`,
  noRule: 'Sekarang tidak ada aturan (SYNC_AUTO tidak diisi).',
  pausedAlready: (target) => `Aturan ${target ?? 'semua target'} sudah dijeda. Tidak ada yang berubah.`,
  notPaused: 'Tidak ada aturan yang dijeda. Tidak ada yang berubah.',
  notPausedAt: (target, command) =>
    `Tidak ada jeda khusus untuk ${target}. Tidak ada yang berubah. Jika semua target dijeda, ketik ${command}.`,
  pause: {
    everywhere: 'semua target',
    heading: '*Aturan yang Dijeda*',
    byPerson: (target, actor, when, command) =>
      `${target}: dijeda oleh ${actor} pada ${when}. Ketik ${command} untuk melanjutkan.`,
    failed: (target, runId, when, command) =>
      `${target}: dijeda pada ${when}, karena sync #${runId} yang dijalankan aturan gagal. Ketik ${command} setelah penyebabnya jelas.`,
    takenBack: (target, runId, when, command) =>
      `${target}: dijeda pada ${when}, karena sync #${runId} yang dijalankan aturan di-rollback. Ketik ${command} setelah penyebabnya jelas.`,
  },
};

export const schedule: Texts['schedule'] = {
  none: 'Tidak ada preview terjadwal (SYNC_SCHEDULE tidak diisi).',
  planned: (cron, timezone, targets) => `Preview terjadwal: ${cron} (${timezone}) untuk ${targets}.`,
  next: (when) => `Yang berikutnya muncul pada ${when}.`,
  noNext: 'Jadwal itu tidak punya waktu berikutnya.',
  more: (n) => `dan ${n} lagi`,
  quiet: (location, state, when) => `${location}: ${state} (dicek sesuai jadwal pada ${when})`,
  unmade: (target, why) => `Preview terjadwal ${target} tidak dibuat. ${why}`,
  reminder: (targets, command) =>
    `Pengingat: sudah waktunya sync ${targets}. Ketik ${command} untuk melihat apa yang akan berubah.`,
  days: (target, days) => `${target} (terakhir ${days} hari yang lalu)`,
  never: (target) => `${target} (belum pernah)`,
};

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
    `${people}: preview ${location} masih menunggu konfirmasi. Preview ini hanya berlaku sampai ${until}.`,
  held: ({ people, location, why }) =>
    `${people}: aturan tidak menjalankan rencana untuk ${location}: ${why} Rencana ini menunggu admin.`,
  broke_glass: ({ people, location, who, reason }) =>
    `${people}: ${who} mengonfirmasi rencana untuk ${location} *sendiri*. Alasan: ${reason}`,
};

export const digest: Texts['digest'] = {
  title: 'Ringkasan Mingguan',
  period: (since, until) => `Dari ${since} sampai ${until}.`,
  syncs: 'Siapa yang Melakukan Sync',
  noSyncs: 'Tidak ada yang melakukan sync.',
  sync: (who, target, done, runs, rollbacks) =>
    `• ${who}: ${target}, ${runs} kali${rollbacks === 0 ? '' : ` (${rollbacks} rollback)`}${done === '' ? '' : `: ${done}`}`,
  alone: 'Dikonfirmasi Sendiri',
  aloneRun: (target, run, who, when, reason) =>
    `• ${target}: ${run}, oleh ${who} pada ${when}. Alasan: ${reason}`,
  drift: 'Sejak Sync Terakhir',
  uncounted: (last) => `sync terakhir ${last}; usernya terlalu banyak untuk menghitung perubahan sejak itu`,
  noDrift: (last) => `sync terakhir ${last}, sejak itu tidak ada perubahan lain`,
  drifted: (last, users) => `sync terakhir ${last}, sejak itu ${users} user berubah dengan cara lain`,
  never: 'belum pernah di-sync',
  waiting: 'Menunggu Konfirmasi',
  waits: (target, run, since) => `• ${target}: ${run}, sejak ${since}`,
  inactive: 'User Nonaktif untuk Dicek',
  inactiveAt: (target, users, command) =>
    `• ${target}: ${users} user nonaktif. Ketik ${command} untuk melihatnya.`,
  inactiveUncounted: (target, command) =>
    `• ${target}: usernya terlalu banyak untuk menghitung yang nonaktif. Ketik ${command} untuk melihatnya.`,
  more: (n, atLeast) => `…dan ${atLeast ? 'sedikitnya ' : ''}${n} lagi`,
  end: (seq, hash) => `Akhir audit log: baris ${seq}, ${hash}`,
};

export const absence: Texts['absence'] = {
  evidence: (days, proposed, waiting) =>
    `${proposed + waiting} user tidak ada di server. Sudah tidak ada pada ${days} hari atau lebih, jadi diusulkan untuk ` +
    `dinonaktifkan: ${proposed}. Belum sebanyak itu, jadi belum diusulkan: ${waiting}.`,
};
