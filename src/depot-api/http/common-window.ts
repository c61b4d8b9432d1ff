import type { Redis } from 'ioredis';
import { z } from 'zod';
import { COUNTS_MS, type Rates } from './window.ts';

/** The requests that several processes together may send to one depot server, counted in Redis. */
export type CommonWindow = ReturnType<typeof createCommonWindow>;

/** `timeoutMs`: the longest time of a request. */
export type CommonRates = Rates & { readonly timeoutMs: number };

type Parts = {
  readonly redis: Redis;
  readonly channel: string;
  readonly owner: string;
  readonly origin: string;
  readonly rates: CommonRates;
  readonly warn: (error: unknown) => void;
  /** Redis has served a request for places, or has not. */
  readonly served?: (isServed: boolean) => void;
};

/** Milliseconds after which a waiting process asks again, in case the message about a free place was lost. */
const ASK_AGAIN_MS = 500;
/** Milliseconds after which Redis deletes the counts of a depot server that nobody asks. */
const FORGOTTEN_AFTER_MS = 3_600_000;
/** Milliseconds after the longest possible request until Redis takes a request, and its process, for lost. */
const LOST_AFTER_MS = 1_000;
/** The longest rest that is shared. Milliseconds. */
const LONGEST_REST_MS = 10_000;

/** Milliseconds after which a process asks again that left places to others. */
const HAND_OVER_MS = 20;

const enteredSchema = z.tuple([z.number(), z.number()]);

/**
 * The same window as in one process (`window.ts`), by the clock of Redis. Sorted sets: requests that count, scored by the end of
 * their second; requests under way, scored by the time when they count as lost; processes that wait, scored by the time since when,
 * and by the time when they last asked. And the end of a rest.
 */
export function createCommonWindow(parts: Parts) {
  const { redis, channel, owner, origin, rates, warn, served } = parts;
  const { maxConcurrent, requestsPerSecond, timeoutMs } = rates;
  // Processes with other rate settings are counted separately.
  const name = `usersync {${origin} ${maxConcurrent} ${requestsPerSecond}}`;
  const keys = ['seen', 'under way', 'waiting', 'asked', 'rest'].map((each) => `${name} ${each}`);
  const lostAfterMs = timeoutMs + LOST_AFTER_MS;
  const limits = [maxConcurrent, requestsPerSecond, lostAfterMs, COUNTS_MS];
  const times = [ASK_AGAIN_MS, FORGOTTEN_AFTER_MS, LONGEST_REST_MS];
  /**
   * Of this process's requests under way. Redis frees all other places of this process, whose ends or grants got lost, and takes
   * these in again after it was emptied or restarted.
   */
  const held = new Set<string>();
  let tickets = 0;

  const run = (script: string, ...values: (string | number)[]) =>
    redis.eval(script, keys.length, ...keys, ...values);

  return {
    /**
     * Takes up to `wanted` places. Redis frees a place after the longest time of a request if nobody leaves it. `waitMs`: when to
     * ask again, if fewer places were free. Undefined if Redis gives no answer. One call at a time: what is asked for counts as
     * taken until the answer.
     */
    enter: async (wanted: number) => {
      const before = [...held];
      const numbers = Array.from({ length: wanted }, () => (tickets += 1));
      // While the timeout is being changed, processes differ in it: each ticket carries its own.
      const mine = numbers.map((number) => `${owner} ${lostAfterMs} ${number}`);
      for (const ticket of mine) held.add(ticket);
      let granted = 0;
      try {
        const answer = await run(ENTER, ...limits, ...times, owner, before.length, ...before, ...mine);
        const [places, waitMs] = enteredSchema.parse(answer);
        granted = places;
        served?.(true);
        return { tickets: mine.slice(0, granted), waitMs: granted < wanted ? waitMs : undefined };
      } catch (error) {
        served?.(false);
        warn(error);
        return undefined;
      } finally {
        for (const ticket of mine.slice(granted)) held.delete(ticket);
      }
    },
    /** The request has ended. The server saw it at least `seenMs` ago, and wants a rest of `restMs` from all, unless that is below 1. */
    leave: (ticket: string, seenMs: number, restMs: number) => {
      held.delete(ticket);
      const countsFor = Math.ceil(COUNTS_MS - seenMs);
      run(LEAVE, ticket, countsFor, channel, Math.ceil(Math.min(restMs, LONGEST_REST_MS))).catch(warn);
    },
    /** Frees the places of processes that died. Never throws. */
    forget: async (owners: readonly string[]) => {
      if (owners.length === 0) return;
      await run(FORGET, channel, COUNTS_MS, ...owners).catch(warn);
    },
  };
}

