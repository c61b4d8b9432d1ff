import type { Audit } from './audit.ts';
import type { Runs } from './ports.ts';
import type { Refusal } from './refusal.ts';
import type { Actor, Run } from './run.ts';

/** Who pressed a button, and on which message. A modal stands on no message. */
export type Click = {
  readonly runId: number;
  readonly actor: Actor;
  readonly message: { readonly channelId: string; readonly ts: string } | undefined;
};

export type Clicked =
  | { readonly outcome: 'found'; readonly run: Run }
  | { readonly outcome: 'refused'; readonly refusal: Refusal };

/** The run of a click. A button carries only the run's id, so a forged one must not reach another message's run. */
export async function clickedRun(runs: Runs, { runId, message }: Click): Promise<Clicked> {
  const run = await runs.find(runId);
  if (run === undefined) return { outcome: 'refused', refusal: { code: 'run_not_found' } };
  const foreign =
    message !== undefined && (message.channelId !== run.channelId || message.ts !== run.messageTs);
  if (foreign) return { outcome: 'refused', refusal: { code: 'wrong_message' } };
  return { outcome: 'found', run };
}

/** Writes down that someone was refused, and hands the refusal on. */
export async function refuse(
  audit: Audit,
  actor: Actor,
  refusal: Refusal,
  about: { readonly runId?: number; readonly target?: string },
): Promise<{ readonly outcome: 'refused'; readonly refusal: Refusal }> {
  const reason = refusal.code === 'not_admin' ? refusal.why : undefined;
  await audit.append({ step: 'refused', actor, outcome: refusal.code, reason, ...about });
  return { outcome: 'refused', refusal };
}
