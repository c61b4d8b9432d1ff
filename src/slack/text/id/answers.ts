import type { Texts } from '../en.ts';

export const help: Texts['help'] = {
  title: 'Cara Memakai usersync',
  intro:
    'usersync membandingkan user di server depo dengan database dan menunjukkan apa yang akan berubah. Tidak ada yang ' +
    'berubah sebelum admin mengonfirmasi. User tidak pernah dihapus, hanya dinonaktifkan.',
  commands: 'Perintah',
  preview: (command) => `${command} menunjukkan apa yang akan berubah jika di-sync`,
  all: (command) => `${command} menunjukkannya untuk semua target sekaligus`,
  rollback: (command) => `${command} menunjukkan apa yang akan berubah jika sync terakhir di-rollback`,
  rollbackOf: (run, target) =>
    `${run} menunjukkan hal yang sama untuk sync #12 (nomornya ada di pesannya), ${target} untuk sync terakhir target itu`,
  lookUp: 'Untuk Mencari Informasi',
  status: (all, one) => `${all} menunjukkan status semua target, ${one} hanya satu target`,
  history: (all, one) => `${all} menampilkan sync terakhir, ${one} hanya untuk satu target`,
  users: (all, some) =>
    `${all} menampilkan user sebuah target, ${some} hanya yang nonaktif dan emailnya mengandung “vendor”`,
  inactive: (all, one) =>
    `${all} menampilkan user nonaktif dan kapan barisnya terakhir diubah, ${one} hanya untuk satu target`,
  find: (command) =>
    `${command} menampilkan user yang emailnya mengandung teks itu di semua target, dan sync yang terakhir mengubahnya`,
  export: (command) => `${command} mengirim rencana sync #12 kepada Anda sebagai file CSV`,
  pause: (all, one) =>
    `${all} menghentikan semua sync yang dijalankan aturan, ${one} hanya untuk satu target`,
  resume: (all, one) => `${all} melanjutkan semuanya, ${one} hanya untuk satu target`,
  config: (command) => `${command} menampilkan target, servernya, dan pengaturannya`,
  help: (command) => `${command} menampilkan teks ini`,
  moreTargets: (targets) => `Target lain: ${targets}`,
  noTargets: 'Belum ada target. Pengelola bot harus mengisi SYNC_TARGETS.',
  unknown: (typed) => `Tidak ada target ${typed}.`,
  unknownCommand: (typed) => `Tidak ada perintah ${typed}.`,
  unclear: (typed) => `${typed} bukan cara menulis perintah ini.`,
  needsTarget: (typed) => `${typed} perlu nama target.`,
  needsEmail: (typed) => `${typed} perlu email atau sebagian darinya.`,
  needsRun: (typed) => `${typed} perlu nomor sync.`,
  suggestion: (command) => `Maksud Anda ${command}?`,
  example: (command) => `Contohnya: ${command}.`,
  buttons: (status) =>
    `Itu dilakukan dengan tombol di pesan sync. Ketik ${status} untuk melihat sync yang menunggu.`,
  seeHelp: (command) => `Ketik ${command} untuk melihat semua perintah.`,
  targets: (targets) => `Targetnya: ${targets}.`,
  target: (target) => `Satu-satunya target: ${target}.`,
  nothingChanged: 'Tidak ada yang berubah.',
};

export const history: Texts['history'] = {
  title: 'Sync Terakhir',
  titleOf: (target) => `Sync Terakhir: ${target}`,
  none: (help) => `Tidak ada sync untuk ditampilkan. Ketik ${help} untuk melihat cara memulainya.`,
  scheduled: (when) => `Terjadwal pada ${when}`,
  requested: (actor, when) => `Diminta oleh ${actor} pada ${when}`,
  adjusted: (actor, when) => `Disesuaikan oleh ${actor} pada ${when}`,
  confirmed: (actor) => `dikonfirmasi oleh ${actor}`,
  applied: (rule) => `dijalankan oleh aturan ${rule}`,
  plan: (counts) => `rencana: ${counts}`,
  took: (duration) => `durasi ${duration}`,
  details: 'Detail',
  detailsOf: (runId) => `Detail sync #${runId}`,
  older: 'Sync Sebelumnya',
};

