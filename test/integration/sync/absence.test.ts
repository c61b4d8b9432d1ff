import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { depotClient } from '../../../sandbox/depot/client.ts';
import type { DepotReply } from '../../../sandbox/depot/replies.ts';
import { type DepotServer, startDepotServer } from '../../../sandbox/depot/server.ts';
import { makeDepotUser } from '../../../sandbox/depot/users.ts';
import type { Target } from '../../../src/sync/ports/source.ts';
import type { Run } from '../../../src/sync/run/run.ts';
import { AYU } from '../database/support/runs.ts';
import { useTestbed } from '../database/support/testbed.ts';
import { createCore } from './support/core.ts';

const testbed = useTestbed();
const PAGE_SIZE = 10;

let depot: DepotServer;

beforeEach(async () => {
  depot = await startDepotServer({ count: 50 });
});

afterEach(() => depot.stop());

/** A location with these users of the depot, and so many more who have left it. */
async function locationOf(users: number, absent: number): Promise<Target> {
  const target = await testbed.location();
  await testbed.sql('UPDATE locations SET online_url = ? WHERE id = ?', [depot.url, target.locationId]);
  const emails = depot.users.slice(0, users).map(({ email }) => String(email));
  const left = Array.from({ length: absent }, (_, index) => `left${index}@dkm`);
  await testbed.addUsers(target, Object.fromEntries([...emails, ...left].map((email) => [email, 'active'])));
  return target;
}

async function preview(target: Target): Promise<Run> {
  const { source } = depotClient({ pageSize: PAGE_SIZE });
  const core = createCore(testbed.bot, { targets: [target], source });
  const request = { target: target.name, channelId: 'C1', actor: AYU, requestKey: `${target.name} now` };
  const opened = await core.preview.request(request);
  if (opened.outcome !== 'requested') throw new Error(`The preview was ${opened.outcome}`);
  await core.preview.read(opened, new AbortController().signal);
  const run = await testbed.bot.runs.find(opened.run.id);
  if (run === undefined) throw new Error('The run is gone');
  return run;
}

const pagesAsked = () => depot.requests.flatMap(({ page, order }) => (page ? [`${order} ${page}`] : []));

/** Makes the depot lie in one order only. */
function onlyIn(order: 'asc' | 'desc' | 'both', lie: () => void, truth: () => void): void {
  depot.faults.onRequest = (request) => {
    if (order === 'both' || request.order === order) lie();
    else truth();
    return undefined;
  };
}

const place = ['asc', 'desc', 'both'] as const;
type Place = (typeof place)[number];

/** What a server says that would have made people who are there look absent. */
const LOW: readonly (readonly [string, (at: Place) => void])[] = [
  [
    'a total of 30 for 50 users',
    (at) => {
      onlyIn(
        at,
        () => Object.assign(depot.faults, { claimed: 30 }),
        () => Object.assign(depot.faults, { claimed: undefined }),
      );
    },
  ],
  [
    'a total that is the number of rows of its page',
    (at) => {
      onlyIn(
        at,
        () => Object.assign(depot.faults, { total: 'of the page' }),
        () => Object.assign(depot.faults, { total: 'number' }),
      );
    },
  ],
  [
    'no total, and a short page in the middle',
    (at) => {
      depot.faults.total = 'missing';
      depot.faults.onRequest = ({ page = 0, order = 'asc' }) => {
        if (page !== 3 || (at !== 'both' && order !== at)) return undefined;
        const ids = Array.from({ length: 7 }, (_, index) => (order === 'asc' ? 21 + index : 30 - index));
        return { json: { object: ids.map(makeDepotUser), page, limit: PAGE_SIZE } };
      };
    },
  ],
];

