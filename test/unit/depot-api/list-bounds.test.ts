import { afterEach, describe, expect, it, vi } from 'vitest';
import { askAhead, type FetchPage } from '../../../src/depot-api/list/fetch-page.ts';
import { type ListReading, readList } from '../../../src/depot-api/list/list.ts';
import { parsePage, parseRow } from '../../../src/depot-api/list/pages.ts';

function reading(fetchPage: FetchPage, parts: Partial<ListReading> = {}): ListReading {
  const signal = new AbortController().signal;
  return { fetchPage, onPage: async () => {}, pageSize: 1, maxConcurrent: 2, signal, ...parts };
}

const pageWith = (page: number, total: number | undefined, rows = 1) => ({
  page,
  total,
  limit: 1,
  rows: Array.from({ length: rows }, (_, index) => parseRow({ id_user: page * 1000 + index }, page)),
});

afterEach(() => vi.restoreAllMocks());

describe('a list without end', () => {
  it('is given up after 50,000 pages', async () => {
    let pages = 0;
    const endless: FetchPage = async (page) => {
      pages += 1;
      return pageWith(page, undefined);
    };
    await expect(readList(reading(endless))).rejects.toMatchObject({
      failure: { code: 'fetch_failed', reason: 'the list does not end within 50000 pages' },
    });
    expect(pages).toBe(50_000);
  });

  it('is not begun where the total is beyond reason', async () => {
    const absurd: FetchPage = async (page) => pageWith(page, 5_000_001, 200);
    await expect(readList(reading(absurd))).rejects.toThrow(
      'the server tells 5000001 users, more than 5000000',
    );
    const tinyPages: FetchPage = async (page) => pageWith(page, 50_001);
    await expect(readList(reading(tinyPages))).rejects.toThrow('50001 users at 1 per page');
  });

  it('is not mistaken for an empty one where page 1 is empty and the total is not', async () => {
    const hollow: FetchPage = async (page) => pageWith(page, 36, 0);
    await expect(readList(reading(hollow))).rejects.toMatchObject({
      failure: { code: 'invalid_response', reason: 'page 1 is empty, yet total is 36' },
    });
  });
});

describe('pages far larger than were asked for', () => {
  it.each([
    [1_000, 4],
    [20_000, 2],
    [60_000, 1],
  ])('of %i rows are in hand %i at a time', async (size, most) => {
    const [row] = pageWith(1, 1).rows;
    if (row === undefined) throw new Error('There is no row');
    const rows = Array.from({ length: size }, () => row);
    const seen: number[] = [];
    let inHand = 0;
    const fetchPage: FetchPage = async (page) => {
      inHand += 1;
      seen.push(inHand);
      return { page, total: 6 * size, limit: size, rows };
    };
    const onPage = async () => {
      await new Promise(setImmediate);
      inHand -= 1;
    };
    expect((await readList(reading(fetchPage, { onPage }))).list.rows).toBe(6 * size);
    expect(Math.max(...seen)).toBe(most);
  });
});

describe('a page whose rows take long to parse', () => {
  const parse = (signal: AbortSignal) => {
    let now = 0;
    vi.spyOn(performance, 'now').mockImplementation(() => (now += 10));
    const rows = Array.from({ length: 20 }, (_, index) => ({ id_user: index }));
    const text = JSON.stringify({ object: rows, total: 20 });
    const answer = { kind: 'answer', status: 200, retryAfter: undefined, text } as const;
    return parsePage(answer, { page: 1, attempts: 1, signal });
  };

  it('leaves other work its turn meanwhile', async () => {
    const parsing = parse(new AbortController().signal);
    let isOver = false;
    const over = parsing.finally(() => {
      isOver = true;
    });
    let turns = 0;
    while (!isOver) {
      turns += 1;
      await new Promise(setImmediate);
    }
    expect((await over).rows).toHaveLength(20);
    expect(turns).toBeGreaterThan(4);
  });

  it('is given up with its run', async () => {
    const run = new AbortController();
    const parsing = parse(run.signal);
    run.abort(new Error('the run has failed'));
    await expect(parsing).rejects.toThrow('the run has failed');
  });
});

describe('a read', () => {
  it('tells the rows that came, and which page is the last, whichever is handed over last', async () => {
    const fetchPage: FetchPage = async (page) => pageWith(page, 3);
    let page3IsOver = () => {};
    const untilPage3 = new Promise<void>((resolve) => {
      page3IsOver = resolve;
    });
    const onPage = async ({ page }: { page: number }) => {
      if (page === 3) page3IsOver();
      if (page === 2) await untilPage3.then(() => new Promise(setImmediate));
    };
    expect(await readList(reading(fetchPage, { onPage }))).toMatchObject({
      list: { rows: 3, total: 3 },
      last: { page: 3 },
    });
    const tooMany: FetchPage = async (page) => pageWith(page, 2, 3);
    expect((await readList(reading(tooMany))).list).toEqual({ rows: 3, total: 2 });
  });

  it('wants no page any more that it asked for early and did not need', async () => {
    const unneeded: AbortSignal[] = [];
    const fetchPage: FetchPage = (page, signal) => {
      if (page < 3) return Promise.resolve(pageWith(page, 2));
      unneeded.push(signal);
      return new Promise(() => {});
    };
    const { signal } = new AbortController();
    await readList(reading(fetchPage, { early: askAhead(fetchPage, 4, signal) }));
    expect(unneeded.map(({ aborted }) => aborted)).toEqual([true, true]);
  });
});

describe('a read that fails', () => {
  it('is rejected only when no page is being handed over any more', async () => {
    let reached = () => {};
    const page2InHand = new Promise<void>((resolve) => {
      reached = resolve;
    });
    const handedOver: number[] = [];
    const fetchPage: FetchPage = async (page) => {
      if (page !== 3) return pageWith(page, 3);
      await page2InHand;
      throw new Error('page 3 broke');
    };
    const onPage = async ({ page }: { page: number }) => {
      if (page === 2) reached();
      await new Promise(setImmediate);
      handedOver.push(page);
    };
    await expect(readList(reading(fetchPage, { onPage }))).rejects.toThrow('page 3 broke');
    expect(handedOver).toEqual([1, 2]);
  });

  it('asks for no page beyond those that were asked for when it failed', async () => {
    const asked: number[] = [];
    const fetchPage: FetchPage = async (page) => {
      asked.push(page);
      if (page === 3) throw new Error('page 3 broke');
      return pageWith(page, 100);
    };
    const onPage = () => new Promise<void>((resolve) => setImmediate(resolve));
    await expect(readList(reading(fetchPage, { onPage }))).rejects.toThrow('page 3 broke');
    expect(asked).toEqual([1, 2, 3, 4]);
  });

  it('passes on what went wrong while a page was handed over', async () => {
    const fetchPage: FetchPage = async (page) => pageWith(page, 100);
    const onPage = async ({ page }: { page: number }) => {
      if (page === 5) throw new Error('the database is away');
    };
    await expect(readList(reading(fetchPage, { onPage }))).rejects.toThrow('the database is away');
  });
});