export const home: Texts['home'] = {
  title: 'Sync User dari Server Depo',
  channel: (channel) => `Preview yang Anda mulai di sini muncul di ${channel}.`,
  noChannel:
    'Preview belum bisa dimulai di sini karena channel-nya belum ditentukan. Pengelola bot harus mengisi SLACK_CHANNEL_IDS ' +
    'atau SYNC_SCHEDULE_CHANNEL_ID.',
  preview: 'Mulai Preview',
  previewOf: (target) => `Preview ${target}`,
  recent: 'Sync Terakhir',
  commands: (command) => `Ketik ${command} di sebuah channel untuk melihat semua perintah.`,
  visitor:
    'Hanya admin usersync yang boleh memakainya, dan Anda bukan admin. Jika seharusnya Anda admin, minta pengelola bot ' +
    'menambahkan Anda ke SLACK_ADMIN_USER_IDS atau ke grup user adminnya.',
};

/** `run` is `sync #12`, or a link to it. */
export const status: Texts['status'] = {
  title: 'Status Target',
  users: (active, inactive, leftAlone) =>
    `${active} user aktif, ${inactive} nonaktif${leftAlone === 0 ? '' : `, ${leftAlone} dibiarkan`}`,
  manyUsers: (n) => `Lebih dari ${n} user`,
  lastSync: (when, what, run) => `Sync terakhir: ${run}, ${when}, ${what}`,
  rolledBack: (when, what, run) => `Setelah itu ada rollback: ${run}, ${when}, ${what}`,
  never: 'Belum pernah di-sync',
  working: (what, run) => `Sedang berlangsung: ${run}, ${what}`,
  pending: (counts, until, run) => `Menunggu konfirmasi sampai ${until}: ${run}, ${counts}`,
  lastFailed: (when, what, run) => `Error terakhir: ${run}, ${when}: ${what}`,
  changedSince: (n) => `Sejak itu, ${n} user berubah bukan oleh usersync`,
  locationMissing:
    'Tabel locations tidak punya tepat satu baris untuk target ini. Pengelola bot harus memastikan ada tepat satu baris, atau memperbaiki SYNC_TARGETS.',
  protected: 'Tidak pernah dinonaktifkan (PROTECTED_EMAILS):',
  protects: (pattern, users, moreThan) => {
    if (users > 0) return `${pattern} melindungi ${users} user${moreThan === undefined ? '' : ' atau lebih'}`;
    return moreThan === undefined
      ? `${pattern} tidak melindungi siapa pun: apakah ejaannya benar?`
      : `${pattern} tidak melindungi seorang pun dari ${moreThan} user yang dihitung`;
  },
  otherSettings: (processes, names) =>
    `${processes} proses usersync lain punya pengaturan yang berbeda: ${names}. Yang terjadi bisa bergantung pada proses mana yang menjawab. ` +
    'Jika ini berlangsung lebih lama dari satu deployment, beri tahu pengelola bot.',
  otherServer: (processes) =>
    `${processes} proses usersync lain memakai server database yang berbeda, yang isinya bisa berbeda. ` +
    'Jika ini berlangsung lebih lama dari satu fail-over, beri tahu pengelola bot.',
  run: (runId) => `sync #${runId}`,
  more: (n, command) => `…dan ${n} target lagi. Ketik ${command} untuk melihat satu target saja.`,
};

