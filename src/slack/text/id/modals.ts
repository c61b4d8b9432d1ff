import type { GuardFacts } from '../../../sync/rules/rules.ts';
import type { Texts } from '../en.ts';
import { labels } from './plan.ts';

function share(location: string, { deactivate, active }: GuardFacts): string {
  if (deactivate < active) return `${deactivate} dari ${active} user aktif di ${location}`;
  const all = active === 1 ? 'satu-satunya user' : `semua ${active} user`;
  return `${all} aktif di ${location}`;
}

export const guard: Texts['guard'] = {
  facts: (location, facts) =>
    `*Rencana ini menonaktifkan ${share(location, facts)}.*` +
    (facts.recentlyDeactivated === 0
      ? ''
      : ` Dalam 24 jam terakhir, ${facts.recentlyDeactivated} user lain sudah dinonaktifkan di sana.`),
  limits: ({ count, percent, inclusive }) => {
    if (count === 0 && percent === 0) return 'Setiap penonaktifan perlu alasan.';
    return inclusive
      ? `Tanpa alasan, dalam 24 jam Anda hanya bisa menonaktifkan kurang dari ${count} user atau kurang dari ${percent}% dari ` +
          'user aktif, mana yang lebih besar, karena server tidak menyebut jumlah user yang memastikan daftarnya.'
      : `Tanpa alasan, dalam 24 jam Anda bisa menonaktifkan paling banyak ${count} user atau ${percent}% dari user aktif, mana ` +
          'yang lebih besar.';
  },
  everyone: 'Tidak akan ada user aktif lagi. Itu selalu perlu alasan.',
  next: `Pastikan ini memang benar. Untuk lanjut, tekan ${labels.confirmGuarded}; jika tidak, tekan ${labels.cancel}.`,
  modalTitle: 'Konfirmasi dengan Alasan',
  submit: 'Jalankan Sync',
  close: 'Kembali',
  targetLabel: 'Nama Target',
  targetHint: (target) => `Ketik ${target} untuk memastikan bahwa target ini yang Anda maksud.`,
  reasonLabel: 'Alasan',
  otherHint: 'Kenapa sync ini perlu?',
  reasonHint: 'Kenapa user-user ini perlu dinonaktifkan? Jawaban Anda disimpan bersama sync ini.',
  targetMismatch: (expected) => `Ini bukan nama targetnya. Ketik ${expected}.`,
  reasonMissing: (shortest) => `Tulis alasan minimal ${shortest} karakter.`,
  withdrawal: {
    title: 'Tarik Persetujuan Anda',
    explain:
      'Anda sudah menyetujui rencana ini. Jika ditarik, persetujuan Anda tidak dihitung lagi. Tidak ada user yang berubah.',
    submit: 'Tarik',
  },
};

export const adjust: Texts['adjust'] = {
  by: (actor) => `Disesuaikan oleh ${actor}`,
  modalTitle: 'Sesuaikan Rencana',
  submit: 'Kecualikan',
  close: 'Kembali',
  explain: (reverted) =>
    'User yang dikecualikan tetap seperti sekarang, dan muncul lagi di ' +
    `${reverted === undefined ? 'preview berikutnya' : `rollback sync #${reverted} berikutnya`}. Belum ada yang ` +
    'dijalankan: rencana yang lebih pendek menggantikan rencana ini dan menunggu konfirmasi.',
  picksLabel: 'User yang Dikecualikan',
  picksPlaceholder: 'Cari menurut email',
  emailsLabel: 'Email yang Dikecualikan',
  emailsHint: (longest) =>
    `Satu email per baris, atau pisahkan dengan koma, titik koma, atau spasi; email yang memuatnya dalam "tanda kutip". Maksimal ${longest} karakter. Jika lebih, ` +
    `tekan ${labels.adjust} sekali lagi setelah ini.`,
  actionsLabel: 'Perubahan yang Dikecualikan',
  action: {
    add: (n) => `Kali ini tanpa menambahkan (${n})`,
    reactivate: (n) => `Kali ini tanpa mengaktifkan kembali (${n})`,
    deactivate: (n) => `Kali ini tanpa menonaktifkan (${n})`,
  },
  nothingGiven: 'Isi minimal satu email di sini, pilih user di atas, atau centang kotak di bawah.',
  tooLong: (email, longest) =>
    `Tidak ada email yang lebih dari ${longest} karakter. Pisahkan yang ini dengan baris baru atau koma: ${email}`,
  tooMany: (n, most) => `Ini ${n} email. Maksimal ${most} sekaligus.`,
  notInPlan: (emails) => `Rencana ini tidak mengubah ${emails}. Hapus dari sini, atau perbaiki ejaannya.`,
  nothingLeft: `Tanpa semua itu, rencana ini tidak mengubah apa pun. Kecualikan lebih sedikit, atau kembali dan tekan ${labels.cancel}.`,
  typed: (emails) => `Yang Anda isi: ${emails}`,
};

