import { expect, it } from 'vitest';
import { check } from '../../../demo/check.ts';
import { freshDatabase } from '../../../sandbox/database/database.ts';
import { startWorld } from '../../../sandbox/worlds/world.ts';

it.each(['en', 'id'] as const)('the check of the demo passes where the bot speaks %s', async (language) => {
  const database = await freshDatabase({ migrated: true });
  const world = await startWorld({ databaseUrl: database.url, settings: { BOT_LANGUAGE: language } });
  const said: string[] = [];
  const passed = await check(world, language, (line) => said.push(line));
  await world.stop();
  await database.drop();
  expect([passed, said.at(-1)]).toEqual([true, 'PASS: 25 users are active at Dev.']);
});
