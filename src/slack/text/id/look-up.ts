import type { Texts } from '../en.ts';

const SEND_FILE = 'Kirim sebagai File';

const STATUS = { active: ' aktif', inactive: ' nonaktif' };

export const users: Texts['users'] = {
  title: 'User',
  found: ({ total, target, status, text }) => {
    const whom = `${total} user${status === undefined ? '' : STATUS[status]}`;
    const where = target === undefined ? 'di semua target' : `di ${target}`;
    return `${whom} ${where}${text === undefined ? '' : ` dengan email yang mengandung ${text}`}`;
  },
  none: 'Tidak ada user yang ditemukan.',
  noneWith: (text) =>
    `Ketik perintahnya tanpa ${text}, atau dengan sebagian saja, untuk melihat lebih banyak.`,
  more: (n) => `…dan ${n} lagi. Tekan ${SEND_FILE} untuk mendapatkan semuanya.`,
  manyMore: (n) => `…dan ${n} lagi. Tekan ${SEND_FILE} untuk daftar yang lebih panjang.`,
  sendFile: SEND_FILE,
  sending: 'File sedang dikirim ke percakapan Anda dengan usersync.',
  sent: 'File ada di percakapan Anda dengan usersync.',
  active: 'aktif',
  leftAlone: 'dibiarkan: sudah dihapus, atau berstatus lain',
  inactive: 'nonaktif',
  rowChanged: (when) => `barisnya terakhir diubah ${when}`,
  file: (found) => `Daftar yang Anda minta: ${found}.`,
  firstOnly: (n) => `File memuat ${n} yang pertama.`,
  exported: (runId, location, state) => `Semua baris rencana sync #${runId}. ${location}: ${state}.`,
};

export const find: Texts['find'] = {
  title: 'User Ditemukan',
  more: (n) => `…dan ${n} lagi. Ketik bagian email yang lebih panjang untuk melihat lebih sedikit.`,
  manyMore: (n) =>
    `…dan lebih dari ${n} lainnya. Ketik bagian email yang lebih panjang untuk melihat lebih sedikit.`,
  since: (status, when) => `${status} sejak ${when}`,
  by: (run, how) => `oleh ${run}, ${how}`,
  otherwise: (run, how, when) => `bukan oleh usersync; sebelumnya oleh ${run}, ${how} pada ${when}`,
  none: 'Ketik bagian email yang lebih pendek untuk menemukan lebih banyak.',
  unknown: 'bukan oleh sync yang masih disimpan',
  notSought: 'bukan oleh sync-sync terbaru',
};

export const config: Texts['config'] = {
  title: 'Pengaturan',
  targets: 'Target dan Servernya',
  noLocation: 'tidak ada tepat satu baris di tabel locations',
  noAddress: 'alamatnya di tabel locations tidak bisa dipakai',
  people: (n) => `perlu ${n} orang`,
  moreTargets: (n) => `…dan ${n} target lagi`,
  limits: 'Batas',
  lifetime: (minutes) => `Preview bisa dikonfirmasi selama ${minutes} menit.`,
  scheduledLifetime: 'Preview terjadwal bisa dikonfirmasi setidaknya sampai yang berikutnya tiba.',
  depot: (seconds, page, atOnce, perSecond) =>
    `Server depo harus menjawab login dalam ${seconds} detik. Daftarnya diminta ${page} user sekaligus, maksimal ` +
    `${atOnce} permintaan bersamaan dan ${perSecond} per detik.`,
  kept: (days) => `Perubahan dari sync yang selesai disimpan selama ${days} hari.`,
  keptForEver: 'Perubahan dari sync yang selesai disimpan selamanya.',
  who: 'Admin dan Channel',
  admins: (admins) => `Admin: ${admins}`,
  called: (people) => `Dipanggil jika bot menunggu orang: ${people}`,
  notCalled: 'Tidak ada yang dipanggil jika bot menunggu orang (SYNC_NOTIFY).',
  channels: (channels) => `Channel: ${channels}`,
  anyChannel: 'Channel: semua channel tempat usersync diundang',
  times: 'Pembekuan dan Jadwal',
  freeze: (windows, timezone) => `Tidak ada yang dijalankan selama ${windows} (${timezone}).`,
  frozen: (until) => `Sync sedang dibekukan sampai ${until}.`,
  noFreeze: 'Tidak ada pembekuan (SYNC_FREEZE tidak diisi).',
  reminder: (days) => `Ada pengingat untuk target yang tidak di-sync selama ${days} hari.`,
  digest: (cron, timezone) => `Ringkasan mingguan muncul pada ${cron} (${timezone}).`,
  rules: 'Oleh Aturan, dan Sendiri',
  autoRules: (rules) => `Dijalankan oleh aturan: ${rules}`,
  noRules: 'Tidak ada yang dijalankan oleh aturan (SYNC_AUTO tidak diisi).',
  absence: (days) =>
    `User harus tidak ada di server pada ${days} hari yang berbeda sebelum dinonaktifkan (SYNC_ABSENCE_DAYS).`,
  breakGlass: 'Dalam keadaan darurat, admin bisa mengonfirmasi sendiri (BREAK_GLASS).',
  noBreakGlass: 'Tidak ada yang boleh mengonfirmasi sendiri (BREAK_GLASS).',
  protected: 'Tidak Pernah Dinonaktifkan (PROTECTED_EMAILS)',
  nobody: 'Tidak ada yang dilindungi.',
  morePatterns: (n) => `…dan ${n} pola lagi`,
  version: (version, language) => `usersync ${version}. Bahasa: ${language}`,
};
