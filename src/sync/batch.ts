import type { Claimed } from './ports.ts';
import type { Preview } from './preview.ts';
import type { Refusal } from './refusal.ts';
import type { Actor, Run } from './run.ts';

/** One `/usersync all`: previews of several targets under one message that sums them up. */
export type Batch = {
  readonly id: number;
  readonly channelId: string;
  readonly messageTs: string | undefined;
  /** One per target, in the order in which they were asked for. */
  readonly runs: readonly Run[];
};

/** Each change of a run of a batch writes a notice of kind `summary` as well, so that the message is kept current. */
export type Batches = {
  /** Undefined where the same request was served before. */
  open(channelId: string, requestKey: string): Promise<number | undefined>;
  find(batchId: number): Promise<Batch | undefined>;
  attachMessage(batchId: number, messageTs: string): Promise<void>;
};

export type BatchRequest = {
  readonly targets: readonly string[];
  readonly channelId: string;
  readonly actor: Actor;
  readonly requestKey: string;
};

export type BatchRequested =
  | {
      readonly outcome: 'requested';
      readonly claimed: readonly Claimed[];
      /** Why there is no preview of the other targets. */
      readonly refusals: readonly Refusal[];
    }
  | { readonly outcome: 'repeated' };

/** Opens a run per target, so that all of them can be read side by side, each confirmed by itself. */
export type RequestBatch = (request: BatchRequest) => Promise<BatchRequested>;

export function createBatchRequest(ports: { batches: Batches; preview: Preview }): RequestBatch {
  const { batches, preview } = ports;
  return async ({ targets, channelId, actor, requestKey }) => {
    const batchId = await batches.open(channelId, requestKey);
    if (batchId === undefined) return { outcome: 'repeated' };
    const claimed: Claimed[] = [];
    const refusals: Refusal[] = [];
    for (const target of targets) {
      const key = `${requestKey} ${target}`;
      const requested = await preview.request({ target, channelId, actor, requestKey: key, batchId });
      if (requested.outcome === 'requested') claimed.push(requested);
      else if (requested.outcome === 'refused') refusals.push(requested.refusal);
    }
    return { outcome: 'requested', claimed, refusals };
  };
}
