import type { AcknowledgementResult } from './acknowledgements.ts';
import type { HistoryResult } from './history.ts';
import type { ReplicasResult } from './replicas.ts';
import type { SizeResult } from './size.ts';

/** All that one run of the bench measured. A part that failed is undefined. */
export type Measured = {
  readonly database: string;
  readonly sizes: readonly SizeResult[];
  /** Milliseconds. */
  readonly start: number | undefined;
  readonly history: HistoryResult | undefined;
  readonly acknowledgements: AcknowledgementResult | undefined;
  readonly replicas: ReplicasResult | undefined;
};
