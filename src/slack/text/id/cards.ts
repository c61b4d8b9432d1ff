import { EFFECTIVE_ACTIONS, type EffectiveAction } from '../../../sync/run/change.ts';
import type { RunCounts } from '../../../sync/run/run.ts';
import type { Texts } from '../en.ts';
import { labels } from './plan.ts';

type Effects = Pick<RunCounts, EffectiveAction>;

const DONE = { add: 'ditambahkan', reactivate: 'diaktifkan kembali', deactivate: 'dinonaktifkan' };
const PLANNED = { add: 'baru', reactivate: 'akan diaktifkan kembali', deactivate: 'akan dinonaktifkan' };

/** One sentence with all effects; its first part names the place. `tense` is `akan `, or empty. */
function effects(location: string, counts: Effects, tense: string): string {
  const parts = EFFECTIVE_ACTIONS.filter((action) => counts[action] > 0).map((action, index) => {
    const words = `${counts[action]} user ${tense}${DONE[action]}`;
    return index === 0 ? `${words} ${action === 'add' ? 'ke' : 'di'} ${location}` : words;
  });
  if (parts.length === 0) return `Tidak ada user ${location} yang ${tense}berubah.`;
  if (counts.deactivate === 0) parts.push(`tidak ada yang ${tense}dinonaktifkan`);
  return `${parts.join('; ')}.`;
}

export const run: Texts['run'] = {
  header: {
    preview: (location) => `Preview Sync: ${location}`,
    executing: (location) => `Sync Sedang Berjalan: ${location}`,
    completed: (location) => `Sync Selesai: ${location}`,
    takenBack: (location) => `Sync Sudah Di-rollback: ${location}`,
    allSynced: (location) => `Semua Sudah Sync: ${location}`,
    cancelled: (location) => `Sync Dibatalkan: ${location}`,
    expired: (location) => `Preview Kedaluwarsa: ${location}`,
    superseded: (location) => `Preview Diganti: ${location}`,
    failed: (location) => `Sync Gagal: ${location}`,
  },
  reading: (location) => `Membaca user dari ${location}…`,
  readingSome: (location, users, total) =>
    total === undefined
      ? `Membaca user dari ${location}… sejauh ini ${users} user.`
      : `Membaca user dari ${location}… ${users} dari ${total} user.`,
  waiting: (location, ahead) =>
    `${location} menunggu giliran: ada ${ahead} sync lain yang lebih dulu. Sync ini mulai sendiri.`,
  planned: (location, counts) => effects(location, counts, 'akan '),
  done: (location, counts) => effects(location, counts, ''),
  executing: (location) => `Sync ${location} sedang berjalan…`,
  confirmedBy: (actor) => `Dikonfirmasi oleh ${actor}.`,
  allSynced: (location, some) =>
    some
      ? `Semua sudah sync! Tidak ada yang berubah di ${location}, walaupun sebagian user tidak sama dengan daftar servernya.`
      : `Semua sudah sync! ${location} sudah sama dengan servernya. Tidak ada yang berubah.`,
  undecidedHeader: (location) => `Tidak Ada yang Berubah: ${location}`,
  undecided: (location) =>
    `Tidak ada yang berubah di ${location}, walaupun sebagian user yang aktif tidak ada di daftar servernya atau nonaktif di sana.`,
  scheduled: 'Preview terjadwal',
  requestedBy: (actor) => `Diminta oleh ${actor}`,
  approvedBy: (who) => `Disetujui oleh ${who}`,
  completedBy: (actor, when) => `Dikonfirmasi oleh ${actor}, selesai pada ${when}.`,
  takenBack: (by) => `*Sudah di-rollback oleh sync #${by}.*`,
  redone: (by) => `Pernah di-rollback, lalu dijalankan lagi oleh sync #${by}.`,
  reasonGiven: (reason) => `Alasan: ${reason}`,
  cancelledBy: (actor) => `Dibatalkan oleh ${actor}. Tidak ada yang berubah.`,
  expired: 'Tidak dikonfirmasi tepat waktu. Tidak ada yang berubah.',
  forNewPreview: (command) => `Ketik ${command} untuk preview baru.`,
  superseded: (location, by) =>
    `Diganti preview ${location} yang lebih baru. Preview ini tidak mengubah apa pun.${by === undefined ? '' : ` Lihat sync #${by}.`}`,
  followedBy: (runId) => `Preview baru sudah dimulai: sync #${runId}.`,
  auditPlace: (seq, hash) => `Audit ${seq} · ${hash}`,
  result: ({ add, reactivate, deactivate, unchanged }) => {
    const reactivated = reactivate > 0 ? `, ${reactivate} user diaktifkan kembali` : '';
    return (
      `Sync berhasil! ${add} user ditambahkan${reactivated}, ${deactivate} user dinonaktifkan, ` +
      `${unchanged} user tidak berubah.`
    );
  },
  confirmedFor: (requester, confirmer) => `${requester}: ${confirmer} sudah mengonfirmasinya.`,
  failedFor: (people) => `${people}: tolong dicek.`,
  button: labels,
  dialog: {
    title: (location) => `Jalankan Sync ${location}?`,
    confirm: 'Jalankan Sync',
    deny: 'Kembali',
  },
  number: (runId) => `Sync #${runId}`,
  planHash: (hash) => `Rencana ${hash}`,
  validUntil: (when) => `Bisa dikonfirmasi sampai ${when}`,
  expires: (when) => `Kedaluwarsa pada ${when}`,
};

