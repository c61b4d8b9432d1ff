import type { Texts } from '../en.ts';

/** Words of `/usersync help` and of the answer to a target or command that does not exist. */
export const help: Texts['help'] = {
  title: 'Cara Memakai usersync',
  intro:
    'usersync membandingkan pengguna sebuah server depo dengan basis data dan menunjukkan apa yang akan diubah oleh ' +
    'sinkronisasi. Tidak ada yang berubah sebelum dikonfirmasi oleh admin. Pengguna tidak pernah dihapus, hanya ' +
    'dinonaktifkan.',
  commands: 'Perintah',
  preview: (command) => `${command} menunjukkan apa yang akan diubah oleh sinkronisasi`,
  all: (command) => `${command} menunjukkannya untuk semua target sekaligus`,
  rollback: (command) =>
    `${command} menunjukkan apa yang berubah jika perubahan proses terakhir dikembalikan`,
  rollbackOf: (command) =>
    `${command} menunjukkan hal yang sama untuk proses 12 (nomornya ada pada pesannya)`,
  lookUp: 'Untuk Mencari Informasi',
  status: (all, one) => `${all} menunjukkan keadaan semua target, ${one} hanya salah satunya`,
  history: (all, one) => `${all} menampilkan proses terakhir, ${one} hanya untuk satu target`,
  users: (all, some) =>
    `${all} menampilkan pengguna sebuah target, ${some} hanya yang nonaktif dengan “vendor” dalam emailnya`,
  inactive: (all, one) =>
    `${all} menampilkan pengguna nonaktif dan sejak kapan, ${one} hanya untuk satu target`,
  export: (command) => `${command} mengirimkan rencana proses 12 kepada Anda sebagai berkas CSV`,
  help: (command) => `${command} menampilkan teks ini`,
  moreTargets: (targets) => `Target lainnya: ${targets}`,
  noTargets: 'Belum ada target. Pengelola bot harus mengisi SYNC_TARGETS.',
  unknown: (typed) => `Tidak ada target ${typed}.`,
  unclear: (typed) => `usersync tidak memahami ${typed}.`,
  suggestion: (command) => `Apakah yang Anda maksud ${command}?`,
  seeHelp: (command) => `Ketik ${command} untuk melihat semua perintah.`,
  targets: (targets, more) => `Targetnya adalah ${targets}${more > 0 ? ` dan ${more} lagi` : ''}.`,
  target: (target) => `Satu-satunya target adalah ${target}.`,
  nothingChanged: 'Tidak ada yang diubah.',
};