const NOW = `local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
local text = function(ms) return string.format('%.0f', ms) end
local seen, underWay, waiting, asked, rest = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5]
`;

/**
 * Places go to the process that has waited longest, one to each that waits: one that is busy could else take each place again as it
 * leaves it. A time that lies further ahead than it can have been set (the ticket says how far; tickets of older versions do not)
 * shows that the clock of Redis was set back.
 */
const ENTER = `${NOW}
local most, rate, expires, counts = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4])
local again, forgotten, longestRest = tonumber(ARGV[5]), ARGV[6], tonumber(ARGV[7])
local owner, held = ARGV[8], tonumber(ARGV[9])
local wanted, isHeld = #ARGV - 9 - held, {}
redis.call('ZREMRANGEBYSCORE', seen, '-inf', text(now))
redis.call('ZREMRANGEBYSCORE', underWay, '-inf', text(now))
for n = 10, 9 + held do
  isHeld[ARGV[n]] = true
  redis.call('ZADD', seen, 'NX', text(now + expires), ARGV[n])
  redis.call('ZADD', underWay, 'NX', text(now + expires), ARGV[n])
end
for _, ticket in ipairs(redis.call('ZRANGE', underWay, 0, -1)) do
  if string.sub(ticket, 1, #owner + 1) == owner .. ' ' and not isHeld[ticket] then redis.call('ZREM', underWay, ticket) end
end
for _, ticket in ipairs(redis.call('ZRANGEBYSCORE', seen, '(' .. text(now + counts), '+inf')) do
  local ends = redis.call('ZSCORE', underWay, ticket)
  local latest = now + (ends and (string.match(ticket, ' (%d+) ') or expires) or counts)
  if not ends or tonumber(ends) > latest then
    redis.call('ZADD', seen, text(latest), ticket)
    redis.call('ZADD', underWay, 'XX', text(latest), ticket)
  end
end
for _, each in ipairs(redis.call('ZRANGE', waiting, 0, -1)) do
  local last = redis.call('ZSCORE', asked, each)
  if not last or math.abs(now - tonumber(last)) > 2 * again then
    redis.call('ZREM', waiting, each)
    redis.call('ZREM', asked, each)
  end
end
local counted = redis.call('ZCARD', seen)
local free = math.max(0, math.min(most - redis.call('ZCARD', underWay), rate - counted))
local rests = tonumber(redis.call('GET', rest) or 0) - now
if rests > longestRest then rests = 0 end
if rests > 0 then free = 0 end
local since = redis.call('ZSCORE', waiting, owner) or text(now)
local granted = math.max(0, math.min(wanted, free - redis.call('ZCOUNT', waiting, '-inf', '(' .. since)))
for n = 10 + held, 9 + held + granted do
  redis.call('ZADD', seen, text(now + expires), ARGV[n])
  redis.call('ZADD', underWay, text(now + expires), ARGV[n])
end
if granted > 0 or wanted == 0 then redis.call('ZREM', waiting, owner) end
if granted < wanted then
  redis.call('ZADD', waiting, 'NX', text(now), owner)
  redis.call('ZADD', asked, text(now), owner)
end
for n = 1, 4 do redis.call('PEXPIRE', KEYS[n], forgotten) end
if rests > 0 then return {granted, math.min(again, rests)} end
-- The others take the rest at once.
if granted < free then return {granted, ${HAND_OVER_MS}} end
local next = redis.call('ZRANGE', seen, 0, 0, 'WITHSCORES')
if counted + granted >= rate and next[2] then return {granted, math.max(1, math.min(again, tonumber(next[2]) - now))} end
return {granted, again}`;

/** Has waiting processes ask again. */
const LEAVE = `${NOW}
local rests = tonumber(ARGV[4])
if rests > 0 and tonumber(redis.call('GET', rest) or 0) < now + rests then redis.call('SET', rest, text(now + rests), 'PX', rests) end
redis.call('ZREM', underWay, ARGV[1])
redis.call('ZADD', seen, 'XX', text(now + tonumber(ARGV[2])), ARGV[1])
if redis.call('ZCARD', waiting) > 0 then redis.call('PUBLISH', ARGV[3], '') end
return 0`;

/** Frees the places of dead processes. The server may have seen their requests until now, so they count for a second more. */
const FORGET = `${NOW}
for _, ticket in ipairs(redis.call('ZRANGE', underWay, 0, -1)) do
  for n = 3, #ARGV do
    if string.sub(ticket, 1, #ARGV[n] + 1) == ARGV[n] .. ' ' then
      redis.call('ZREM', underWay, ticket)
      redis.call('ZADD', seen, 'XX', text(now + tonumber(ARGV[2])), ticket)
    end
  end
end
redis.call('PUBLISH', ARGV[1], '')
return 0`;