export const trouble: Texts['trouble'] = {
  loading: 'Memuat…',
  close: 'Tutup',
  channelUnreachable: {
    no_member: (invitation) =>
      'usersync tidak bisa menulis di channel ini karena bukan anggotanya. Tidak ada yang berubah. Ketik ' +
      `${invitation} di sini, lalu ketik perintah Anda sekali lagi.`,
    between_people:
      'usersync tidak bisa menulis di percakapan antara orang. Tidak ada yang berubah. Ketik perintah Anda di channel.',
    archived:
      'usersync tidak bisa menulis di channel ini karena channel ini sudah diarsipkan. Tidak ada yang berubah. Ketik ' +
      'perintah Anda di channel lain.',
    members_only:
      'usersync tidak bisa menulis di channel ini karena hanya orang tertentu yang boleh menulis di sini. Tidak ada yang ' +
      'berubah. Minta admin workspace mengizinkan usersync menulis di sini, atau ketik perintah Anda di channel lain.',
    other: (why) =>
      `usersync tidak bisa menulis di channel ini: ${why}. Tidak ada yang berubah. Minta admin workspace mengizinkan usersync ` +
      'menulis di sini, atau ketik perintah Anda di channel lain.',
  },
  databaseLost:
    'Database tidak bisa dihubungi. Permintaan ini tidak mengubah apa pun. Coba lagi setelah satu menit. Jika terulang, ' +
    'beri tahu pengelola bot.',
  databaseBusy:
    'Semua koneksi usersync ke database sedang terpakai. Permintaan ini tidak mengubah apa pun. Coba lagi setelah satu menit. ' +
    'Jika terulang, beri tahu pengelola bot.',
  databaseLostCommitting:
    'Koneksi database putus tepat saat permintaan Anda ditulis, jadi permintaan itu mungkin masuk, mungkin tidak. Tunggu ' +
    'sampai pesan sync berubah, atau dua menit, sebelum mencoba lagi.',
  databaseLostDuringRun: (runId) =>
    `Database tidak bisa dihubungi, jadi sync #${runId} tertunda. Sync ini lanjut sendiri setelah database kembali: jangan ` +
    'mulai sync lain. Jika terlalu lama, beri tahu pengelola bot.',
  databaseWhy: {
    read_only: 'Database tidak menerima perubahan: servernya hanya bisa dibaca.',
    too_many_connections: 'Server database tidak punya koneksi lagi untuk usersync.',
    disk_full: 'Disk server database penuh.',
    privilege: 'Server database tidak mengizinkan usersync masuk.',
    busy: 'Semua koneksi usersync ke database sedang terpakai.',
  },
  databaseUnusable: (why) =>
    `${why} Permintaan ini tidak mengubah apa pun. Beri tahu admin database, lalu coba lagi setelah beres.`,
  databaseUnusableDuringRun: (runId, why) =>
    `${why} Sync #${runId} tertunda dan lanjut sendiri setelah itu beres: jangan mulai sync lain. Beri tahu admin database.`,
  databaseRefused: (words) =>
    `Database menolak permintaan Anda: ${words}. Permintaan itu tidak mengubah apa pun. Minta pengelola bot melihat log.`,
  restarting: (runId) =>
    `usersync sedang restart. Permintaan Anda disimpan: sync #${runId} lanjut sendiri begitu ada bot yang bebas. Jangan ` +
    'mulai sync lain.',
  interruptedAll: (why = 'Database tidak bisa dihubungi.') =>
    `${why} Permintaan Anda disimpan: sync yang belum ` +
    'dibuka akan dibuka sendiri satu atau dua menit setelah database pulih. Jangan mulai sync lain.',
  restartingAll:
    'usersync sedang restart. Permintaan Anda disimpan: semua sync-nya lanjut sendiri begitu ada bot yang bebas. Jangan mulai sync lain.',
  tooLate:
    'Slack hanya membuka jendela dalam 3 detik, dan kali ini usersync atau jaringannya lebih lambat. Tidak ada yang dilakukan. ' +
    'Coba lagi. Jika terulang, beri tahu pengelola bot.',
  windowClosed:
    'Jendelanya ditutup sebelum isinya muncul. Tekan tombolnya atau ketik perintahnya lagi untuk membukanya.',
  slackRefused: (reason) =>
    `Terjadi error yang tidak terduga. Slack menolak apa yang mau ditampilkan usersync kepada Anda (${reason}). Cek pesan ` +
    'sync sebelum mencoba lagi. Jika terulang, beri tahu pengelola bot.',
  slackUnanswered: (why) =>
    `Slack tidak bisa dipakai untuk permintaan Anda: ${why}. Tunggu sebentar, cek apakah permintaan itu tetap jalan, lalu coba ` +
    'lagi. Jika terulang, beri tahu pengelola bot.',
  unknownButton: (status) =>
    `Tombol ini milik versi usersync yang lain, jadi tidak ada yang dilakukan. Ketik ${status} untuk melihat status sekarang.`,
  unexpected: (runId) =>
    'Terjadi error yang tidak terduga. Minta pengelola bot mengecek log' +
    `${runId === undefined ? '' : ` sync #${runId}, dan cek pesannya sebelum mencoba lagi`}.`,
};