describe('a list that says too little of itself', () => {
  it.each(LOW.flatMap(([lie, tell]) => place.map((at) => [lie, at, tell] as const)))(
    'with %s (%s) is refused where somebody is absent',
    async (_lie, at, tell) => {
      const target = await locationOf(50, 1);
      tell(at);
      const run = await preview(target);
      expect(run).toMatchObject({ status: 'failed', failure: { code: 'list_longer', users: PAGE_SIZE } });
      expect(run.counts.deactivate).toBe(0);
    },
  );

  it.each(LOW)('with %s still adds whom it lists', async (_lie, tell) => {
    const target = await locationOf(0, 0);
    tell('both');
    expect(await preview(target)).toMatchObject({ status: 'ready', counts: { deactivate: 0 } });
  });
});

describe('a server that cannot prove an absence', () => {
  const refusals: [string, DepotReply][] = [
    [
      '404 in HTML',
      { status: 404, headers: { 'Content-Type': 'text/html' }, text: '<html>Not found</html>' },
    ],
    ['422', { status: 422, json: { message: 'The page may not be greater than 5.', status: 'error' } }],
    ['400', { status: 400, json: { message: 'Bad page', status: 'error' } }],
    ['500', { status: 500, json: { message: 'Undefined offset: 0', status: 'error' } }],
    ['a redirect', { status: 302, headers: { Location: '/login' } }],
    ['no list', { json: { object: null, total: 50 } }],
  ];
  const cases: readonly (readonly [string, string, () => void])[] = [
    ['it always sorts upwards', 'order_ignored', () => Object.assign(depot.faults, { sorting: 'ascending' })],
    [
      'it always sorts downwards',
      'order_ignored',
      () => Object.assign(depot.faults, { sorting: 'descending' }),
    ],
    [
      'it sorts by something else',
      'order_ignored',
      () => Object.assign(depot.faults, { sorting: 'by email' }),
    ],
    [
      'it sorts upwards and tells no total',
      'order_ignored',
      () => Object.assign(depot.faults, { sorting: 'ascending', total: 'missing' }),
    ],
    [
      'it repeats the last page after it',
      'end_repeats',
      () => Object.assign(depot.faults, { beyond: 'the last page' }),
    ],
    [
      'it begins again after the last page',
      'end_repeats',
      () => Object.assign(depot.faults, { beyond: 'the first page' }),
    ],
    [
      'it does not turn pages and counts those of one',
      'end_repeats',
      () => Object.assign(depot.faults, { turnsPages: false, total: 'of the page' }),
    ],
    ...refusals.map(
      ([what, reply]) =>
        [
          `it answers the page after the last with ${what}`,
          'end_unknown',
          () => {
            depot.faults.onRequest = ({ page = 0 }) => (page > 5 ? reply : undefined);
          },
        ] as const,
    ),
    [
      'it knows no total, and its last page is full and the last that it knows',
      'end_unknown',
      () => {
        depot.faults.total = 'missing';
        depot.faults.onRequest = ({ page = 0 }) =>
          page > 5 ? { status: 404, json: { detail: 'Invalid page.' } } : undefined;
      },
    ],
    ...(['the last page', 'the first page'] as const).map(
      (beyond) =>
        [
          `it knows no total, and sends ${beyond} after a last page that is full`,
          'end_repeats',
          () => Object.assign(depot.faults, { total: 'missing', beyond }),
        ] as const,
    ),
    [
      'it knows neither a total nor the page after the last',
      'end_unknown',
      () => {
        depot.users.pop();
        depot.faults.total = 'missing';
        depot.faults.onRequest = ({ page = 0 }) =>
          page > 5 ? { status: 404, json: { detail: 'Invalid page.' } } : undefined;
      },
    ],
  ];

  it.each(cases)('because %s deactivates nobody (%s), and may still add', async (_what, doubt, make) => {
    const target = await locationOf(8, 3);
    make();
    const run = await preview(target);
    expect(run).toMatchObject({ status: 'ready', counts: { deactivate: 0 }, undecided: { doubt } });
    expect(run.counts.add).toBeGreaterThan(0);
    expect(run.undecided?.users).toBeGreaterThanOrEqual(3);
    const kept = await testbed.bot.plans.list(run.id, 'kept', 0, 100);
    expect(kept).toHaveLength(run.undecided?.users ?? 0);
    expect(kept.every(({ statusAfter, detail }) => statusAfter === 'active' && detail === 'unproven')).toBe(
      true,
    );
  });

  it.each(cases)(
    'because %s is done where there is nothing to add, and does not say that all is well',
    async (_what, doubt, make) => {
      const target = await locationOf(50, 4);
      make();
      const run = await preview(target);
      expect(run).toMatchObject({
        status: 'completed',
        counts: { add: 0, deactivate: 0 },
        undecided: { doubt },
      });
    },
  );

  it('is not asked where everybody who is not on the list is inactive already', async () => {
    depot.faults.sorting = 'ascending';
    const target = await locationOf(50, 0);
    await testbed.addUsers(target, { 'gone@dkm': 'inactive' });
    expect((await preview(target)).undecided).toBeUndefined();
    expect(pagesAsked()).toHaveLength(5);
  });
});

