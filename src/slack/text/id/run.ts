import type { RunCounts } from '../../../sync/run.ts';
import type { Texts } from '../en.ts';
import { labels } from './labels.ts';

type Effects = Pick<RunCounts, 'add' | 'reactivate' | 'deactivate'>;

/** One sentence that says action and scope; the place stands in its first part. `tense` is `akan `, or nothing. */
function effects(location: string, counts: Effects, tense: string): string {
  const parts = [
    { n: counts.add, done: 'ditambahkan', place: `ke ${location}` },
    { n: counts.reactivate, done: 'diaktifkan kembali', place: `di ${location}` },
    { n: counts.deactivate, done: 'dinonaktifkan', place: `di ${location}` },
  ]
    .filter(({ n }) => n > 0)
    .map(({ n, done, place }, index) => {
      const words = `${n} pengguna ${tense}${done}`;
      return index === 0 ? `${words} ${place}` : words;
    });
  if (parts.length === 0) return `Tidak ada pengguna ${location} yang ${tense}diubah.`;
  if (counts.deactivate === 0) parts.push(`tidak ada yang ${tense}dinonaktifkan`);
  return `${parts.join('; ')}.`;
}

/** Words of a run's message, its confirm dialog and its result. */
export const run: Texts['run'] = {
  header: {
    preview: (location) => `Pratinjau Sinkronisasi: ${location}`,
    executing: (location) => `Sinkronisasi Berjalan: ${location}`,
    completed: (location) => `Sinkronisasi Selesai: ${location}`,
    allSynced: (location) => `Sudah Sinkron: ${location}`,
    cancelled: (location) => `Sinkronisasi Dibatalkan: ${location}`,
    expired: (location) => `Pratinjau Kedaluwarsa: ${location}`,
    superseded: (location) => `Pratinjau Digantikan: ${location}`,
    failed: (location) => `Sinkronisasi Gagal: ${location}`,
  },
  reading: (location) => `Membaca pengguna dari ${location}…`,
  readingSome: (location, users, total) =>
    total === undefined
      ? `Membaca pengguna dari ${location}… sejauh ini ${users} pengguna.`
      : `Membaca pengguna dari ${location}… ${users} dari ${total} pengguna.`,
  waiting: (location, ahead) =>
    `${location} menunggu giliran: ${ahead} proses lain lebih dahulu. Prosesnya berlanjut dengan sendirinya.`,
  planned: (location, counts) => effects(location, counts, 'akan '),
  done: (location, counts) => effects(location, counts, ''),
  executing: (location) => `Menyinkronkan ${location}…`,
  confirmedBy: (actor) => `Dikonfirmasi oleh ${actor}.`,
  allSynced: (location) =>
    `Semua sudah sinkron! ${location} sudah sama dengan servernya. Tidak ada yang diubah.`,
  undecidedHeader: (location) => `Tidak Ada yang Diubah: ${location}`,
  undecided: (location) =>
    `Semua yang ada dalam daftar ${location} aktif di sini. Tidak ada yang diubah, meskipun sebagian user tidak ada ` +
    'dalam daftar itu.',
  requestedBy: (actor) => `Diminta oleh ${actor}`,
  completedBy: (actor, when) => `Dikonfirmasi oleh ${actor}, selesai pada ${when}.`,
  reasonGiven: (reason) => `Alasan yang diberikan: ${reason}`,
  cancelledBy: (actor, command) =>
    `Dibatalkan oleh ${actor}. Tidak ada yang diubah. Ketik ${command} untuk pratinjau baru.`,
  expired: (command) =>
    `Kedaluwarsa: tidak dikonfirmasi tepat waktu. Tidak ada yang diubah. Ketik ${command} untuk pratinjau baru.`,
  superseded: (location) =>
    `Digantikan oleh pratinjau ${location} yang lebih baru. Pratinjau ini tidak mengubah apa pun. Gunakan yang lebih baru.`,
  followedBy: (runId) => `Pratinjau baru sudah dimulai sebagai proses ${runId}.`,
  result: ({ add, reactivate, deactivate, unchanged }) => {
    const reactivated = reactivate > 0 ? `, ${reactivate} pengguna diaktifkan kembali` : '';
    return (
      `Sinkronisasi berhasil! ${add} pengguna ditambahkan${reactivated}, ${deactivate} pengguna dinonaktifkan, ` +
      `${unchanged} pengguna tidak berubah.`
    );
  },
  confirmedFor: (requester, confirmer) => `${requester}: ${confirmer} mengonfirmasi sync yang Anda minta.`,
  failedFor: (people) => `${people}: mohon dilihat.`,
  button: labels,
  dialog: {
    title: (location) => `Sinkronkan ${location}?`,
    confirm: 'Jalankan Sinkronisasi',
    deny: 'Kembali',
  },
  number: (runId) => `Proses ${runId}`,
  planHash: (hash) => `Rencana ${hash}`,
  validUntil: (when) => `Dapat dikonfirmasi sampai ${when}`,
};
