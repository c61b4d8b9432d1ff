import type { webApi } from '@slack/bolt';
import { z } from 'zod';

/** What became of a call, in the order in which a reader of the metrics would ask. */
export const CALL_OUTCOMES = ['ok', 'refused', 'rate_limited', 'failed'] as const;

/**
 * One call of Slack's Web API that is over: `refused` where Slack said no (`"ok": false`), `rate_limited` where it
 * answered 429, `failed` where there was no answer or none that Slack gives.
 */
export type SlackCall = {
  /** Such as `chat.postMessage`; `RESPONSE_URL` for what is no method. */
  readonly method: string;
  readonly outcome: (typeof CALL_OUTCOMES)[number];
};

export type ReportCall = (call: SlackCall) => void;

/** Answers to commands and clicks, whose addresses are new each time. */
export const RESPONSE_URL = 'response_url';

/** A `fetch` for Slack's clients that reports each call. `apiUrl` is the base of the Web API. */
export function reportingFetch(apiUrl: string, report: ReportCall): webApi.FetchFunction {
  return async (url, init) => {
    const address = String(url);
    const isMethod = address.startsWith(apiUrl);
    const method = isMethod ? address.slice(apiUrl.length) : RESPONSE_URL;
    const response = await fetch(url, init).catch((error: unknown) => {
      report({ method, outcome: 'failed' });
      throw error;
    });
    report({ method, outcome: await outcomeOf(response, isMethod) });
    return response;
  };
}

const answer = z.object({ ok: z.boolean() });

async function outcomeOf(response: Response, isMethod: boolean): Promise<SlackCall['outcome']> {
  if (response.status === 429) return 'rate_limited';
  if (!response.ok) return 'failed';
  if (!isMethod) return 'ok';
  // Slack's client reads the body as well, so this reads a copy.
  const body: unknown = await response
    .clone()
    .json()
    .catch(() => undefined);
  const said = answer.safeParse(body);
  if (!said.success) return 'failed';
  return said.data.ok ? 'ok' : 'refused';
}
