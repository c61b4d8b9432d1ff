import type { webApi } from '@slack/bolt';

/** This machine's clock is ahead of Slack's by more than a request of Slack's may be old. */
export class ClockAheadError extends Error {
  override readonly name = 'ClockAheadError';
  readonly aheadMs: number;
  constructor(aheadMs: number) {
    super(`The clock is ${Math.round(aheadMs / 1000)} s ahead of Slack's`);
    this.aheadMs = aheadMs;
  }
}

/** A request that is older is refused with 401 (docs.slack.dev, Verifying requests from Slack). */
export const OLDEST_REQUEST_MS = 5 * 60_000;

/** Slack's clock, by the `Date` of its answers, to a second. */
export type SlackClock = {
  /** A `fetch` that reads it from each answer. */
  watching(fetching: webApi.FetchFunction): webApi.FetchFunction;
  /** Milliseconds by which this machine's clock is ahead, negative where behind; undefined where no answer told. */
  aheadMs(): number | undefined;
};

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
