import { createDatabase } from '/tmp/wt/auditor/sandbox/database/database-server.ts';
import { startMariadb } from '/tmp/wt/auditor/sandbox/database/mariadb.ts';
import { migrate } from '/tmp/wt/auditor/src/database/schema/migrate.ts';
import { MIGRATIONS } from '/tmp/wt/auditor/sandbox/database/template.ts';
import { startWorld } from '/tmp/wt/auditor/sandbox/worlds/world.ts';
import { shownText, buttonsOf } from '/tmp/wt/auditor/sandbox/local-slack/message.ts';
import { makeDepotUsers, makeDepotUser } from '/tmp/wt/auditor/sandbox/depot/users.ts';
import { AYU, BUDI, CITRA } from '/tmp/wt/auditor/sandbox/local-slack/workspace.ts';
import { setTimeout as sleep } from 'node:timers/promises';
export { shownText, buttonsOf, makeDepotUsers, makeDepotUser, AYU, BUDI, CITRA, sleep };
export async function begin(settings = {}) {
  const server = await startMariadb();
  const database = await createDatabase(server);
  await migrate({ databaseUrl: database.url, directory: MIGRATIONS, log: () => {} });
  const world = await startWorld({ databaseUrl: database.url, settings });
  const slack = world.slack;
  await world.sql('DELETE FROM users');
  const api = {
    world, slack, server, databaseUrl: database.url,
    /** list at dev + rows in users -> message final */
    async run(name: string, list: any[], users: any[][] = [], opts: any = {}) {
      if (!opts.keep) { await world.sql('DELETE FROM users'); }
      for (const u of users) await world.sql('INSERT INTO users (email, location_id, status) VALUES (?,?,?)', [u[0], u[2] ?? 8, u[1] ?? 'active']);
      world.depots.dev.users.splice(0, Infinity, ...list);
      return api.preview(name, opts);
    },
    async preview(name: string, opts: any = {}) {
      const before = new Set((await slack.messages()).map((m) => m.ts));
      await slack.command(opts.user ?? AYU.id, opts.text ?? 'dev', opts.channel);
      let m: any;
      for (let i = 0; i < (opts.tries ?? 200); i++) {
        await sleep(50);
        m = (await slack.messages(opts.channel)).find((x) => !before.has(x.ts) && !x.thread_ts && !/⏳/.test(shownText(x)));
        if (m) break;
      }
      if (!m) { console.log(`- ${name}: NO ANSWER`); return undefined; }
      console.log(`- ${name}:\n     ` + shownText(m).replace(/\n/g, '\n     ') + `\n     [${buttonsOf(m).map((b) => b.actionId).join(' ')}]`);
      return m;
    },
    async confirm(m: any, user = AYU.id) {
      const seen = (await slack.messages()).length;
      await slack.click(m.ts, user, 'confirm_run');
      for (let i = 0; i < 100; i++) { await sleep(50); const r = (await slack.messages()).slice(seen); if (r.some((x) => x.thread_ts === m.ts || x.ephemeral_to)) break; }
      await sleep(100);
      for (const r of (await slack.messages()).slice(seen)) console.log(`     >> ${r.ephemeral_to ? '(eph) ' : ''}${shownText(r).replace(/\n/g, '\n        ')}`);
    },
    async table() { console.log('     users: ' + JSON.stringify((await world.sql<any>('SELECT email, location_id l, status s FROM users ORDER BY id')).map((r) => `${r.email}|${r.l}|${r.s}`))); },
    async end() { await world.stop(); await database.drop(); await server.stop(); },
  };
  return api;
}
