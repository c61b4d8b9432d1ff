import type { Texts } from '../en.ts';

const STATUS = { active: ' aktif', inactive: ' nonaktif' };

/** Words of the list of users. */
export const users: Texts['users'] = {
  title: 'Pengguna',
  found: ({ total, target, status, text }) => {
    const whom = `${total} pengguna${status === undefined ? '' : STATUS[status]}`;
    const where = target === undefined ? 'di semua target' : `di ${target}`;
    return `${whom} ${where}${text === undefined ? '' : ` dengan ${text} dalam emailnya`}`;
  },
  none: 'Tidak ada yang ditemukan. Ketik perintahnya dengan kata yang lebih sedikit untuk melihat lebih banyak pengguna.',
  more: (n) => `…dan ${n} lagi. Semuanya ada di berkas CSV.`,
  active: 'aktif',
  leftAlone: 'dibiarkan: tidak aktif dan tidak nonaktif',
  inactive: 'nonaktif',
  inactiveSince: (day) => `nonaktif sejak ${day}`,
  file: (found) => `Daftar yang Anda minta: ${found}.`,
  exported: (runId, location, standing) => `Seluruh baris rencana proses ${runId}. ${location}: ${standing}.`,
};
