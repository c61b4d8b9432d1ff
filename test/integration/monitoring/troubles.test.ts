import { expect, it } from 'vitest';
import { scrape } from '../../support/scrape.ts';
import { sees, toldAfter } from '../../support/strict-conversation.ts';
import { IMPATIENT, useStrictWorld } from '../../support/strict-world.ts';

const world = useStrictWorld({
  timing: IMPATIENT,
  settings: { SYNC_SCHEDULE: '* * * * *', SYNC_SCHEDULE_CHANNEL_ID: 'C0DEVSUP01' },
});

const troubles = async () => (await scrape(world.bot.port)).counted('usersync_troubles_total');

it('counts the requests and rounds of housekeeping that the database refuses, and nothing before', async () => {
  expect(await troubles()).toEqual({});
  await world.sql(
    "CREATE TRIGGER full BEFORE INSERT ON audit_logs FOR EACH ROW SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'no'",
  );
  await toldAfter(world, () => world.ayu.command('dev'));
  await sees(world, 'a count of both', async () => {
    const { request, housekeeping = 0 } = await troubles();
    return request === 1 && housekeeping > 0;
  });
});
