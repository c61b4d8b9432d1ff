import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const PAGE = fileURLToPath(new URL('../../../docs/existing-database.md', import.meta.url));

/** The names that stand on the page for somebody's own. */
export type OwnNames = { readonly database: string; readonly bot: string; readonly migrator: string };

/** The statements of docs/existing-database.md, by the name in the comment before each block. */
export function sqlOfPage(names: OwnNames): ReadonlyMap<string, readonly string[]> {
  const page = readFileSync(PAGE, 'utf8');
  const blocks = page.matchAll(/(?:<!-- (.*?) -->\n)?```sql\n(.*?)```/gs);
  return new Map(
    [...blocks].map(([, name = '', sql = '']) => [
      name,
      sql
        .split(/;\n/)
        .map((statement) => withOwn(statement, names).trim())
        .filter((statement) => statement !== ''),
    ]),
  );
}

function withOwn(statement: string, { database, bot, migrator }: OwnNames): string {
  return statement
    .replaceAll(' laravel.', ` ${database}.`)
    .replaceAll("'usersync'@", `'${bot}'@`)
    .replaceAll("'usersync_migrate'@", `'${migrator}'@`);
}