describe('an absence', () => {
  it('is proven by an empty page after each of two reads of opposite order, and by nothing less', async () => {
    const run = await preview(await locationOf(50, 1));
    expect(run).toMatchObject({ status: 'ready', counts: { deactivate: 1, unchanged: 50 } });
    expect(run.undecided).toBeUndefined();
    expect(pagesAsked().filter((asked) => asked.endsWith(' 6'))).toEqual(['asc 6', 'desc 6']);
    expect(pagesAsked()).toHaveLength(12);
  });

  it('costs no request where nobody is absent', async () => {
    await preview(await locationOf(40, 0));
    expect(pagesAsked()).toHaveLength(5);
  });

  it('is looked for again where somebody came between the last page and the one after it', async () => {
    const target = await locationOf(50, 1);
    let came = false;
    depot.faults.onRequest = ({ page, order }) => {
      if (page === 6 && order === 'asc' && !came) {
        came = true;
        depot.users.push(makeDepotUser(51));
      }
      return undefined;
    };
    expect(await preview(target)).toMatchObject({ status: 'ready', counts: { add: 1, deactivate: 1 } });
    expect(pagesAsked().filter((asked) => asked === 'asc 1')).toHaveLength(2);
  });
});

describe('the guard', () => {
  const thin: [string, () => void][] = [
    ['no total', () => Object.assign(depot.faults, { total: 'missing' })],
    [
      '404 after the last page',
      () => {
        depot.faults.onRequest = ({ page = 0 }) =>
          page > 4 ? { status: 404, json: { detail: 'Invalid page.' } } : undefined;
      },
    ],
    [
      'a total that is missing on the page after the last',
      () => {
        depot.faults.onRequest = ({ page = 0 }) => (page > 4 ? { json: { object: [] } } : undefined);
      },
    ],
  ];
  // 10 of 50: exactly 20 %.
  beforeEach(() => {
    depot.users.splice(40);
  });

  it.each(thin)('stops a plan of exactly 20 percent where the server says %s', async (_what, make) => {
    make();
    expect(await preview(await locationOf(40, 10))).toMatchObject({
      status: 'ready',
      counts: { deactivate: 10 },
      guard: { tripped: true, why: 'limits', deactivate: 10, active: 50 },
      rules: { limits: [{ inclusive: true }] },
    });
  });

  it.each(thin)('lets less than that pass where the server says %s', async (_what, make) => {
    make();
    const run = await preview(await locationOf(40, 9));
    expect(run).toMatchObject({ status: 'ready', counts: { deactivate: 9 }, guard: { tripped: false } });
  });

  it('lets exactly 20 percent pass where a count says so too', async () => {
    expect(await preview(await locationOf(40, 10))).toMatchObject({ guard: { tripped: false } });
  });
});
