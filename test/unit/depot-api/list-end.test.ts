import { describe, expect, it } from 'vitest';
import {
  EmptyRefusalError,
  FetchFailedError,
  InvalidResponseError,
  type PageRefusal,
} from '../../../src/depot-api/errors.ts';
import { proveEnd, type ReadList } from '../../../src/depot-api/list/list.ts';
import { type ListPage, parseRow } from '../../../src/depot-api/list/pages.ts';
import { ListLongerError, ListMovedError } from '../../../src/sync/failures/errors.ts';

const rowOf = (id: number) => parseRow({ id_user: id, email: `u${id}@dkm`, status_user: 1 }, 1);
const pageOf = (page: number, ids: readonly number[], total?: number): ListPage => ({
  page,
  total,
  limit: 2,
  rows: ids.map(rowOf),
});

/** A list of six users in three pages, of which the first and the last are kept. */
const readOf = (total: number | undefined, last: ListPage = pageOf(3, [5, 6], total)): ReadList => ({
  list: { rows: 6, total },
  first: pageOf(1, [1, 2], total),
  last,
  pages: total === undefined ? undefined : 3,
});

const refused = (refusal: PageRefusal) => new FetchFailedError({ code: 'no_users_data' }, { refusal });
const NOT_FOUND = { status: 404, inJson: true };
const EMPTY_REFUSAL = new EmptyRefusalError({ code: 'no_users_data' });

function endOf(read: ReadList, answer: ListPage | Error) {
  const asked: number[] = [];
  const fetchPage = async (page: number) => {
    asked.push(page);
    if (answer instanceof Error) throw answer;
    return answer;
  };
  return proveEnd(read, fetchPage, new AbortController().signal).then((end) => ({ end, asked }));
}

describe('the page after the last one', () => {
  it.each([
    ['is empty, and the total stands', 6, pageOf(4, [], 6), 'proven'],
    ['is empty, and says no total', 6, pageOf(4, []), 'thin'],
    ['is empty, and says its own 0 as the total', 6, pageOf(4, [], 0), 'thin'],
    ['is empty, of a list without a total', undefined, pageOf(4, []), 'thin'],
    ['has users of the first and the last page', 6, pageOf(4, [1, 6], 6), 'repeats'],
    ['is not found, as the application says', 6, refused(NOT_FOUND), 'thin'],
    ['is not found, of a list without a total', undefined, refused(NOT_FOUND), 'unknown'],
    ['is not found, as a server in front says', 6, refused({ status: 404, inJson: false }), 'unknown'],
    ['is refused otherwise', 6, refused({ status: 422, inJson: true }), 'unknown'],
    ['is an empty list beside an error', 6, EMPTY_REFUSAL, 'thin'],
    ['is an empty list beside an error, of a list without a total', undefined, EMPTY_REFUSAL, 'unknown'],
    ['is no list', 6, new InvalidResponseError({ code: 'no_users_data' }), 'unknown'],
  ] as const)('%s', async (_what, total, answer, end) => {
    expect(await endOf(readOf(total), answer)).toEqual({ end, asked: [4] });
  });

  it.each([
    ['has a user that neither end has', pageOf(4, [6, 7], 6), ListLongerError],
    ['is empty, and says another total', pageOf(4, [], 7), ListMovedError],
  ])('proves the list wrong where it %s', async (_what, answer, error) => {
    await expect(endOf(readOf(6), answer)).rejects.toThrow(error);
  });

  it('proves nothing where no answer comes', async () => {
    const silent = new FetchFailedError({ code: 'no_users_data' });
    await expect(endOf(readOf(6), silent)).rejects.toBe(silent);
    const ended = new Error('The process ends');
    await expect(endOf(readOf(undefined), ended)).rejects.toBe(ended);
  });

  it('is not asked for where the read ended in an empty page', async () => {
    expect(await endOf(readOf(undefined, pageOf(4, [])), refused(NOT_FOUND))).toEqual({
      end: 'thin',
      asked: [],
    });
  });
});