export const details: Texts['details'] = {
  plan: (hash) => `Rencana: ${hash}`,
  confirmed: (actor, when) => `Dikonfirmasi oleh ${actor} pada ${when}`,
  applied: (rule, when) => `Dijalankan oleh aturan ${rule} pada ${when}`,
  reading: (duration) => `Membaca dan membuat rencana: ${duration}`,
  executing: (duration) => `Menjalankan: ${duration}`,
  export: (command) => `Ketik ${command} untuk mendapatkan perubahannya sebagai file CSV.`,
  steps: 'Langkah demi Langkah',
  noSteps: 'Tidak ada langkah sync ini di audit log.',
  more: (n) => `…dan ${n} lagi. Semuanya ada di audit log di database.`,
  step: {
    requested: (actor) => `diminta oleh ${actor}`,
    previewed: 'rencana ditampilkan',
    noChanges: 'tidak ada perubahan',
    guardTripped: 'rencana ditampilkan; pengaman meminta alasan',
    refused: (actor, why) => `permintaan ${actor} ditolak: ${why}`,
    approved: (actor) => `disetujui oleh ${actor}`,
    withdrawn: (actor) => `persetujuan ditarik oleh ${actor}`,
    adjusted: (actor) => `disesuaikan oleh ${actor}`,
    cancelled: (actor) => `dibatalkan oleh ${actor}`,
    completed: 'dijalankan dalam satu transaksi',
    failed: (why) => `gagal: ${why}`,
    expired: 'kedaluwarsa',
    superseded: 'diganti preview yang lebih baru',
    held: (why) => `tidak dijalankan oleh aturannya: ${why}`,
    brokeGlass: (actor) => `${actor} bertindak sendiri`,
    paused: 'aturan untuk targetnya dijeda',
    takenOver: 'diambil alih dari bot lain yang sudah berhenti',
  },
  quoted: (words, reason) => `${words} (${reason})`,
  omitted: { add: 'penambahan', reactivate: 'pengaktifan kembali', deactivate: 'penonaktifan' },
  leftOut: (runId, what) => `dari sync #${runId}, tanpa ${what}`,
};

export const shortcut: Texts['shortcut'] = {
  title: 'Preview Sync User',
  targetLabel: 'Target sync',
  channelLabel: 'Channel tujuan',
  channelHint: 'Preview dan hasilnya muncul di sana. usersync harus menjadi anggota channel itu.',
  here: (channel) => `Preview dan hasilnya muncul di ${channel}.`,
  submit: 'Tampilkan Preview',
  close: 'Tutup',
  inChannel: 'Preview muncul di channel, di bawah, bukan di thread ini.',
  needsCommand: (command) =>
    `Jawabannya muncul di jendela, dan Slack hanya mengizinkannya untuk slash command. Ketik ${command} di channel.`,
};

export const alone: Texts['alone'] = {
  modalTitle: 'Konfirmasi Sendiri',
  submit: 'Jalankan Sendiri',
  dialogTitle: 'Konfirmasi Sendiri?',
  dialogText:
    'Ini hanya untuk keadaan darurat. Semua admin diberi tahu bahwa Anda bertindak sendiri, dan alasan Anda disimpan di audit log.',
  dialogConfirm: 'Tulis Alasan…',
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

export const refusedSteps: Texts['refusedSteps'] = {
  not_admin: 'bukan admin usersync',
  wrong_channel: 'usersync tidak bekerja di channel itu',
  shared_channel: 'orang dari perusahaan lain membaca channel itu',
  channel_unverifiable: 'Slack tidak memberi tahu siapa yang membaca channel itu',
  location_missing: 'tabel locations tidak punya tepat satu baris untuk target itu',
  being_read: 'daftarnya sedang dibaca',
  run_not_found: 'sync itu tidak ada',
  wrong_message: 'tombolnya ada di pesan lain',
  not_ready: 'sync itu tidak sedang menunggu konfirmasi',
  expired: 'preview-nya sudah kedaluwarsa',
  location_busy: 'sync lain sedang mengubah user di sana',
  frozen: 'sync sedang dibekukan',
  paused: 'aturan sedang dijeda',
  person_decides: 'seseorang harus memutuskan dulu',
  paused_already: 'aturan sudah dijeda',
  not_paused: 'tidak ada aturan yang dijeda',
  break_glass_off: 'tidak ada yang boleh mengonfirmasi sendiri',
  alone_unseen: 'tidak ada orang lain yang membaca percakapan itu',
  people_unverifiable: 'Slack tidak menjawab siapa yang masih admin',
  second_person_needed: 'admin lain yang harus mengonfirmasi',
  guard_tripped: 'perlu alasan',
  guard_tripped_since: 'setelah preview, ternyata perlu alasan',
  plan_altered: 'rencana yang tersimpan bukan yang ditampilkan',
  target_mismatch: 'nama targetnya salah ketik',
  reason_missing: 'alasannya kosong atau terlalu pendek',
  already_followed: 'preview baru sudah dimulai',
  not_failed: 'sync itu tidak gagal',
  not_completed: 'sync itu tidak mengubah apa pun',
  not_in_plan: 'rencana itu tidak mengubah user tersebut',
  deactivates: 'sync itu menonaktifkan user, jadi harus dikonfirmasi di pesannya, satu per satu',
  nothing_left: 'rencananya akan menjadi kosong',
  taken_back: 'sync itu sudah di-rollback',
  nothing_completed: 'tidak ada sync yang bisa di-rollback',
  several_syncs: 'beberapa target baru saja di-sync',
};
