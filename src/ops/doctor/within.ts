import { fail, type Verdict } from './finding.ts';

/** Gives a check `ms` milliseconds; afterwards its signal aborts, and it counts as failed whatever it does. */
export async function within(ms: number, run: (signal: AbortSignal) => Promise<Verdict>): Promise<Verdict> {
  const limit = new AbortController();
  const late = fail(
    `no answer within ${ms / 1000} s`,
    'Find out why it takes so long (network, firewall, an overloaded or locked server), then run doctor again.',
  );
  let timer: NodeJS.Timeout | undefined;
  const over = new Promise<Verdict>((resolve) => {
    timer = setTimeout(() => {
      resolve(late);
      limit.abort();
    }, ms);
  });
  try {
    return await Promise.race([run(limit.signal), over]);
  } finally {
    clearTimeout(timer);
  }
}
