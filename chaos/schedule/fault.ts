import type { ListEdit } from './edits.ts';

/**
 * What goes wrong, and at which observable event: the `nth` time in its move that `point` is reached. `before`: the
 * server behind has not seen it; `after`: it has done it, and the bot has not been told.
 */
export type Fault = {
  readonly point: string;
  readonly phase: Phase;
  readonly nth: number;
  readonly effect: Effect;
};

export type Phase = 'before' | 'after';

export type Effect =
  /** SIGKILL. The supervisor starts a new process at once, or only once all is at rest. */
  | { readonly kind: 'kill'; readonly restart: 'at once' | 'at rest' }
  /** SIGSTOP for longer than its lease, then SIGCONT: at rest, or the nth time that another process is at a point. */
  | { readonly kind: 'pause'; readonly until: { readonly point: string; readonly nth: number } | 'rest' }
  /** SIGTERM, then a new process. */
  | { readonly kind: 'stop' }
  /** Breaks the connection to the database, or all of the process's. */
  | { readonly kind: 'cut'; readonly all: boolean }
  /** `lost`: the connection breaks, on either side of what was asked. Lasts `times` calls. */
  | {
      readonly kind: 'slack';
      readonly answer: 'limited' | 'error' | 'refused' | 'lost';
      readonly times: number;
    }
  | { readonly kind: 'depot'; readonly answer: DepotAnswer; readonly times: number }
  /** The list changes between two pages. */
  | { readonly kind: 'moved list'; readonly edits: readonly ListEdit[] };

export type DepotAnswer =
  | 'unavailable'
  | 'limited'
  | 'unauthorized'
  | 'truncated'
  | 'web page'
  | 'reset'
  | 'slow'
  | 'hanging';

export function describeFault({ point, phase, nth, effect }: Fault): string {
  return `${effectName(effect)} ${phase} ${point}${nth > 1 ? ` (time ${nth})` : ''}`;
}

/** By this name the report counts it. */
export function effectName(effect: Effect): string {
  switch (effect.kind) {
    case 'slack':
    case 'depot':
      return `${effect.kind} ${effect.answer}`;
    case 'kill':
    case 'stop':
    case 'cut':
    case 'pause':
    case 'moved list':
      return effect.kind;
  }
}
