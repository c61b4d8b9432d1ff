import type { Texts } from '../en.ts';
import { labels } from './plan.ts';

const MEMBERS_ONLY = 'hanya orang tertentu yang boleh menulis di sana';
const NO_SHARED_FILES = 'workspace tidak mengizinkan file di tempat yang dibaca orang dari perusahaan lain';
const NOT_GRANTED = 'workspace tidak mengizinkan usersync melakukannya';

export const rejection: Texts['rejection'] = {
  slack: {
    not_in_channel: 'usersync bukan anggota channel itu',
    channel_not_found: 'usersync tidak bisa melihat channel itu',
    is_archived: 'channel itu sudah diarsipkan',
    restricted_action: MEMBERS_ONLY,
    restricted_action_read_only_channel: MEMBERS_ONLY,
    restricted_action_thread_only_channel: 'di sana hanya boleh membalas di thread',
    restricted_action_non_threadable_channel: 'thread dimatikan di sana',
    ekm_access_denied: 'admin workspace sedang menghentikan pengiriman pesan',
    no_permission: NOT_GRANTED,
    access_denied: NOT_GRANTED,
    team_access_not_granted: NOT_GRANTED,
    missing_scope: 'aplikasi Slack tidak punya scope untuk itu',
    edit_window_closed: 'pesan setua itu tidak boleh diubah di workspace ini',
    cant_update_message: 'pesan itu ditulis oleh instalasi lain dari aplikasi ini',
    message_not_found: 'pesannya sudah dihapus',
    thread_not_found: 'pesannya sudah dihapus',
    file_uploads_disabled: 'file dimatikan di workspace ini',
    storage_limit_reached: 'ruang file di workspace ini sudah penuh',
    file_upload_size_restricted: 'workspace ini tidak menerima file sebesar itu',
    posting_to_channel_denied: NOT_GRANTED,
    slack_connect_file_upload_sharing_blocked: NO_SHARED_FILES,
    slack_connect_blocked_file_type: NO_SHARED_FILES,
  },
  answered: (shown) => `Slack menjawab ${shown}`,
  own: {
    shared_channel: 'orang dari perusahaan lain membacanya',
    readers_unknown: 'Slack tidak memberi tahu siapa saja yang membaca channel itu',
    answer_lost: 'jawaban Slack hilang, dan usersync tidak boleh melihat apakah pesannya sudah sampai',
    named_no_message: 'Slack tidak menyebutkan pesannya',
    named_no_conversation: 'Slack tidak menyebutkan percakapan untuk file itu',
    named_no_address: 'Slack tidak menyebutkan alamat untuk file itu',
    foreign_answer: 'yang menjawab bukan Slack, misalnya proxy',
    database: 'database sedang tidak bisa dipakai',
  },
  quoted: {
    no_answer: (shown) => `Slack tidak menjawab (${shown})`,
    file_not_taken: (shown) => `Slack tidak menerima file itu (${shown})`,
  },
  later: (runId, why) =>
    `Slack belum menerima pesan sync #${runId}: ${why}. Pesannya muncul begitu Slack menerimanya. Jangan mulai sync lain.`,
  shownLater: (runId, why) =>
    `Sudah dilakukan. Slack belum menerima pesan baru sync #${runId}: ${why}. Pesan itu muncul begitu Slack menerimanya.`,
  notEdited: (why) => `Pesan di atas tidak bisa diperbarui: ${why}. Tombolnya tidak mengubah apa pun lagi.`,
  replaces: (why) =>
    `Pesan lama dari sync ini tidak bisa diperbarui: ${why}. Pakai pesan ini. Tombol yang lama tidak mengubah apa pun lagi.`,
  noThread: (run, why) =>
    `Ini tentang ${run}. Ditulis di sini karena Slack tidak menerimanya di thread: ${why}.`,
  directly: (run, channel, why) =>
    `Ini tentang ${run}. Anda diberi tahu langsung karena usersync tidak bisa menulis di ${channel}: ${why}.`,
  noButton: (command) => `Di sini tidak ada tombol: sebagai gantinya, ketik ${command} di channel lain.`,
  notShown: (command) =>
    `Preview sudah siap, tetapi tidak bisa ditampilkan. Tidak ada yang berubah. Ketik ${command} di channel lain.`,
  noFile: (why) => `File tidak bisa dilampirkan: ${why}.`,
  pressViewAll: `Tekan ${labels.viewAll}.`,
  untold: 'Slack tidak menerima pesan tentang hasil sync berikut:',
  untoldRun: (label, run, state, why) => `${label}, ${run}: ${state} (${why})`,
};

export const file: Texts['file'] = {
  planOf: (runId, location, state) => `Rencana sync #${runId}. ${location}: ${state}.`,
  viewAll: `Tekan ${labels.viewAll} di pesan sync itu untuk melihat semua baris.`,
  askAgain: (command) => `Untuk mencoba file-nya lagi, ketik ${command}.`,
  findFewer: 'Untuk melihat semuanya di jendela, ketik bagian email yang lebih panjang.',
};
