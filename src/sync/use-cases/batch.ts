import { DatabaseLostError, type DatabaseTrouble, isDatabaseTrouble } from '../failures/errors.ts';
import type { DatabaseRefusal } from '../failures/failure.ts';
import type { Runs } from '../ports/runs.ts';
import type { Audit } from '../ports/steps.ts';
import { type Click, shownOn } from '../run/click.ts';
import { type Refused, refuse } from '../run/refusal.ts';
import type { Actor, Run } from '../run/run.ts';
import type { Confirmation, Execution } from './execute.ts';
import type { Preview, PreviewRequested } from './preview.ts';

/** One `/usersync all`: previews of several targets under one summary message. */
export type Batch = {
  readonly id: number;
  readonly channelId: string;
  readonly messageTs: string | undefined;
  /** One per target, in the order of the request. */
  readonly runs: readonly Run[];
};

/** Stores batches. Every step of a run in a batch also writes a `summary` notice, which keeps the summary message current. */
export type Batches = {
  /** Stores a request, whose runs this process opens next. Returns its id, or undefined if the same request was served before. */
  open(request: BatchRequest): Promise<number | undefined>;
  /** Keeps a batch for another minute to this process, which still opens its runs. */
  renew(batchId: number): Promise<void>;
  /** Records that the runs of a batch are open, and that the requester knows of targets without a run. */
  opened(batchId: number): Promise<void>;
  /** A batch whose process died or stood still while it opened the runs. This process opens the others. */
  takeOver(): Promise<HalfOpened | undefined>;
  find(batchId: number): Promise<Batch | undefined>;
  attachMessage(batchId: number, messageTs: string): Promise<void>;
};

export type BatchRequest = {
  readonly targets: readonly string[];
  readonly channelId: string;
  readonly actor: Actor;
  readonly requestKey: string;
};

/** A stored request, some of whose runs may be open already. */
export type HalfOpened = { readonly id: number; readonly request: BatchRequest };

export type BatchRequested =
  | {
      readonly outcome: 'requested';
      /** One run per target, opened only when the caller asks for it: earlier, its lease could run out before its work begins. */
      readonly previews: AsyncIterable<PreviewRequested | Interrupted>;
    }
  | { readonly outcome: 'repeated' };

/** The database was lost, or refused a run. The other runs are opened later, by this process or another one. */
type Interrupted = { readonly outcome: 'interrupted'; readonly error: DatabaseTrouble };

type RequestPorts = { readonly batches: Batches; readonly preview: Pick<Preview, 'request'> };

export type RequestBatch = ReturnType<typeof createBatchRequest>;

/**
 * Opens one run per target. The runs are read side by side, and each is confirmed on its own. The request is stored first, so that
 * another process can go on with it.
 */
export function createBatchRequest(ports: RequestPorts) {
  return async (request: BatchRequest): Promise<BatchRequested> => {
    const id = await ports.batches.open(request);
    if (id === undefined) return { outcome: 'repeated' };
    return { outcome: 'requested', previews: previewsOf(ports, { id, request }) };
  };
}

export type ResumeBatch = ReturnType<typeof createBatchResumption>;

/** Goes on with a batch that is half open; undefined if there is none. Targets whose run is open already are `repeated`. */
export function createBatchResumption(ports: RequestPorts) {
  return async () => {
    const half = await ports.batches.takeOver();
    if (half === undefined) return undefined;
    const requested = { outcome: 'requested', previews: previewsOf(ports, half) } as const;
    return { requested, actor: half.request.actor, channelId: half.request.channelId };
  };
}

/** A third of the minute that a batch is kept. */
const RENEW_EVERY_MS = 20_000;

const PASSING: readonly DatabaseRefusal[] = ['lock_wait', 'time_limit'];

/** Whether the database may serve again by itself. Any other refusal would come again at each try, without end. */
function mayPass(error: unknown): error is DatabaseTrouble {
  if (!isDatabaseTrouble(error)) return false;
  return error instanceof DatabaseLostError || error.why !== undefined || PASSING.includes(error.refusal);
}

