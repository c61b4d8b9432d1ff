import { DEV_SUPPORT } from '../sandbox/local-slack/workspace.ts';
import type { World } from '../sandbox/worlds/world.ts';
import { check } from './check.ts';
import { startDemo } from './start.ts';

const DEFAULT_PORT = 4400;

const say = (line = '') => console.log(line);

function invite({ slack }: World): void {
  say();
  say(`Open ${slack.url} and type in #dev-support:`);
  say();
  say('  /usersync dev    25 new users');
  say('  /usersync test   3 new users, 2 gone, 10 unchanged');
  say('  /usersync prod   800 users over 8 pages');
  say('  /usersync all    all three at once');
  say('  /usersync help   what else there is');
  say();
  say('You are Ayu, an admin. Choose Citra at the top of the page to see what others are told.');
  say('Ctrl-C ends it; nothing is left behind.');
}

function untilInterrupted(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve());
  });
}

async function main(args: readonly string[]): Promise<number> {
  const checking = args.includes('--check');
  say('Starting a private MariaDB, three depot servers, a local Slack and the bot…');
  const slackPort = checking ? 0 : Number(process.env['DEMO_PORT'] ?? DEFAULT_PORT);
  const demo = await startDemo({ slackPort, settings: { SLACK_CHANNEL_IDS: DEV_SUPPORT.id } });
  try {
    if (checking) return (await check(demo.world, say)) ? 0 : 1;
    invite(demo.world);
    await untilInterrupted();
    say('\nStopping…');
    return 0;
  } finally {
    await demo.stop();
  }
}

main(process.argv.slice(2)).then(
  (status) => process.exit(status),
  (error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    process.exit(1);
  },
);
