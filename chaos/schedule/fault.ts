import type { ListEdit } from './edits.ts';
import type { Refusal } from './refusal.ts';

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

/** A fault that happened, and when (milliseconds since 1970). */
export type Fired = Fault & { readonly at: number };

export type Phase = 'before' | 'after';

export type Effect =
  /**
   * SIGKILL. The supervisor starts a new process at once, or only once all is at rest. `arrives`: what the process has
   * just sent reaches Slack all the same.
   */
  | { readonly kind: 'kill'; readonly restart: 'at once' | 'at rest'; readonly arrives: boolean }
  /** SIGSTOP for longer than its lease, then SIGCONT: at rest, or the nth time that another process is at a point. */
  | { readonly kind: 'pause'; readonly until: { readonly point: string; readonly nth: number } | 'rest' }
  /** SIGTERM, then a new process. */
  | { readonly kind: 'stop' }
  /** Breaks the connection to the database, or all of the process's. */
  | { readonly kind: 'cut'; readonly all: boolean }
  /**
   * `lost`: the connection breaks, on either side of what was asked; `hanging`: no answer ever comes. Lasts `times`
   * calls.
   */
  | {
      readonly kind: 'slack';
      readonly answer: 'limited' | 'error' | 'failed' | 'lost' | 'hanging';
      readonly times: number;
    }
  /** From then on until the end of the move, Slack refuses what these say, for good. */
  | { readonly kind: 'refusals'; readonly refused: readonly Refusal[] }
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

/** Where it happens, as the report names it. */
export function placeOf({ phase, point }: Fault): string {
  return `${phase} ${point}`;
}

/** By this name the report counts it. */
export function effectName(effect: Effect): string {
  switch (effect.kind) {
    case 'slack':
    case 'depot':
      return `${effect.kind} ${effect.answer}`;
    case 'refusals':
      return `refused ${effect.refused.map(({ calls }) => calls).join(' and ')}`;
    case 'kill':
    case 'stop':
    case 'cut':
    case 'pause':
    case 'moved list':
      return effect.kind;
  }
}