/** Opens the runs. A caller who stops early has told the requester, so nobody resumes the batch. */
async function* previewsOf({ batches, preview }: RequestPorts, { id: batchId, request }: HalfOpened) {
  const { targets, requestKey, ...asked } = request;
  let trouble: DatabaseTrouble | undefined;
  const interrupt = (error: unknown) => {
    if (!mayPass(error)) throw error;
    trouble = error;
    return error;
  };
  try {
    let renewed = performance.now();
    for (const target of targets) {
      if (performance.now() - renewed >= RENEW_EVERY_MS) {
        await batches.renew(batchId);
        renewed = performance.now();
      }
      yield await preview.request({ ...asked, target, requestKey: `${requestKey} ${target}`, batchId });
    }
  } catch (error) {
    yield { outcome: 'interrupted', error: interrupt(error) } as const;
  } finally {
    // Half open, the batch is resumed.
    if (trouble === undefined) await batches.opened(batchId).catch(interrupt);
  }
}

/** Whether a run of a batch may be confirmed together with others: it waits for confirmation and deactivates nobody. */
export function deactivatesNobody({ status, counts, guard }: Run): boolean {
  return status === 'ready' && counts.deactivate === 0 && !guard.tripped;
}

/** One click that confirms several runs of a batch: the runs that the summary message offered. */
export type BatchClick = {
  readonly batchId: number;
  readonly runIds: readonly number[];
  readonly actor: Actor;
  readonly message: NonNullable<Click['message']>;
};

/** The result for one run. `run` is undefined if the batch has no such run. */
export type BatchedConfirmation = { readonly run: Run | undefined; readonly confirmation: Confirmation };

export type BatchConfirmed =
  | {
      readonly outcome: 'open';
      readonly total: number;
      readonly confirmations: AsyncIterable<BatchedConfirmation>;
    }
  | Refused;

export type ConfirmBatch = ReturnType<typeof createBatchConfirmation>;

/**
 * Confirms runs of a batch that deactivate nobody, each as if its own Confirm button were pressed. One difference: a person's
 * earlier approval stays, and a second press does not withdraw it. A run is claimed only when the caller asks for it: claimed
 * earlier, its lease could run out. Each refusal gets an audit row, that of a single run too.
 */
export function createBatchConfirmation(ports: {
  readonly batches: Batches;
  readonly runs: Runs;
  readonly audit: Audit;
  readonly execution: Execution;
}) {
  const { batches, runs, audit, execution } = ports;

  async function confirmOne(runId: number, { batchId, actor }: BatchClick): Promise<BatchedConfirmation> {
    const run = await runs.find(runId);
    if (run?.batchId !== batchId) {
      const confirmation = await refuse(audit, actor, { code: 'run_not_found' }, { runId });
      return { run: undefined, confirmation };
    }
    const about = { runId, target: run.target };
    // Slack has not taken the run's message yet, and nobody confirms what nobody can see.
    if (run.messageTs === undefined) {
      return { run, confirmation: await refuse(audit, actor, { code: 'wrong_message' }, about) };
    }
    if (run.status === 'ready' && !deactivatesNobody(run)) {
      return { run, confirmation: await refuse(audit, actor, { code: 'deactivates', run }, about) };
    }
    const click = { runId, actor, message: undefined };
    return { run, confirmation: await execution.confirm(click, { ifApproved: 'stays' }) };
  }

  return async (click: BatchClick): Promise<BatchConfirmed> => {
    const { batchId, runIds, actor, message } = click;
    const batch = await shownOn(() => batches.find(batchId), message);
    if (batch === undefined) return refuse(audit, actor, { code: 'run_not_found' });
    if (batch === 'foreign') return refuse(audit, actor, { code: 'wrong_message' });
    async function* confirmations() {
      for (const runId of runIds) yield confirmOne(runId, click);
    }
    return { outcome: 'open', total: runIds.length, confirmations: confirmations() };
  };
}
