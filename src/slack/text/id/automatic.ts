import type { Texts } from '../en.ts';
import { labels } from './plan.ts';

/** Words about plans that a rule applies (`SYNC_AUTO`), and the switch of rules. */
export const automatic: Texts['automatic'] = {
  decides: (rule) =>
    `Dalam beberapa detik, aturan ${rule} memutuskan apakah rencana ini dijalankan otomatis. Tekan ${labels.cancel} untuk mencegahnya.`,
  held: (rule, why) => `Aturan ${rule} tidak menjalankan rencana ini: ${why} Admin yang memutuskan.`,
  why: {
    paused: 'aturan sedang dijeda di sini.',
    rule_changed: 'aturannya diubah atau dihapus setelah rencana dibuat.',
    frozen: 'sync sedang dibekukan.',
    people_needed: 'target ini perlu beberapa orang.',
    guard_tripped: 'terlalu banyak user akan dinonaktifkan, jadi perlu alasan.',
    unproven: 'daftar dari server belum cukup sebagai bukti.',
    skipped: 'ada baris dari daftar server yang tidak bisa dipakai.',
    protected: 'ada user yang tidak ada di server tetapi dilindungi.',
    other_changes: 'ada jenis perubahan yang tidak disebut aturan.',
    too_many: 'perubahannya lebih banyak dari yang diizinkan aturan.',
    person_waited: 'rencana ini menggantikan preview yang diminta seseorang.',
    location_busy: 'sync lain sedang mengubah user di sana.',
    refused: 'konfirmasinya ditolak. Alasannya ada di audit log.',
  },
  applying: (rule) => `Dijalankan oleh aturan ${rule}. Tidak ada yang mengonfirmasi.`,
  applied: (rule, when) => `Dijalankan oleh aturan ${rule} pada ${when}. Tidak ada yang mengonfirmasi.`,
  pausedItself: (target, command) =>
    `Run ini dijalankan oleh aturan, jadi aturan untuk ${target} dijeda. Ketik ${command} setelah Anda tahu sebabnya.`,
  paused: (actor, target) =>
    `${actor} menjeda aturan ${target ?? 'semua target'}. Preview terjadwal menunggu konfirmasi admin.`,
  resumed: (actor, target) =>
    `${actor} melanjutkan aturan ${target ?? 'semua target'}. Aturan berlaku mulai preview terjadwal berikutnya.`,
  pausedAlready: (target) => `Aturan ${target ?? 'semua target'} sudah dijeda. Tidak ada yang berubah.`,
  notPaused: (target) =>
    target === undefined
      ? 'Tidak ada aturan yang dijeda. Tidak ada yang berubah.'
      : `Tidak ada jeda khusus untuk ${target}. Tidak ada yang berubah. Jika semua target dijeda, lanjutkan semuanya.`,
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

/** Words for an admin who acts alone where more people are needed, or in a freeze. */
export const alone: Texts['alone'] = {
  modalTitle: 'Konfirmasi Sendiri',
  submit: 'Jalankan Sendiri',
  dialogTitle: 'Konfirmasi sendiri?',
  dialogText:
    'Ini hanya untuk keadaan darurat. Semua admin diberi tahu bahwa Anda bertindak sendiri, dan alasan Anda disimpan di audit log.',
  dialogConfirm: 'Lanjutkan',
  explain: {
    people:
      'Target ini perlu konfirmasi lebih banyak orang. Jika lanjut, Anda bertindak sendiri, dan semua admin diberi tahu.',
    frozen: 'Sync sedang dibekukan. Jika lanjut, Anda bertindak sendiri, dan semua admin diberi tahu.',
    frozen_and_people:
      'Sync sedang dibekukan, dan target ini perlu konfirmasi lebih banyak orang. Jika lanjut, Anda bertindak sendiri, dan semua ' +
      'admin diberi tahu.',
  },
  reasonHint: 'Kenapa tidak bisa menunggu? Jawaban Anda disimpan, dan semua admin membacanya.',
  confirmed: (actor) => `*Dikonfirmasi sendiri* oleh ${actor}.`,
  completed: (actor, when) => `*Dikonfirmasi sendiri* oleh ${actor}, selesai pada ${when}.`,
};

/** How long users have been absent, where several days are needed (`SYNC_ABSENCE_DAYS`). */
export const absence: Texts['absence'] = {
  evidence: (days, proposed, waiting) =>
    `${proposed + waiting} user tidak ada di server. Sudah ${days} hari atau lebih, diusulkan untuk dinonaktifkan: ` +
    `${proposed}. Belum selama itu, belum diusulkan: ${waiting}.`,
};
