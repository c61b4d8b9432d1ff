import type { Redis } from 'ioredis';
import { z } from 'zod';
import { COUNTS_MS, type Rates } from './window.ts';

/** The requests that several processes together may send to one depot server, counted in Redis. */
export type CommonWindow = {
  /**
   * Takes up to `wanted` places. Redis frees a place after `expiresMs` if nobody leaves it. `waitMs`: when to ask again, if fewer
   * places were free. Undefined if Redis gives no answer.
   */
  enter(wanted: number, expiresMs: number): Promise<Entered | undefined>;
  /** The request has ended. The server saw it at least `seenMs` ago. */
  leave(ticket: string, seenMs: number): void;
  /** Frees the places of processes that died. Never throws. */
  forget(owners: readonly string[]): Promise<void>;
};

type Entered = { readonly tickets: readonly string[]; readonly waitMs: number | undefined };

type Parts = {
  readonly redis: Redis;
  readonly channel: string;
  readonly owner: string;
  readonly origin: string;
  readonly rates: Rates;
  readonly warn: (error: unknown) => void;
};

/** Milliseconds after which a waiting process asks again, in case the message about a free place was lost. */
const ASK_AGAIN_MS = 500;
/** Milliseconds after which Redis deletes the counts of a depot server that nobody asks. */
const FORGOTTEN_AFTER_MS = 3_600_000;

const enteredSchema = z.tuple([z.number(), z.number()]);

/**
 * The same window as in one process (`window.ts`), by the clock of Redis. Two sorted sets: requests that count, scored by the end
 * of their second; and requests under way, scored by the time when they count as lost.
 */
export function createCommonWindow({ redis, channel, owner, origin, rates, warn }: Parts): CommonWindow {
  const { maxConcurrent, requestsPerSecond } = rates;
  // Processes with other rate settings are counted separately.
  const name = `usersync {${origin} ${maxConcurrent} ${requestsPerSecond}}`;
  const keys = [`${name} seen`, `${name} under way`] as const;
  let tickets = 0;

  return {
    enter: async (wanted, expiresMs) => {
      const numbers = Array.from({ length: wanted }, () => (tickets += 1));
      const mine = numbers.map((number) => `${owner} ${number}`);
      const times = [expiresMs, ASK_AGAIN_MS, FORGOTTEN_AFTER_MS];
      try {
        const answer = await redis.eval(
          ENTER,
          2,
          ...keys,
          maxConcurrent,
          requestsPerSecond,
          ...times,
          ...mine,
        );
        const [granted, waitMs] = enteredSchema.parse(answer);
        return { tickets: mine.slice(0, granted), waitMs: granted < wanted ? waitMs : undefined };
      } catch (error) {
        warn(error);
        return undefined;
      }
    },
    leave: (ticket, seenMs) => {
      const countsFor = Math.ceil(COUNTS_MS - seenMs);
      redis.eval(LEAVE, 2, ...keys, ticket, countsFor, channel, maxConcurrent, requestsPerSecond).catch(warn);
    },
    forget: async (owners) => {
      if (owners.length === 0) return;
      await redis.eval(FORGET, 2, ...keys, channel, COUNTS_MS, ...owners).catch(warn);
    },
  };
}

const NOW = `local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
local text = function(ms) return string.format('%.0f', ms) end
`;

const ENTER = `${NOW}
local most, rate = tonumber(ARGV[1]), tonumber(ARGV[2])
local expires, again, forgotten = tonumber(ARGV[3]), tonumber(ARGV[4]), ARGV[5]
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', text(now))
redis.call('ZREMRANGEBYSCORE', KEYS[2], '-inf', text(now))
local counted, running = redis.call('ZCARD', KEYS[1]), redis.call('ZCARD', KEYS[2])
local wanted = #ARGV - 5
local free = math.max(0, math.min(wanted, most - running, rate - counted))
for n = 1, free do
  redis.call('ZADD', KEYS[1], text(now + expires), ARGV[5 + n])
  redis.call('ZADD', KEYS[2], text(now + expires), ARGV[5 + n])
end
redis.call('PEXPIRE', KEYS[1], forgotten)
redis.call('PEXPIRE', KEYS[2], forgotten)
local wait = again
local next = redis.call('ZRANGE', KEYS[1], 0, 0, 'WITHSCORES')
if counted + free >= rate and next[2] then wait = math.max(1, math.min(again, tonumber(next[2]) - now)) end
return {free, wait}`;

/** Has waiting processes ask again, if none could start before: all places were under way, or this second's limit was used up. */
const LEAVE = `${NOW}
local running, counted = redis.call('ZCARD', KEYS[2]), redis.call('ZCARD', KEYS[1])
redis.call('ZREM', KEYS[2], ARGV[1])
redis.call('ZADD', KEYS[1], 'XX', text(now + tonumber(ARGV[2])), ARGV[1])
if running >= tonumber(ARGV[4]) or counted >= tonumber(ARGV[5]) then redis.call('PUBLISH', ARGV[3], '') end
return 0`;

/** Frees the places of dead processes. The server may have seen their requests until now, so they count for a second more. */
const FORGET = `${NOW}
for _, ticket in ipairs(redis.call('ZRANGE', KEYS[2], 0, -1)) do
  for n = 3, #ARGV do
    if string.sub(ticket, 1, #ARGV[n] + 1) == ARGV[n] .. ' ' then
      redis.call('ZREM', KEYS[2], ticket)
      redis.call('ZADD', KEYS[1], 'XX', text(now + tonumber(ARGV[2])), ticket)
    end
  end
end
redis.call('PUBLISH', ARGV[1], '')
return 0`;
