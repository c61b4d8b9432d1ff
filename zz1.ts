import { begin, makeDepotUsers, makeDepotUser, sleep, AYU, shownText } from './zzw.ts';
const w = await begin({ BOT_LANGUAGE: 'en' });
const u = (id: any, email: any, status_user: any = 1) => ({ ...makeDepotUser(Number(id) || 1), id_user: id, email, status_user });
try {
let m: any;
await w.world.sql('ALTER TABLE users AUTO_INCREMENT = 9223372036854775900');
m = await w.run('huge users.id', [u(1, 'a@dkm'), u(2, 'b@dkm')], [['a@dkm', 'inactive'], ['z@dkm', 'inactive']]); await w.confirm(m); await w.table();
await w.world.sql("UPDATE users SET status='active' WHERE email='z@dkm'");
m = await w.run('huge users.id deactivate', [u(2, 'b@dkm'), u(3, 'c@dkm'), u(4, 'd@dkm'), u(5, 'e@dkm'), u(6, 'f@dkm')], [], { keep: true }); if (m) await w.confirm(m); await w.table();
m = await w.preview('rollback', { text: 'rollback' });

await w.preview('find', { text: 'find Z@DKM' }); await w.preview('find %', { text: 'find %' }); await w.preview('find _', { text: 'find _@' }); await w.preview('find backslash', { text: 'find \\' }); await w.preview("find '", { text: "find ' OR 1=1 --" });
for (const t of ['DEV','"dev"','“dev”','dev dev','dev extra','prod2','  dev  ','help me','rollback 99999999999','rollback -1','rollback 0','rollback 1.5','rollback abc','history 5','history xx','status DEV','users','users dev foo bar','users dev ACTIVE','users xx','export','export 99','export abc','pause xx','resume','pause','pause all','resume all','config','config x','all all','all dev','\u00a0dev','dev\u200b','*dev*','`dev`','<@U1>','dev;','dev,test','/usersync dev','😀','x'.repeat(3000),'rollback dev extra','inactive zz','rollback #3','rollback run 3','find','find '+'y'.repeat(400)]) { await w.preview('cmd ' + JSON.stringify(t.slice(0,40)), { text: t, tries: 60 }); }
 await w.preview('users', { text: 'users dev inactive' }); await w.preview('inactive', { text: 'inactive' });
} finally { await w.end(); }
process.exit(0);
