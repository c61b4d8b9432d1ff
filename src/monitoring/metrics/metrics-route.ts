import type { Logger } from '../../sync/ports.ts';
import { answer, type Route } from '../route.ts';
import type { Sources } from './measurements.ts';
import type { Metrics } from './metrics.ts';

/** `/metrics`, for Prometheus. */
export function metricsRoute(metrics: Metrics, sources: Sources, logger: Logger): Route {
  return {
    path: '/metrics',
    method: 'GET',
    handler: (_, response) => {
      metrics.scrape(sources).then(
        ({ text, contentType }) => answer(response, 200, text, contentType),
        (error: unknown) => {
          logger.error({ err: error }, 'the metrics could not be collected');
          answer(response, 500, 'The metrics could not be collected.\n');
        },
      );
    },
  };
}
