/** The arguments of a call, as they came. */
export type Arguments = Readonly<Record<string, unknown>>;

/** What goes wrong the next time a method is called. */
export type Fault = {
  /** How many calls it lasts; 1 unless given. */
  readonly times?: number;
  /** Which calls it is for; all unless given. */
  readonly when?: (args: Arguments) => boolean;
  /** HTTP status of the answer; with `retryAfter`, 429 unless given. */
  readonly status?: number;
  /** Slack's error in an answer of status 200. */
  readonly error?: string;
  /** Seconds in the `Retry-After` header. */
  readonly retryAfter?: number;
  /** Does what was asked and breaks the connection instead of answering. */
  readonly dropResponse?: boolean;
  /** Holds the call until this settles, then goes on with it. */
  readonly until?: Promise<unknown>;
};

export type Faults = {
  add(method: string, fault: Fault): void;
  /** The fault of this call, if any. */
  take(method: string, args: Arguments): Fault | undefined;
};

export function plannedFaults(): Faults {
  const planned: { readonly method: string; readonly fault: Fault; left: number }[] = [];
  return {
    add: (method, fault) => void planned.push({ method, fault, left: fault.times ?? 1 }),
    take(method, args) {
      const next = planned.find(
        ({ left, fault, ...each }) => each.method === method && left > 0 && (fault.when?.(args) ?? true),
      );
      if (next === undefined) return undefined;
      next.left -= 1;
      return next.fault;
    },
  };
}
