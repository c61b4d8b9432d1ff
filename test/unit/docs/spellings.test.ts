import { expect, it } from 'vitest';
import { readPage, tableRows } from '../../../docs/check/pages.ts';
import { SAME_PERSON } from '../../support/spellings.ts';

/** As the page writes a text: in quotes, what cannot be seen as its escape. */
function written(text: unknown): string {
  if (typeof text === 'number') return `\`${String(text)}\``;
  const escaped = JSON.stringify(text).replace(/\u0301|[\u00a0\u00ad\u200b\u3000\u3164]/g, (sign) => {
    return `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`;
  });
  return `\`${escaped}\``;
}

it('docs/deciding.md has the examples of whose row is whose that the tests try', () => {
  const rows = tableRows(readPage('docs/deciding.md'), [
    'a user who is',
    'at the depot server',
    'in `users`',
    'the row says who it is',
  ]);
  const tried = SAME_PERSON.map(({ what, depot, users, usable }) => [
    what,
    written(depot),
    written(users),
    usable ? 'yes' : 'no',
  ]);
  expect(rows).toEqual(tried);
});
