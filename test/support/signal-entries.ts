import { getEventListeners } from 'node:events';

/** What waits on a signal: its listeners, and the signals of `AbortSignal.any`, which Node keeps in a set of its own. */
export function entriesOn(signal: AbortSignal): number {
  const key = Object.getOwnPropertySymbols(signal).find((each) => each.description === 'kDependantSignals');
  const dependants: unknown = key === undefined ? undefined : Reflect.get(signal, key);
  const listeners = getEventListeners(signal, 'abort').length;
  const hasSize = typeof dependants === 'object' && dependants !== null && 'size' in dependants;
  return listeners + (hasSize ? Number(dependants.size) : 0);
}
