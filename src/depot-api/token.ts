/** Compared by identity: a server may send the same text again for a new login. */
type Token = { readonly value: string };

export type TokenKeeper = {
  current(): Token;
  /** A token newer than the refused one; logs in unless that happened already. Throws what the login throws. */
  renew(refused: Token): Promise<Token>;
};

/** Keeps the token of a session. Any number of requests that find it expired lead to one new login. */
export function createTokenKeeper(first: string, login: () => Promise<string>): TokenKeeper {
  let token: Token = { value: first };
  let renewal: Promise<Token> | undefined;

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
    renew: async (refused) => {
      if (refused !== token) return token;
      renewal ??= logInAgain();
      return renewal;
    },
  };
}
