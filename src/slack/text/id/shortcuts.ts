import type { Texts } from '../en.ts';

/** Words of the shortcuts, and of what is typed behind a mention of the bot. */
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
    `Perintah ini membuka jendela, dan Slack hanya mengizinkannya lewat perintah. Ketik ${command} di channel.`,
};
