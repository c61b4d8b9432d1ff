import { statementsOf } from '../../../../docs/check/commands.ts';
import { readPage } from '../../../../docs/check/pages.ts';

/** The names that stand on the page for somebody's own. */
export type OwnNames = { readonly database: string; readonly bot: string; readonly migrator: string };

/** The statements of docs/existing-database.md, by the name in the comment before each block. */
export function sqlOfPage(names: OwnNames): ReadonlyMap<string, readonly string[]> {
  const blocks = readPage('docs/existing-database.md').blocks.filter(({ language }) => language === 'sql');
  return new Map(
    blocks.map((block) => [block.name, statementsOf(block).map((statement) => withOwn(statement, names))]),
  );
}

function withOwn(statement: string, { database, bot, migrator }: OwnNames): string {
  return statement
    .replaceAll(' laravel.', ` ${database}.`)
    .replaceAll("'usersync'@", `'${bot}'@`)
    .replaceAll("'usersync_migrate'@", `'${migrator}'@`);
}