function listed(counts: Effects, words: typeof DONE): string {
  const actions = EFFECTIVE_ACTIONS.filter((action) => counts[action] > 0);
  return actions.map((action) => `${counts[action]} ${words[action]}`).join(', ') || 'tanpa perubahan';
}

export const state: Texts['state'] = {
  waits: 'menunggu giliran',
  reading: 'sedang membaca user',
  lookingUp: 'sedang mencari apa yang bisa di-rollback',
  ready: (counts) => `menunggu konfirmasi (${counts})`,
  executing: (actor, counts) => `sedang berjalan, dikonfirmasi oleh ${actor} (${counts})`,
  applying: (rule, counts) => `sedang dijalankan oleh aturan ${rule} (${counts})`,
  applied: (rule, counts) => `dijalankan oleh aturan ${rule} (${counts})`,
  completed: (actor, counts) => `selesai, dikonfirmasi oleh ${actor} (${counts})`,
  takenBack: (by) => `di-rollback oleh sync #${by}`,
  redone: (by) => `dijalankan lagi oleh sync #${by}`,
  allSynced: 'semua sudah sync',
  someDiffer: 'tidak ada yang perlu diubah, walaupun ada user yang berbeda',
  undecided: 'tidak ada yang berubah, karena server tidak bisa membuktikan siapa yang tidak ada',
  nothingLeft: 'tidak ada lagi yang bisa di-rollback',
  failed: (what) => `gagal: ${what}`,
  cancelled: (actor) => `dibatalkan oleh ${actor}`,
  expired: 'kedaluwarsa karena tidak dikonfirmasi tepat waktu',
  superseded: 'diganti preview yang lebih baru',
  counts: (counts) => listed(counts, DONE),
  planned: (counts) => listed(counts, PLANNED),
  rollbackOf: (reverted) => `rollback sync #${reverted}`,
  open: 'Buka',
};

function butFor(omitted: number): string {
  return omitted === 0 ? '' : `, selain ${omitted} user yang dikecualikan`;
}

export const rollback: Texts['rollback'] = {
  header: {
    preview: (location) => `Preview Rollback: ${location}`,
    executing: (location) => `Rollback Sedang Berjalan: ${location}`,
    completed: (location) => `Rollback Selesai: ${location}`,
    takenBack: (location) => `Rollback Sudah Di-rollback: ${location}`,
    allSynced: (location) => `Tidak Ada yang Bisa Di-rollback: ${location}`,
    cancelled: (location) => `Rollback Dibatalkan: ${location}`,
    expired: (location) => `Preview Rollback Kedaluwarsa: ${location}`,
    superseded: (location) => `Preview Rollback Diganti: ${location}`,
    failed: (location) => `Rollback Gagal: ${location}`,
  },
  reading: (location, reverted) => `Mencari apa yang diubah sync #${reverted} di ${location}…`,
  about: (reverted, omitted) =>
    `Rollback ini mengembalikan apa yang diubah sync #${reverted}${butFor(omitted)}.`,
  tookBack: (reverted, omitted, left) =>
    `Rollback ini sudah mengembalikan apa yang diubah sync #${reverted}${butFor(omitted)}.` +
    (left === 0
      ? ''
      : ` Saat itu perubahan sync #${reverted} masih berlaku bagi ${left} user: dikecualikan, dilindungi, diubah sync yang lebih baru, ` +
        `atau emailnya diganti. Rollback sync #${reverted} berikutnya mengembalikan user yang penghalangnya sudah tidak ada.`),
  wasTo: (reverted) => `Rollback ini untuk mengembalikan apa yang diubah sync #${reverted}.`,
  executing: (location, reverted) => `Rollback sync #${reverted} di ${location} sedang berjalan…`,
  gone: (location, reverted) =>
    `Catatan tentang user yang diubah sync #${reverted} di ${location} sudah dihapus (RETENTION_DAYS), jadi sync itu tidak bisa di-rollback. Tidak ada yang berubah.`,
  nothingLeft: (location, reverted) =>
    `Tidak ada lagi perubahan sync #${reverted} di ${location} yang bisa di-rollback. Tidak ada yang berubah.`,
  result: (reverted, { reactivate, deactivate, unchanged }) =>
    `Rollback sync #${reverted} berhasil! ${reactivate} user diaktifkan kembali, ${deactivate} user ` +
    `dinonaktifkan, ${unchanged} user tidak berubah.`,
  dialogTitle: (reverted) => `Rollback Sync #${reverted}?`,
  dialogConfirm: 'Jalankan Rollback',
  skippedCount: 'User Dilewati',
  skippedList: (n) => `User Dilewati (${n})`,
  skippedUser: 'sudah berubah lagi',
  skipped: (n, reverted) =>
    `${n} user berubah lagi setelah sync #${reverted}, jadi dibiarkan apa adanya. Lihat User Dilewati di bawah.`,
  protected: (n) => `${n} user tetap aktif karena ada di PROTECTED_EMAILS. Lihat User Dilindungi di bawah.`,
};
