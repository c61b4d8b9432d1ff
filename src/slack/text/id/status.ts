import type { Texts } from '../en.ts';

/** How the targets stand: `/usersync status` and the cards of the Home tab. `run` is `proses 12`, or a link to it. */
export const status: Texts['status'] = {
  title: 'Status Target',
  users: (active, inactive, leftAlone) =>
    `${active} pengguna aktif, ${inactive} nonaktif${leftAlone === 0 ? '' : `, ${leftAlone} dibiarkan`}`,
  manyUsers: (n) => `Lebih dari ${n} pengguna`,
  lastSync: (when, what, run) => `Sinkronisasi terakhir: ${when}, ${what}, ${run}`,
  lastRollback: (when, what, run) => `Perubahan terakhir: ${when}, rollback, ${what}, ${run}`,
  never: 'Belum pernah disinkronkan',
  pending: (counts, until, run) => `Menunggu konfirmasi sampai ${until}: ${counts}, ${run}`,
  lastFailed: (when, what, run) => `Kesalahan terakhir: ${when}, ${what}, ${run}`,
  changedSince: (n) => `Sejak itu, ${n} pengguna diubah bukan oleh usersync`,
  locationMissing:
    'Tabel locations tidak memiliki baris untuk target ini. Pengelola bot harus menambahkannya atau memperbaiki ' +
    'SYNC_TARGETS.',
  protected: 'Tidak pernah dinonaktifkan (PROTECTED_EMAILS):',
  protects: (pattern, users) =>
    users === 0
      ? `${pattern} *tidak melindungi siapa pun*: apakah ejaannya benar?`
      : `${pattern} melindungi ${users} user`,
  run: (runId) => `proses ${runId}`,
  more: (n, command) => `…dan ${n} target lagi. Ketik ${command} untuk melihat satu target saja.`,
};
