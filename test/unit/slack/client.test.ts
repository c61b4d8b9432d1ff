import { describe, expect, it } from 'vitest';
import { clientOptions } from '../../../src/slack/connect/client.ts';
import type { Network } from '../../../src/slack/connect/network.ts';
import { entriesOn } from '../../support/signal-entries.ts';

type Sent = Parameters<Network['fetch']>[1];

/** A client of a process that may be taken for dead once `doubt` aborts, and what its calls are sent with. */
function doubtful(answer: (sent: Sent) => Promise<Response>) {
  const doubt = new AbortController();
  const calls: Sent[] = [];
  const network: Network = {
    dispatcher: undefined,
    fetch: (_, sent) => {
      calls.push(sent);
      return answer(sent);
    },
  };
  const { fetch } = clientOptions({
    apiUrl: 'https://slack.test/api/',
    network,
    doubt: () => doubt.signal,
  });
  const call = async (signal?: AbortSignal) =>
    fetch?.('https://slack.test/api/chat.update', { method: 'POST', headers: {}, ...(signal && { signal }) });
  return { doubt, calls, call };
}

/** As fetch does: rejects once the signal aborts. */
const unanswered = (sent: Sent) =>
  new Promise<never>((_, reject) => {
    sent?.signal?.addEventListener('abort', () => reject(sent.signal?.reason));
  });

describe('a call of Slack by a process that may be taken for dead', () => {
  it('is not begun once the process is in doubt', async () => {
    const { doubt, calls, call } = doubtful(unanswered);
    doubt.abort(new Error('in doubt'));
    await expect(call()).rejects.toThrow('in doubt');
    expect(calls).toEqual([]);
  });

  it('ends with the doubt while Slack has not answered', async () => {
    const { doubt, call } = doubtful(unanswered);
    const calling = call(new AbortController().signal);
    doubt.abort(new Error('in doubt'));
    await expect(calling).rejects.toThrow('in doubt');
  });

  it('ends with its own time limit, which holds for the body of the answer too', async () => {
    const waiting = doubtful(unanswered);
    const limit = new AbortController();
    const calling = waiting.call(limit.signal);
    limit.abort(new Error('too late'));
    await expect(calling).rejects.toThrow('too late');

    const answered = doubtful(async () => new Response('{}'));
    const reading = new AbortController();
    await answered.call(reading.signal);
    reading.abort(new Error('too late'));
    expect(answered.calls[0]?.signal?.reason).toEqual(new Error('too late'));
  });

  it('leaves nothing behind on the signal, which lives as long as the process', async () => {
    const { doubt, call } = doubtful(async () => new Response('{}'));
    for (let n = 0; n < 30; n += 1) await call(new AbortController().signal);
    expect(entriesOn(doubt.signal)).toBe(0);
    // This is what Node would keep of each call; Node 24 only where somebody listens.
    AbortSignal.any([doubt.signal, new AbortController().signal]).addEventListener('abort', () => {});
    expect(entriesOn(doubt.signal)).toBe(1);
  });
});
