import { untilAborted } from '../sync/abort.ts';
import type { Credentials, Login } from './login.ts';

/** However long a server says that a token lasts, milliseconds. */
const LONGEST_MS = 3_600_000;

/** Compared by identity: a server may send the same text again for a new login. */
export type KeptToken = { readonly value: string; readonly until: number };

/** Logs in. The signal aborts once nobody waits for it any more. */
export type LogIn = (signal: AbortSignal) => Promise<Login>;

/** The tokens of one depot server and one set of credentials. */
export type Account = {
  /** The token that is kept, or the one of a new login. Throws what the login throws, or the signal's reason. */
  take(logIn: LogIn, signal: AbortSignal): Promise<{ readonly token: KeptToken; readonly isNew: boolean }>;
  /** Forgets the refused token. Returns a newer one, of a new login unless that happened already. Throws as `take`. */
  renew(refused: KeptToken, logIn: LogIn, signal: AbortSignal): Promise<KeptToken>;
};

/**
 * Keeps tokens in memory, per server and credentials: for an hour, or less where the server says so. Any number of runs
 * that need one at the same time wait for one login. A target whose credentials change leaves no token behind.
 */
export function createKeptTokens(): (
  server: string,
  targetName: string,
  credentials: Credentials,
) => Account {
  const accounts = new Map<string, Account>();
  const keyOf = new Map<string, string>();
  return (server, targetName, { email, password }) => {
    const key = JSON.stringify([server, email, password]);
    const place = JSON.stringify([server, targetName]);
    const before = keyOf.get(place);
    if (before !== undefined && before !== key) accounts.delete(before);
    keyOf.set(place, key);
    const account = accounts.get(key) ?? createAccount();
    accounts.set(key, account);
    return account;
  };
}

type SharedLogin = { readonly work: Promise<KeptToken>; readonly stop: AbortController; waiting: number };

function createAccount(): Account {
  let kept: KeptToken | undefined;
  let underWay: SharedLogin | undefined;

  function begin(logIn: LogIn): SharedLogin {
    const stop = new AbortController();
    const work = logIn(stop.signal).then(({ token, expiresAt = Number.POSITIVE_INFINITY }) => {
      kept = { value: token, until: Math.min(expiresAt, Date.now() + LONGEST_MS) };
      return kept;
    });
    const shared = { work, stop, waiting: 0 };
    const over = () => {
      if (underWay === shared) underWay = undefined;
    };
    work.then(over, over);
    return shared;
  }

  async function logInTogether(logIn: LogIn, signal: AbortSignal): Promise<KeptToken> {
    underWay ??= begin(logIn);
    const shared = underWay;
    shared.waiting += 1;
    try {
      return await untilAborted(signal, shared.work);
    } finally {
      shared.waiting -= 1;
      if (shared.waiting === 0) {
        // Whoever comes next must not wait for a login that is being given up.
        if (underWay === shared) underWay = undefined;
        shared.stop.abort();
      }
    }
  }

  return {
    take: async (logIn, signal) => {
      if (kept !== undefined && Date.now() < kept.until) return { token: kept, isNew: false };
      return { token: await logInTogether(logIn, signal), isNew: true };
    },
    renew: async (refused, logIn, signal) => {
      if (kept !== undefined && kept !== refused) return kept;
      kept = undefined;
      return logInTogether(logIn, signal);
    },
  };
}
