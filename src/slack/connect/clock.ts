import type { webApi } from '@slack/bolt';

/** This machine's clock is so far ahead of Slack's that Slack's requests count as too old. */
export class ClockAheadError extends Error {
  override readonly name = 'ClockAheadError';
  readonly aheadMs: number;
  constructor(aheadMs: number) {
    super(`The clock is ${Math.round(aheadMs / 1000)} s ahead of Slack's`);
    this.aheadMs = aheadMs;
  }
}

/** Older requests are refused with 401 (docs.slack.dev, "Verifying requests from Slack"). */
export const OLDEST_REQUEST_MS = 5 * 60_000;

/** Slack's clock, from the `Date` header of its answers, in whole seconds. */
export type SlackClock = {
  /** Wraps a `fetch` to read the time from each answer. */
  watching(fetching: webApi.FetchFunction): webApi.FetchFunction;
  /** By how many milliseconds this machine's clock is ahead; negative where it is behind; undefined before the first answer. */
  aheadMs(): number | undefined;
};

/** `now` is this machine's clock, in milliseconds since 1970. */
export function createSlackClock(now: () => number): SlackClock {
  let ahead: number | undefined;
  return {
    watching: (fetching) => async (url, init) => {
      const response = await fetching(url, init);
      const told = Date.parse(response.headers.get('date') ?? '');
      if (!Number.isNaN(told)) ahead = now() - told;
      return response;
    },
    aheadMs: () => ahead,
  };
}
