import type { AcknowledgementResult } from './acknowledgements.ts';
import type { HistoryResult } from './history.ts';
import type { ReplicasResult } from './replicas.ts';
import type { SizeResult } from './size.ts';

/** All that one run of the bench measured. */
export type Measured = {
  readonly database: string;
  readonly sizes: readonly SizeResult[];
  /** Milliseconds. */
  readonly start: number;
  readonly history: HistoryResult;
  readonly acknowledgements: AcknowledgementResult | undefined;
  readonly replicas: ReplicasResult;
};
