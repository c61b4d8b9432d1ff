import { afterEach, describe, expect, it, vi } from 'vitest';
import { preview, sees, settled } from '../../support/strict-conversation.ts';
import { IMPATIENT, inStrictWorld, type StrictWorld } from '../../support/strict-world.ts';

/** Limits that no setting changes. */

afterEach(() => {
  vi.restoreAllMocks();
});

const callsOf = ({ slack }: StrictWorld, method: string) =>
  slack.calls.filter((call) => call.method === method);

describe('the message of a run that is being read', () => {
  const edits = (world: StrictWorld) =>
    callsOf(world, 'chat.update').filter(({ args }) => /Reading users from .* of /.test(String(args['text'])))
      .length;

  it('is edited every 2 seconds at most', () =>
    inStrictWorld(
      async (world) => {
        let now = performance.now();
        vi.spyOn(performance, 'now').mockImplementation(() => now);
        const reached: number[] = [];
        const pass = (milliseconds: number) => {
          reached.push(edits(world));
          now += milliseconds;
        };
        const shown = async () => {
          const [run] = await world.sql<{ ts: string | null }>('SELECT message_ts AS ts FROM sync_runs');
          return (run?.ts ?? null) !== null;
        };
        /** What happens before the server answers with a page. */
        const before: Readonly<Record<number, () => unknown>> = {
          // The post counts as an edit, and none is made before Slack has taken it.
          2: () => sees(world, 'the message', shown),
          6: () => pass(1_999),
          12: () => pass(1),
          14: () => sees(world, 'an edit', () => edits(world) === 1),
          16: () => pass(1_999),
          20: () => pass(1),
          22: () => sees(world, 'another edit', () => edits(world) === 2),
        };
        world.depots.dev.faults.onRequest = async ({ page = 0 }) => {
          await before[page]?.();
          return undefined;
        };
        await preview(world, world.ayu, 'dev');
        expect(reached).toEqual([0, 0, 1, 1]);
      },
      { settings: { EXTERNAL_API_PAGE_SIZE: '1', EXTERNAL_API_MAX_CONCURRENT: '1' } },
    ));

  it('is not edited for as long as Slack wants no more edits, so that the one with Confirm gets through', () =>
    inStrictWorld(
      async (world) => {
        let now = performance.now();
        vi.spyOn(performance, 'now').mockImplementation(() => now);
        world.slack.fail('chat.update', { retryAfter: 30 });
        let meanwhile = 0;
        const shown = () => world.sql('SELECT 1 FROM sync_runs WHERE message_ts IS NOT NULL');
        /** What happens before the server answers with a page. */
        const before: Readonly<Record<number, () => Promise<void>>> = {
          2: async () => {
            await sees(world, 'the message', async () => (await shown()).length === 1);
            now += 2_000;
          },
          8: async () => {
            await sees(world, 'the edit that Slack limits', () => edits(world) === 1);
            now += 29_999;
          },
          14: async () => {
            meanwhile = edits(world);
            now += 30_000;
          },
          20: () => sees(world, 'the next edit', () => edits(world) === 2).then(() => {}),
        };
        world.depots.dev.faults.onRequest = async ({ page = 0 }) => {
          await before[page]?.();
          return undefined;
        };
        await preview(world, world.ayu, 'dev');
        expect(meanwhile).toBe(1);
      },
      { settings: { EXTERNAL_API_PAGE_SIZE: '1', EXTERNAL_API_MAX_CONCURRENT: '1' } },
    ));

  it('has Cancel from a minute after it was posted', () =>
    inStrictWorld(
      async (world) => {
        let now = performance.now();
        vi.spyOn(performance, 'now').mockImplementation(() => now);
        const shown = () => world.sql('SELECT 1 FROM sync_runs WHERE message_ts IS NOT NULL');
        /** What happens before the server answers with a page, and how much time passes then. */
        const before: Readonly<Record<number, readonly [() => unknown, number]>> = {
          2: [async () => (await shown()).length === 1, 57_999],
          8: [() => edits(world) === 1, 2_000],
          14: [() => edits(world) === 2, 2_000],
          20: [() => edits(world) === 3, 0],
        };
        world.depots.dev.faults.onRequest = async ({ page = 0 }) => {
          const [look, milliseconds] = before[page] ?? [() => true, 0];
          await sees(world, `what is to come before page ${page}`, look);
          now += milliseconds;
          return undefined;
        };
        await preview(world, world.ayu, 'dev');
        const offers = callsOf(world, 'chat.update').flatMap(({ args: { text, blocks } }) =>
          /Reading users from .* of /.test(String(text))
            ? [JSON.stringify(blocks).includes('cancel_run')]
            : [],
        );
        expect(offers).toEqual([false, false, true]);
      },
      { settings: { EXTERNAL_API_PAGE_SIZE: '1', EXTERNAL_API_MAX_CONCURRENT: '1' } },
    ));
});

