import type { Redis } from 'ioredis';
import { z } from 'zod';
import { LATEST, MARGIN, type Rates, SECOND } from './window.ts';

/** What several processes may send to one depot server together, as Redis counts it. */
export type CommonWindow = {
  /**
   * Takes up to `wanted` places, which Redis frees after `expiresMs` where nobody leaves them. `waitMs`, where there were
   * fewer: when to ask again. Undefined where Redis gives no answer.
   */
  enter(wanted: number, expiresMs: number): Promise<Entered | undefined>;
  /** Leaves a place. `lateMs` after it was taken, the server may have seen its request. */
  leave(ticket: string, lateMs: number): void;
  /** Gives back the places of processes that died. Never throws. */
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

/** Where a message that a place is free got lost, who waits asks again after so many milliseconds. */
const ASK_AGAIN_MS = 500;
/** Redis forgets a depot server that nobody has asked for so long. Milliseconds. */
const FORGOTTEN_AFTER_MS = 3_600_000;

const enteredSchema = z.tuple([z.number(), z.number()]);

/**
 * The same window as that of one process (`window.ts`), by the clock of Redis. Two sorted sets: what the server has seen
 * within a second, by when that second is over, and what is under way, by when it is taken for lost.
 */
export function createCommonWindow({ redis, channel, owner, origin, rates, warn }: Parts): CommonWindow {
  const { maxConcurrent, requestsPerSecond } = rates;
  // Processes of other settings count for themselves.
  const name = `usersync {${origin} ${maxConcurrent} ${requestsPerSecond}}`;
  const keys = [`${name} seen`, `${name} under way`] as const;
  let tickets = 0;

  return {
    enter: async (wanted, expiresMs) => {
      const numbers = Array.from({ length: wanted }, () => (tickets += 1));
      const mine = numbers.map((number) => `${owner} ${number}`);
      const times = [LATEST, expiresMs, ASK_AGAIN_MS, FORGOTTEN_AFTER_MS];
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
    leave: (ticket, lateMs) => {
      const seenFor = Math.ceil(lateMs) + SECOND + MARGIN;
      redis.eval(LEAVE, 2, ...keys, ticket, LATEST, seenFor, channel, maxConcurrent).catch(warn);
    },
    forget: async (owners) => {
      if (owners.length === 0) return;
      await redis.eval(FORGET, 2, ...keys, channel, ...owners).catch(warn);
    },
  };
}

const NOW = `local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
local text = function(ms) return string.format('%.0f', ms) end
`;

const ENTER = `${NOW}
local most, rate = tonumber(ARGV[1]), tonumber(ARGV[2])
local latest, expires, again, forgotten = tonumber(ARGV[3]), tonumber(ARGV[4]), tonumber(ARGV[5]), ARGV[6]
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', text(now))
redis.call('ZREMRANGEBYSCORE', KEYS[2], '-inf', text(now))
local seen, running = redis.call('ZCARD', KEYS[1]), redis.call('ZCARD', KEYS[2])
local wanted = #ARGV - 6
local free = math.max(0, math.min(wanted, most - running, rate - seen))
for n = 1, free do
  redis.call('ZADD', KEYS[1], text(now + latest), ARGV[6 + n])
  redis.call('ZADD', KEYS[2], text(now + expires), ARGV[6 + n])
end
redis.call('PEXPIRE', KEYS[1], forgotten)
redis.call('PEXPIRE', KEYS[2], forgotten)
local wait = again
local next = redis.call('ZRANGE', KEYS[1], 0, 0, 'WITHSCORES')
if seen + free >= rate and next[2] then wait = math.max(1, math.min(again, tonumber(next[2]) - now)) end
return {free, wait}`;

const LEAVE = `${NOW}
local running = redis.call('ZCARD', KEYS[2])
redis.call('ZREM', KEYS[2], ARGV[1])
local latest = redis.call('ZSCORE', KEYS[1], ARGV[1])
if latest then
  local free = tonumber(latest) - tonumber(ARGV[2]) + tonumber(ARGV[3])
  redis.call('ZADD', KEYS[1], 'XX', text(math.min(tonumber(latest), free)), ARGV[1])
end
if running >= tonumber(ARGV[5]) then redis.call('PUBLISH', ARGV[4], '') end
return 0`;

const FORGET = `
for _, ticket in ipairs(redis.call('ZRANGE', KEYS[2], 0, -1)) do
  for n = 2, #ARGV do
    if string.sub(ticket, 1, #ARGV[n] + 1) == ARGV[n] .. ' ' then redis.call('ZREM', KEYS[2], ticket) end
  end
end
redis.call('PUBLISH', ARGV[1], '')
return 0`;
