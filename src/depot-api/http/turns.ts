/** 0 is a login. It has a deadline that its wait counts against; a page (5) has none. */
export type Priority = 0 | 5;

/** Never rejects. */
type Run = () => Promise<void>;

/** Requests to one depot server that wait for their turn. */
export type Turns = {
  /** Returns what takes it out of the line again. */
  add(priority: Priority, run: Run): () => void;
  /** How many could start now. */
  waiting(): number;
  /** The next one, which is then out of the line; undefined where none could start. */
  next(): { readonly run: Run } | undefined;
};

/** Logins go before pages, and one at a time; otherwise whoever came first. */
export function createTurns(): Turns {
  const logins = new Set<Run>();
  const pages = new Set<Run>();
  let loggingIn = false;

  const logIn = (run: Run): Run => {
    loggingIn = true;
    return () =>
      run().finally(() => {
        loggingIn = false;
      });
  };

  return {
    add: (priority, run) => {
      const line = priority === 0 ? logins : pages;
      line.add(run);
      return () => line.delete(run);
    },
    waiting: () => pages.size + (loggingIn ? 0 : Math.min(1, logins.size)),
    next: () => {
      const login = loggingIn ? undefined : first(logins);
      if (login !== undefined) return { run: logIn(login) };
      const page = first(pages);
      return page && { run: page };
    },
  };
}

/** Takes the oldest out. */
function first(line: Set<Run>): Run | undefined {
  for (const run of line) {
    line.delete(run);
    return run;
  }
  return undefined;
}