describe('a notice that Slack does not take', () => {
  type Notice = { readonly attempts: number; readonly open: number };
  const notice = async (world: StrictWorld): Promise<Notice | undefined> => {
    const [row] = await world.sql<Notice>(
      "SELECT attempts, closed_at IS NULL AS open FROM sync_outbox WHERE kind = 'message' ORDER BY id DESC LIMIT 1",
    );
    return row && { attempts: Number(row.attempts), open: Number(row.open) };
  };
  /** As if the notice was written so long ago, and is due again. */
  const age = (world: StrictWorld, seconds: number) =>
    world.sql(
      `UPDATE sync_outbox SET created_at = UTC_TIMESTAMP(3) - INTERVAL ? SECOND, next_attempt_at = UTC_TIMESTAMP(3)
       WHERE kind = 'message' AND closed_at IS NULL AND lease_owner IS NULL`,
      [seconds],
    );

  it('is tried for 24 hours, and given up then', () =>
    inStrictWorld(
      async (world) => {
        const message = await preview(world, world.ayu, 'dev');
        await settled(world);
        world.slack.fail('chat.update', { status: 503, times: 1_000 });
        await world.ayu.click(message, 'cancel_run');
        await sees(world, 'the first attempt', async () => ((await notice(world))?.attempts ?? 0) > 0);
        const { attempts = 0 } = (await notice(world)) ?? {};
        await sees(world, 'two more attempts', async () => {
          await age(world, 24 * 3600 - 60);
          return ((await notice(world))?.attempts ?? 0) >= attempts + 2;
        });
        expect(await notice(world)).toMatchObject({ open: 1 });
        await sees(world, 'the end of it', async () => {
          await age(world, 24 * 3600 + 5);
          return (await notice(world))?.open === 0;
        });
      },
      { timing: IMPATIENT },
    ));
});

describe('the plan of a run that nobody confirmed', () => {
  it('is kept for 30 days', () =>
    inStrictWorld(async (world) => {
      for (const [id, hours] of [
        [900, 30 * 24 - 1],
        [901, 30 * 24 + 1],
      ]) {
        await world.sql(
          `INSERT INTO sync_runs (id, target, location_id, location_name, status, channel_id, request_key, requested_by_id,
             requested_by_name, requested_at, finished_at)
           VALUES (?, 'dev', 8, 'Dev', 'expired', 'C1', ?, 'U1', 'Ayu', UTC_TIMESTAMP(), UTC_TIMESTAMP() - INTERVAL ? HOUR)`,
          [id, `key ${id}`, hours],
        );
        await world.sql(
          "INSERT INTO sync_changes (run_id, seq, action, email) VALUES (?, 1, 'add', 'a@dkm')",
          [id],
        );
      }
      // Every process looks at its start.
      await world.anotherBot();
      const kept = () => world.sql<{ id: number }>('SELECT run_id AS id FROM sync_changes ORDER BY run_id');
      await sees(world, 'the purge', async () => (await kept()).length < 2);
      expect((await kept()).map(({ id }) => Number(id))).toEqual([900]);
    }));
});

describe('the Home tabs of those who looked at them', () => {
  const viewers = Array.from({ length: 22 }, (_, n) => `U0VIEWER${String(n).padStart(2, '0')}`);

  it('are refreshed for the 20 who looked last', () =>
    inStrictWorld(
      async (world) => {
        for (const [index, id] of viewers.entries()) {
          world.slack.workspace.members.set(id, { id, name: id.toLowerCase() });
          await world.sql(
            'INSERT INTO sync_home_viewers (user_id, seen_at) VALUES (?, UTC_TIMESTAMP() - INTERVAL ? MINUTE)',
            [id, index],
          );
        }
        await preview(world, world.ayu, 'dev');
        await sees(world, 'twenty refreshed tabs', () => callsOf(world, 'views.publish').length >= 20);
        await settled(world);
        const refreshed = callsOf(world, 'views.publish').map(({ args }) => args['user_id']);
        expect(refreshed).toEqual(viewers.slice(0, 20));
      },
      { timing: { ...IMPATIENT, lookEveryMs: 60_000 } },
    ));
});
