import { it } from 'vitest';
import { openDatabase } from '../../src/database/client.ts';
import { freshDatabase } from '../support/database.ts';
it('x', async () => {
  let t = Date.now();
  const lap = (s: string) => { console.log(s, Date.now() - t); t = Date.now(); };
  const d = await freshDatabase(); lap('empty');
  const e = await freshDatabase({ migrated: true }); lap('migrated');
  const db = openDatabase(e.url);
  console.log(await db.$queryRaw`select @@session.time_zone tz, @@tx_isolation i, @@sql_mode m, @@group_concat_max_len g, @@collation_connection c`.catch((x) => String(x))); lap('first query');
  await db.$queryRaw`select 1`; lap('second');
  await db.$disconnect(); lap('disc');
  await d.drop(); await e.drop(); lap('drop');
});
