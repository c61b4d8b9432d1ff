import type { Preview, PreviewRequested } from './preview.ts';
import type { Actor, Run } from './run.ts';

/** One `/usersync all`: previews of several targets under one message that sums them up. */
export type Batch = {
  readonly id: number;
  readonly channelId: string;
  readonly messageTs: string | undefined;
  /** One per target, in the order in which they were asked for. */
  readonly runs: readonly Run[];
};

/** Each change of a run in a batch also writes a notice of kind `summary`, which keeps the batch's message current. */
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
      /** A run per target. Each is opened when the caller asks for it, or its lease could run out before its work begins. */
      readonly previews: AsyncIterable<PreviewRequested>;
    }
  | { readonly outcome: 'repeated' };

/** Opens runs of several targets, which are read side by side and confirmed each by itself. */
export type RequestBatch = (request: BatchRequest) => Promise<BatchRequested>;

export function createBatchRequest(ports: { batches: Batches; preview: Preview }): RequestBatch {
  const { batches, preview } = ports;
  return async ({ targets, channelId, actor, requestKey }) => {
    const batchId = await batches.open(channelId, requestKey);
    if (batchId === undefined) return { outcome: 'repeated' };
    async function* previews() {
      for (const target of targets) {
        const key = `${requestKey} ${target}`;
        yield preview.request({ target, channelId, actor, requestKey: key, batchId });
      }
    }
    return { outcome: 'requested', previews: previews() };
  };
}
