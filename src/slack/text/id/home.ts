import type { Texts } from '../en.ts';

/** Words of the app's Home tab. */
export const home: Texts['home'] = {
  title: 'Sinkronisasi Pengguna Server Depo',
  channel: (channel) => `Pratinjau yang Anda mulai di sini muncul di ${channel}.`,
  noChannel:
    'Pratinjau tidak dapat dimulai di sini karena belum ada kanal untuk itu: pengelola bot harus mengisi SLACK_CHANNEL_IDS.',
  preview: 'Pratinjau',
  previewOf: (target) => `Pratinjau ${target}`,
  recent: 'Proses Terakhir',
  commands: (command) => `Ketik ${command} di sebuah kanal untuk melihat semua perintah.`,
  visitor:
    'Hanya admin usersync yang boleh memakainya, dan Anda tidak termasuk. Jika Anda seharusnya menjadi admin, mintalah pengelola ' +
    'bot menambahkan Anda ke SLACK_ADMIN_USER_IDS atau ke grup pengguna adminnya.',
};
