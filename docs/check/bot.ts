import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { buttonsOf } from '../../sandbox/local-slack/message.ts';
import { AYU, DEV_SUPPORT } from '../../sandbox/local-slack/workspace.ts';
import type { World } from './world.ts';

/** Fills in .env as the page says: what the reader has from Slack, the database and the depot servers. */
export async function fillIn(folder: string, { server, slack, port }: World): Promise<void> {
  const own: Readonly<Record<string, string>> = {
    SLACK_BOT_TOKEN: slack.botToken,
    SLACK_APP_TOKEN: slack.appToken,
    SLACK_CHANNEL_IDS: DEV_SUPPORT.id,
    SLACK_ADMIN_USER_IDS: AYU.id,
    SLACK_API_URL: slack.apiUrl,
    PORT: String(port),
    DATABASE_URL: server.url('laravel'),
    EXTERNAL_API_EMAIL: 'admin@example.com',
    EXTERNAL_API_PASSWORD: "'correct_password'",
    SYNC_TARGETS: 'dev',
  };
  await writeInto(folder, own);
}

/** Writes the account that docs/existing-database.md makes for the bot into .env, with the password of a statement. */
export async function useBotAccount(folder: string, { server }: World, statement: string): Promise<void> {
  const [, password = ''] = /'usersync'@'%' IDENTIFIED BY '([^']+)'/.exec(statement) ?? [];
  const url = new URL(server.url('laravel'));
  url.username = 'usersync';
  url.password = password;
  await writeInto(folder, { DATABASE_URL: url.href });
}

async function writeInto(folder: string, values: Readonly<Record<string, string>>): Promise<void> {
  let text = await readFile(join(folder, '.env'), 'utf8');
  for (const [name, value] of Object.entries(values)) {
    const line = new RegExp(`^#?${name}=.*$`, 'm');
    if (!line.test(text)) throw new Error(`.env.example has no line for ${name}`);
    text = text.replace(line, `${name}=${value}`);
  }
  await writeFile(join(folder, '.env'), text);
}

/** Does what an admin does first: previews the target, confirms, and reads the thread. */
export async function syncOnce({ slack }: World): Promise<string> {
  await slack.waitForBot();
  const before = new Set((await slack.messages()).map(({ ts }) => ts));
  await slack.command(AYU.id, 'dev');
  const shown = await slack.waitFor((messages) =>
    messages.find(
      (message) =>
        !before.has(message.ts) &&
        (buttonsOf(message).some(({ actionId }) => actionId === 'confirm_run') ||
          message.text.includes('All synced')),
    ),
  );
  if (shown.text.includes('All synced')) return shown.text;
  await slack.click(shown.ts, AYU.id, 'confirm_run');
  const reply = await slack.waitFor((messages) =>
    messages.find(
      (message) => message.thread_ts === shown.ts && message.ts !== shown.ts && message.files === undefined,
    ),
  );
  if (!reply.text.startsWith('Sync completed successfully!'))
    throw new Error(`The thread says: ${reply.text}`);
  return reply.text;
}
