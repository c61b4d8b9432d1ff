import { createHmac } from 'node:crypto';

export type SignedRequest = {
  readonly url: string;
  readonly signingSecret: string;
  readonly body: string;
  readonly contentType?: string;
  /** Seconds since 1970; now by default. Slack's receivers refuse timestamps older than 300 s. */
  readonly timestamp?: number;
  /** Replaces the signature. */
  readonly signature?: string;
  /** Changes the body after it was signed. */
  readonly tamper?: (body: string) => string;
  /** For example `X-Slack-Retry-Num`. */
  readonly headers?: Readonly<Record<string, string>>;
};

export type Acknowledgement = {
  readonly status: number;
  readonly body: string;
  /** Milliseconds from sending to the complete answer. Slack waits 3,000 ms. */
  readonly elapsedMs: number;
};

/** Slack's signature of a body: https://docs.slack.dev/authentication/verifying-requests-from-slack */
function slackSignature(signingSecret: string, timestamp: number, body: string): string {
  return `v0=${createHmac('sha256', signingSecret).update(`v0:${timestamp}:${body}`).digest('hex')}`;
}

/** Posts a request with Slack's signature, and waits for the acknowledgement, which is the HTTP answer. */
export async function postSigned(request: SignedRequest): Promise<Acknowledgement> {
  const { url, signingSecret, body, tamper = (same: string) => same } = request;
  const timestamp = request.timestamp ?? Math.floor(Date.now() / 1000);
  const headers = {
    'Content-Type': request.contentType ?? 'application/x-www-form-urlencoded',
    'X-Slack-Request-Timestamp': String(timestamp),
    'X-Slack-Signature': request.signature ?? slackSignature(signingSecret, timestamp, body),
    ...request.headers,
  };
  const sent = performance.now();
  const response = await fetch(url, { method: 'POST', headers, body: tamper(body) });
  const text = await response.text();
  return { status: response.status, body: text, elapsedMs: performance.now() - sent };
}

/** The body of a slash command: a form. */
export function commandBody(fields: Readonly<Record<string, string>>): string {
  return new URLSearchParams(fields).toString();
}

/** The body of a click or a submission: a form with one JSON field. */
export function interactionBody(payload: object): string {
  return new URLSearchParams({ payload: JSON.stringify(payload) }).toString();
}
