import { afterEach, expect, it, vi } from 'vitest';
import { type AboutRun, postToAdmins, postToEach } from '../../../../src/slack/tell/told.ts';
import { aRun } from '../../../support/view-fixtures.ts';

const realNow = performance.now.bind(performance);

afterEach(() => {
  vi.restoreAllMocks();
});

/** Slack's answer to a post, by the member: none is a yes, an empty one that there was no answer at all. */
type Answers = (id: string) => string | undefined;

/** Repeats the attempts as the delivery does, `secondsApart`, until nothing is left. Each look at the clock finds it a second later. */
async function tellAll(ids: readonly string[], answers: Answers, secondsApart = 60) {
  let now = realNow();
  vi.spyOn(performance, 'now').mockImplementation(() => {
    now += 1_000;
    return now;
  });
  const toldTo: string[] = [];
  const posts: string[] = [];
  const run = aRun();
  const about = (attempts: number, ageSeconds: number) =>
    ({
      run,
      notice: { id: 1, runId: 1, kind: 'thread', attempts, ageSeconds, toldTo: [...toldTo], lostAnswers: 0 },
      outbox: { toldTo: async (_notice: unknown, id: string) => void toldTo.push(id) },
      client: {
        chat: {
          postMessage: async ({ channel }: { channel: string }) => {
            posts.push(channel);
            const error = answers(channel);
            if (error === '') throw new Error('fetch failed');
            if (error !== undefined)
              throw Object.assign(new Error(error), { code: 'slack_webapi_platform_error', data: { error } });
          },
        },
      },
    }) as unknown as AboutRun;
  let attempts = 0;
  for (let ageSeconds = 0; ageSeconds <= 24 * 3600; ageSeconds += secondsApart) {
    attempts += 1;
    const { outcome } = await postToEach(
      about(attempts, ageSeconds),
      { ids },
      { text: 'x', blocks: [] },
    ).catch(() => ({ outcome: 'later' }));
    if (outcome !== 'goes_on' && outcome !== 'later') return { outcome, posts, attempts };
  }
  return { outcome: 'given up', posts, attempts };
}

const MANY = Array.from({ length: 450 }, (_, n) => `U${1_000 + n}`);

it('hundreds of members are told once each, some with each attempt', async () => {
  const { outcome, posts, attempts } = await tellAll(MANY, () => undefined);
  expect(outcome).toBe('told');
  expect(posts.toSorted()).toEqual(MANY);
  expect(attempts).toBeGreaterThan(10);
});

it('many of whom Slack says "later" keep nobody behind them from their turn', async () => {
  const stuck = new Set(MANY.slice(0, 60));
  const answers: Answers = (id) => (stuck.has(id) ? 'service_unavailable' : undefined);
  const { outcome, posts } = await tellAll(MANY, answers, 300);
  expect(outcome).toBe('given up');
  expect(posts.filter((id) => !stuck.has(id)).toSorted()).toEqual(MANY.slice(60));
});

it('a member whose token is invalid for five hours is told within a minute after them', async () => {
  let left = 300;
  const { outcome, attempts } = await tellAll(['U1'], () => {
    left -= 1;
    return left >= 0 ? 'token_revoked' : undefined;
  });
  expect({ outcome, attempts }).toEqual({ outcome: 'told', attempts: 301 });
});

it('a member whom Slack may have told gets eight copies in a day', async () => {
  const { posts } = await tellAll(['U1'], () => 'internal_error', 10);
  expect(posts).toHaveLength(8);
});

it('nobody is tried behind a member about whom Slack does not answer at all, until the next attempt', async () => {
  const { posts } = await tellAll(['U1', 'U2', 'U3'], () => '', 24 * 3600 + 1);
  expect(posts).toEqual(['U1']);
});

it('a notice of which one member learned was told, though Slack refuses another in the next attempt', async () => {
  const answers = [undefined, 'service_unavailable', 'user_not_found'];
  const { outcome, posts } = await tellAll(['U1', 'U2'], () => answers.shift());
  expect({ outcome, posts }).toEqual({ outcome: 'told', posts: ['U1', 'U2', 'U2'] });
});

it('every admin but the one who confirmed is told, also where it is in doubt who else is one', async () => {
  const posts: string[] = [];
  const about = (doubt?: Error) =>
    ({
      run: aRun({ confirmedBy: { id: 'U1', name: 'Ayu' } }),
      notice: { id: 1, runId: 1, kind: 'call', attempts: 1, ageSeconds: 0, toldTo: [], lostAnswers: 0 },
      outbox: { toldTo: async () => {} },
      client: { chat: { postMessage: async ({ channel }: { channel: string }) => void posts.push(channel) } },
      showing: {
        listed: { members: async () => ({ ids: ['U1', 'U2', 'U3'], doubt }), isAdmin: async () => true },
      },
    }) as unknown as AboutRun;
  const message = { text: 'x', blocks: [] };
  expect(await postToAdmins(about(), message)).toEqual({ outcome: 'told' });
  expect(posts.splice(0)).toEqual(['U2', 'U3']);
  await expect(postToAdmins(about(new Error('Who is in the group?')), message)).rejects.toThrow('Who is in');
  expect(posts).toEqual(['U2', 'U3']);
});
