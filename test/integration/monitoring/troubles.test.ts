import { expect, it } from 'vitest';
import { scrape } from '../../support/scrape.ts';
import { preview, sees, toldAfter } from '../../support/strict-conversation.ts';
import { IMPATIENT, useStrictWorld } from '../../support/strict-world.ts';

const world = useStrictWorld({ timing: IMPATIENT });

const troubles = async () => (await scrape(world.bot.port)).counted('usersync_troubles_total');

it('counts the requests and rounds of housekeeping that the database refuses, and nothing before', async () => {
  await preview(world, world.ayu, 'dev');
  expect(await troubles()).toEqual({});
  await world.sql(
    "CREATE TRIGGER full BEFORE INSERT ON audit_logs FOR EACH ROW SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'no'",
  );
  await toldAfter(world, () => world.ayu.command('test'));
  // A preview that must expire now is housekeeping that writes.
  await world.sql('UPDATE sync_runs SET expires_at = UTC_TIMESTAMP(3) - INTERVAL 1 SECOND');
  await sees(world, 'a count of both', async () => {
    const { request, housekeeping = 0 } = await troubles();
    return request === 1 && housekeeping > 0;
  });
});
