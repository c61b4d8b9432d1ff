import { createPool } from 'mariadb';
import { DEV } from '../sandbox/worlds/scenarios.ts';
import { pageUrl } from '../src/depot-api/list/pages.ts';
import { PAGE_SIZE } from './bot.ts';
import { timed } from './statistics.ts';

/**
 * What a page of a web application would do, in the idiom of its framework: log in, fetch one page after the other, load the
 * location's users, and compare both in memory. Nothing is written, proven or told. Returns milliseconds.
 */
export function createSequential(databaseUrl: string) {
  const pool = createPool(`${databaseUrl.replace(/^mysql:/, 'mariadb:')}?connectionLimit=1`);

  async function compare(baseUrl: string): Promise<number> {
    const headers = { 'X-Requested-With': 'XMLHttpRequest', Accept: 'application/json' };
    const login = await fetch(`${baseUrl}/api/auth/login`, { method: 'POST', headers, body: '{}' });
    await login.json();
    const emails = new Set<string>();
    for (let page = 1, total = 1; (page - 1) * PAGE_SIZE < total; page += 1) {
      const answer = await fetch(pageUrl(baseUrl, page, PAGE_SIZE, 'asc'), {
        headers: { ...headers, Authorization: 'Bearer bench-token' },
      });
      const list: { total: number; object: { email: string }[] } = JSON.parse(await answer.text());
      for (const { email } of list.object) emails.add(email.trim().toLowerCase());
      total = list.total;
    }
    const rows: { email: string }[] = await pool.query('SELECT email FROM users WHERE location_id = ?', [
      DEV.locationId,
    ]);
    const known = new Set(rows.map(({ email }) => email));
    const added = [...emails].filter((email) => !known.has(email));
    const gone = [...known].filter((email) => !emails.has(email));
    return added.length + gone.length;
  }

  return {
    measure: async (baseUrl: string) => (await timed(() => compare(baseUrl))).ms,
    stop: () => pool.end(),
  };
}
