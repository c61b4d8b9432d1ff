import { afterEach, describe, expect, it } from 'vitest';
import { freshDatabase } from '../../../sandbox/database/database.ts';
import { query } from '../../../sandbox/database/database-server.ts';
import { startMariadb } from '../../../sandbox/database/mariadb.ts';
import { freePort } from '../../../sandbox/process/free-port.ts';
import { startStrictSlack } from '../../../sandbox/strict-slack/strict-slack.ts';
import { startBot } from '../../../sandbox/worlds/bot.ts';

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

// One that was given serves other tests too.
describe.skipIf(process.env['TEST_DATABASE_URL'])('a database that takes no writes', () => {
  it('makes a bot not ready for as long, and says so', async () => {
    const [server, slack, port] = await Promise.all([startMariadb(), startStrictSlack(), freePort()]);
    closing.push(
      () => server.stop(),
      () => slack.stop(),
    );
    const database = await freshDatabase({ server, migrated: true });
    closing.push(database.drop);
    const bot = await startBot({
      DATABASE_URL: database.url,
      SLACK_MODE: 'http',
      SLACK_BOT_TOKEN: slack.botToken,
      SLACK_SIGNING_SECRET: slack.signingSecret,
      SLACK_API_URL: slack.apiUrl,
      PORT: String(port),
    });
    closing.push(() => bot.stop());
    const look = async () => {
      const response = await fetch(`http://127.0.0.1:${port}/readyz`);
      return [response.status, await response.text()];
    };
    expect(await look()).toEqual([200, 'ready\n']);
    await query(server.url(''), 'SET GLOBAL read_only = 1');
    expect(await look()).toEqual([503, 'The database takes no writes.\n']);
    await query(server.url(''), 'SET GLOBAL read_only = 0');
    expect(await look()).toEqual([200, 'ready\n']);
  });
});
