import { collectDefaultMetrics, Registry } from 'prom-client';

let registry: Registry | undefined;

/**
 * What prom-client tells of the process itself. One registry per process, however many bots it starts: the observers
 * of the garbage collector and the event loop can never be stopped (github.com/prometheus/client_js/issues/500).
 */
export function processMetrics(): Registry {
  if (registry === undefined) {
    registry = new Registry();
    collectDefaultMetrics({ register: registry });
  }
  return registry;
}
