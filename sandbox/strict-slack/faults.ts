/** The unchanged arguments of a call. */
export type Arguments = Readonly<Record<string, unknown>>;

/** A fault of the next calls of a method. */
export type Fault = {
  /** The number of calls; 1 by default. */
  readonly times?: number;
  /** Selects the calls; all by default. */
  readonly when?: (args: Arguments) => boolean;
  /** The HTTP status of the answer; 429 by default if `retryAfter` is set. */
  readonly status?: number;
  /** Slack's error in an answer of status 200. */
  readonly error?: string;
  /** Seconds in the `Retry-After` header. */
  readonly retryAfter?: number;
  /** Carries the call out, but breaks the connection instead of answering. */
  readonly dropResponse?: boolean;
  /** Carries the call out and sends half of the answer. Then the connection breaks, or nothing follows. */
  readonly half?: 'broken' | 'stalled';
  /** Delays the call until this promise settles. */
  readonly until?: Promise<unknown>;
};

export type Faults = {
  add(method: string, fault: Fault): void;
  /** The fault for this call, if any. Counts as one of its `times`. */
  take(method: string, args: Arguments): Fault | undefined;
};

/** Creates an empty plan of faults. Faults of a method are used in the order in which they were added. */
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
