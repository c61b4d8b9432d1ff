import { DEV_SUPPORT } from '../sandbox/local-slack/workspace.ts';
import { exitWith } from '../sandbox/process/usage.ts';
import { check } from './check.ts';
import { demoOptions } from './options.ts';
import { type Demo, startDemo } from './start.ts';
import { TROUBLES } from './trouble.ts';

const say = (line = '') => console.log(line);

function invite({ url, databaseUrl }: Demo, trouble: boolean): void {
  say();
  say(`Open ${url} and type in #dev-support:`);
  say();
  say('  /usersync dev    25 new users');
  say('  /usersync test   3 new users, 2 gone, 10 unchanged');
  say('  /usersync prod   800 users over 8 pages');
  say('  /usersync all    all of them at once');
  say('  /usersync help   what else there is');
  if (trouble) {
    say();
    for (const [target, what] of Object.entries(TROUBLES)) say(`  /usersync ${target.padEnd(6)} ${what}`);
  }
  say();
  say('You are Ayu, an admin. Choose Citra at the top of the page to see what others are told.');
  say('In a thread, where Slack knows no commands: @usersync dev');
  say();
  say(`The database: ${databaseUrl}`);
  say('After dev, test and prod, one email stands at three locations:');
  say();
  say("  SELECT id, email, location_id, status FROM users WHERE email = 'vendor1@dkm';");
  say();
  say('Ctrl-C ends it; nothing is left behind.');
}

function untilInterrupted(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve());
  });
}

async function main(args: readonly string[]): Promise<number> {
  const {
    check: checking,
    trouble,
    language,
    port,
  } = await demoOptions(args, process.env['DEMO_PORT'] || undefined);
  say('Starting a private MariaDB, three depot servers, a local Slack and the bot…');
  const settings = { SLACK_CHANNEL_IDS: DEV_SUPPORT.id, BOT_LANGUAGE: language };
  const demo = await startDemo({ port, settings, trouble });
  try {
    if (checking) return (await check(demo.world, language, say)) ? 0 : 1;
    invite(demo, trouble);
    await untilInterrupted();
    say('\nStopping…');
    return 0;
  } finally {
    await demo.stop();
  }
}

exitWith(main(process.argv.slice(2)));
