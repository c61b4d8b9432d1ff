import { buttonsOf } from '../sandbox/local-slack/message.ts';
import { AYU } from '../sandbox/local-slack/workspace.ts';
import { DEV } from '../sandbox/worlds/scenarios.ts';
import type { World } from '../sandbox/worlds/world.ts';
import type { Language } from '../src/slack/text/language.ts';

const EXPECTED: Readonly<Record<Language, string>> = {
  en: 'Sync completed successfully! 25 users added, 0 users deactivated, 0 users unchanged.',
  id: 'Sync berhasil! 25 user ditambahkan, 0 user dinonaktifkan, 0 user tidak berubah.',
};

/** A preview and its confirmation without a person: types the command, clicks Confirm, and looks at the thread and the table. */
export async function check(
  { slack, sql }: World,
  language: Language,
  say: (line: string) => void,
): Promise<boolean> {
  say('Ayu types /usersync dev');
  await slack.command(AYU.id, 'dev');
  const preview = await slack.waitFor((messages) =>
    messages.find((message) => buttonsOf(message).some(({ actionId }) => actionId === 'confirm_run')),
  );
  say(`The channel shows: ${preview.text.split('\n', 1)[0]}`);
  say('Ayu clicks Confirm & Execute');
  await slack.click(preview.ts, AYU.id, 'confirm_run');
  // The file of the plan stands in the thread too.
  const reply = await slack.waitFor((messages) =>
    messages.find(({ thread_ts, text }) => thread_ts === preview.ts && text.startsWith('Sync')),
  );
  say(`The thread says:   ${reply.text}`);
  const rows = await sql<{ id: bigint; email: string; location_id: bigint; status: string }>(
    'SELECT id, email, location_id, status FROM users WHERE location_id = ? ORDER BY id',
    [DEV.locationId],
  );
  for (const { id, email, location_id, status } of rows)
    say(`users: ${id} ${email} ${location_id} ${status}`);
  const passed =
    reply.text === EXPECTED[language] &&
    rows.length === 25 &&
    rows.every(({ status }) => status === 'active');
  say(passed ? 'PASS: 25 users are active at Dev.' : 'FAIL: that is not what was expected.');
  return passed;
}
