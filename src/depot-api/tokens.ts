import { untilAborted } from '../sync/run/concurrency.ts';
import type { Credentials, Login } from './login.ts';

/** The longest time for which a token is kept, whatever the server says. Milliseconds. */
const LONGEST_MS = 3_600_000;

/** Compared by identity: a server may send the same text again for a new login. */
export type Token = { readonly value: string };

/** `until` is in milliseconds since 1970. */
type KeptToken = Token & { readonly until: number };

/** Logs in. The signal aborts when nobody waits for the login any more. */
export type LogIn = (signal: AbortSignal) => Promise<Login>;

/** The tokens of one depot server and one set of credentials. */
export type Account = ReturnType<typeof createAccount>;

/**
 * Keeps tokens in memory, per server and credentials: for one hour, or less if the server says so. Runs that need a token at the
 * same time share one login. If the credentials of a target change, its old token is deleted.
 */
export function createKeptTokens() {
  const accounts = new Map<string, Account>();
  const keyOf = new Map<string, string>();
  return (server: string, targetName: string, { email, password }: Credentials) => {
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

/** For requests that perhaps nobody needs: the account renews its token, which takes a login, only once `renewable` was called. */
export function renewableLater(account: Account): { readonly account: Account; renewable(): void } {
  let renewable = () => {};
  const opened = new Promise<void>((resolve) => {
    renewable = resolve;
  });
  const renew: Account['renew'] = async (refused, logIn, signal) => {
    await untilAborted(signal, opened);
    return account.renew(refused, logIn, signal);
  };
  return { account: { ...account, renew }, renewable };
}

type SharedLogin = { readonly work: Promise<KeptToken>; readonly stop: AbortController; waiting: number };

function createAccount() {
  let kept: KeptToken | undefined;
  let underWay: SharedLogin | undefined;

  function begin(logIn: LogIn): SharedLogin {
    const stop = new AbortController();
    const work = logIn(stop.signal).then(({ token, expiresAt = Number.POSITIVE_INFINITY }) => {
      kept = { value: token, until: Math.min(expiresAt, Date.now() + LONGEST_MS) };
      return kept;
    });
    return { work, stop, waiting: 0 };
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
        // The next caller must not wait for a login that is being cancelled.
        if (underWay === shared) underWay = undefined;
        shared.stop.abort();
      }
    }
  }

  const valid = () => (kept !== undefined && Date.now() < kept.until ? kept : undefined);

  return {
    /** Whether `take` would return the kept token. */
    isKept: () => valid() !== undefined,
    /** The kept token, or the token of a new login. Throws the login's error, or the signal's reason. */
    take: async (logIn: LogIn, signal: AbortSignal) => {
      const token = valid();
      if (token !== undefined) return { token, isNew: false };
      return { token: await logInTogether(logIn, signal), isNew: true };
    },
    /** Forgets the refused token and returns a newer one, from a new login if there is none yet. Throws like `take`. */
    renew: async (refused: KeptToken, logIn: LogIn, signal: AbortSignal) => {
      if (kept !== undefined && kept !== refused) return kept;
      kept = undefined;
      return logInTogether(logIn, signal);
    },
  };
}

export type TokenKeeper = ReturnType<typeof createTokenKeeper>;

/** Keeps a session's token. Requests that find it expired share one new login. `isNew`: the session has just logged in. */
export function createTokenKeeper(first: string, login: () => Promise<string>, isNew = true) {
  let token: Token = { value: first };
  let doubted = isNew ? undefined : token;
  let renewal: Promise<Token> | undefined;
  const trusted = new WeakSet<Token>();

  async function logInAgain(): Promise<Token> {
    try {
      token = { value: await login() };
      return token;
    } finally {
      renewal = undefined;
    }
  }

  return {
    current: () => token,
    /** Returns a newer token than the refused one, from a new login if there is none yet. Throws the login's error. */
    renew: async (refused: Token) => {
      if (refused !== token) return token;
      renewal ??= logInAgain();
      return renewal;
    },
    /** Whether the token is from an earlier session and the server has not accepted it in this session yet. */
    isDoubted: (each: Token) => each === doubted,
    /** Whether the server has accepted the token in this session. */
    isTrusted: (each: Token) => trusted.has(each),
    /** Call this when the server has accepted the token. */
    trust: (each: Token) => {
      trusted.add(each);
      if (each === doubted) doubted = undefined;
    },
  };
}
