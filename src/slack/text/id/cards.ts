import type { RunCounts } from '../../../sync/run.ts';
import type { Texts } from '../en.ts';
import { labels } from './plan.ts';

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
    takenBack: (location) => `Sinkronisasi Dikembalikan: ${location}`,
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
  takenBack: (by) => `*Dikembalikan oleh proses ${by}.*`,
  redone: (by) => `Pernah dikembalikan, lalu dijalankan lagi oleh proses ${by}.`,
  reasonGiven: (reason) => `Alasan yang diberikan: ${reason}`,
  cancelledBy: (actor, command) =>
    `Dibatalkan oleh ${actor}. Tidak ada yang diubah. Ketik ${command} untuk pratinjau baru.`,
  expired: (command) =>
    `Kedaluwarsa: tidak dikonfirmasi tepat waktu. Tidak ada yang diubah. Ketik ${command} untuk pratinjau baru.`,
  superseded: (location) =>
    `Digantikan oleh pratinjau ${location} yang lebih baru. Pratinjau ini tidak mengubah apa pun. Gunakan yang lebih baru.`,
  followedBy: (runId) => `Pratinjau baru sudah dimulai sebagai proses ${runId}.`,
  auditPlace: (seq, hash) => `Audit ${seq} · ${hash}`,
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

/** How a run stands, in a few words that follow a colon or a comma; `counts` stands in brackets. */
export const state: Texts['state'] = {
  waits: 'menunggu giliran',
  reading: 'sedang membaca pengguna',
  lookingUp: 'sedang mencari perubahan yang dapat dikembalikan',
  ready: (counts) => `menunggu konfirmasi (${counts})`,
  executing: (actor, counts) => `sedang dijalankan, dikonfirmasi oleh ${actor} (${counts})`,
  completed: (actor, counts) => `selesai, dikonfirmasi oleh ${actor} (${counts})`,
  takenBack: (by) => `dikembalikan oleh proses ${by}`,
  redone: (by) => `dijalankan lagi oleh proses ${by}`,
  allSynced: 'semua sudah sinkron',
  undecided: 'tidak ada yang diubah, karena server tidak dapat membuktikan siapa yang tidak ada',
  nothingLeft: 'tidak ada lagi yang dapat dikembalikan',
  failed: (what) => `gagal: ${what}`,
  cancelled: (actor) => `dibatalkan oleh ${actor}`,
  expired: 'kedaluwarsa karena tidak dikonfirmasi tepat waktu',
  superseded: 'digantikan oleh pratinjau yang lebih baru',
  counts: ({ add, reactivate, deactivate }) =>
    [
      ...(add > 0 ? [`${add} baru`] : []),
      ...(reactivate > 0 ? [`${reactivate} diaktifkan kembali`] : []),
      ...(deactivate > 0 ? [`${deactivate} dinonaktifkan`] : []),
    ].join(', ') || 'tanpa perubahan',
  planned: ({ add, reactivate, deactivate }) =>
    [
      ...(add > 0 ? [`${add} baru`] : []),
      ...(reactivate > 0 ? [`${reactivate} akan diaktifkan kembali`] : []),
      ...(deactivate > 0 ? [`${deactivate} akan dinonaktifkan`] : []),
    ].join(', ') || 'tanpa perubahan',
  rollbackOf: (reverted) => `rollback proses ${reverted}`,
  open: 'Buka',
};

/** What a run that takes another run's changes back says in place of a sync's words. */
export const rollback: Texts['rollback'] = {
  header: {
    preview: (location) => `Pratinjau Rollback: ${location}`,
    executing: (location) => `Rollback Berjalan: ${location}`,
    completed: (location) => `Rollback Selesai: ${location}`,
    takenBack: (location) => `Rollback Dikembalikan: ${location}`,
    allSynced: (location) => `Tidak Ada yang Dikembalikan: ${location}`,
    cancelled: (location) => `Rollback Dibatalkan: ${location}`,
    expired: (location) => `Pratinjau Kedaluwarsa: ${location}`,
    superseded: (location) => `Pratinjau Digantikan: ${location}`,
    failed: (location) => `Rollback Gagal: ${location}`,
  },
  reading: (location, reverted) => `Mencari perubahan proses ${reverted} di ${location}…`,
  about: (reverted) => `Ini mengembalikan perubahan yang dibuat oleh proses ${reverted}.`,
  tookBack: (reverted) => `Perubahan yang dibuat oleh proses ${reverted} sudah dikembalikan.`,
  executing: (location, reverted) => `Mengembalikan perubahan proses ${reverted} di ${location}…`,
  nothingLeft: (location, reverted) =>
    `Tidak ada lagi perubahan proses ${reverted} di ${location} yang dapat dikembalikan. Tidak ada yang diubah.`,
  result: (reverted, { reactivate, deactivate, unchanged }) =>
    `Rollback proses ${reverted} berhasil! ${reactivate} pengguna diaktifkan kembali, ${deactivate} pengguna ` +
    `dinonaktifkan, ${unchanged} pengguna tidak berubah.`,
  dialogTitle: (reverted) => `Rollback Proses ${reverted}?`,
  dialogConfirm: 'Jalankan Rollback',
  skippedCount: 'Pengguna Dilewati',
  skippedList: (n) => `Pengguna Dilewati (${n})`,
  skippedUser: 'sudah berubah lagi',
  skipped: (n, reverted) =>
    `${n} pengguna berubah lagi setelah proses ${reverted}, sehingga dibiarkan apa adanya. ` +
    'Lihat Pengguna Dilewati di bawah.',
  protected: (n) =>
    `${n} pengguna tetap aktif karena tercantum dalam PROTECTED_EMAILS. Lihat Pengguna Dilindungi di bawah.`,
};

/** Words of the message that sums up a `/usersync all`. */
export const batch: Texts['batch'] = {
  title: 'Sinkronisasi Semua Target',
  refusedAlike: (n) => `…dan begitu juga ${n} target lainnya.`,
  none: 'Tidak ada pratinjau: alasannya sudah diberitahukan kepada yang meminta.',
  more: (n) => `…dan ${n} lagi. Masing-masing mendapat pesan sendiri di kanal ini setelah dibaca.`,
  waits: (n, total) => `${n} dari ${total} menunggu giliran.`,
  reading: (n, total) => `${n} dari ${total} sedang dibaca.`,
  ready: (n, total) => `${n} dari ${total} menunggu konfirmasi, masing-masing pada pesannya sendiri.`,
  executing: (n, total) => `${n} dari ${total} sedang dijalankan.`,
  failed: (n, total) =>
    `${n} dari ${total} gagal dan tidak mengubah apa pun. Pesannya menjelaskan apa yang perlu dilakukan.`,
  done: 'Tidak ada lagi yang perlu dilakukan.',
};

/** How long something took. */
export const time: Texts['time'] = {
  underASecond: 'kurang dari 1 detik',
  seconds: (seconds) => `${seconds} detik`,
  minutes: (minutes, seconds) => `${minutes} menit ${seconds} detik`,
  hours: (hours, minutes) => `${hours} jam ${minutes} menit`,
};
