import { type Click, refuse } from '../../sync/run/click.ts';
import type { BatchConfirmed, BatchedConfirmation } from '../../sync/use-cases/batch.ts';
import { ACTIONS, parseOffered, parseRunId } from '../ids.ts';
import { refusalText } from '../views/answers/refusal.ts';
import { batchAnswer } from '../views/run/batch-message.ts';
import { beginExecution, beginPreview, showSoon, startWork } from './begin.ts';
import type { Asker } from './door/answer.ts';
import type { Door } from './door/door.ts';
import type { Guest } from './door/entrance.ts';
import type { Services } from './door/services.ts';

type Press = { readonly click: Click; readonly triggerId: string };

/** Registers Confirm & Execute, Cancel, Try Again, New Preview and Roll Back. Each is a click on a run's message. */
export function registerButtons(door: Door, services: Services): void {
  const { useCases, telling, records } = services;

  const onClick = (actionId: string, serve: (press: Press, guest: Guest) => Promise<void>) =>
    door.button(actionId, async ({ value, message, triggerId }, guest) => {
      const { actor, t, tell } = guest;
      const runId = parseRunId(value);
      if (runId !== undefined) return serve({ click: { runId, actor, message }, triggerId }, guest);
      const { refusal } = await refuse(records.audit, actor, { code: 'run_not_found' }, {});
      await tell(refusalText(t, refusal));
    });

  onClick(ACTIONS.confirm, async ({ click }, guest) => {
    await beginExecution(services, await useCases.execution.confirm(click, undefined), guest);
  });

  onClick(ACTIONS.cancel, async ({ click }, guest) => {
    const cancelled = await useCases.cancel(click);
    if (cancelled.outcome === 'refused') await guest.tell(refusalText(guest.t, cancelled.refusal));
    else await showSoon(services, cancelled.run, guest);
  });

  onClick(ACTIONS.retry, async ({ click }, guest) => {
    await beginPreview(services, await useCases.retry(click), guest);
    await telling.delivery.kick();
  });

  onClick(ACTIONS.rollBack, async ({ click, triggerId: requestKey }, guest) => {
    const { runId, actor, message } = click;
    if (message === undefined) return;
    const { channelId } = message;
    const requested = await useCases.rollback({ runId, channelId, actor, requestKey, message });
    await beginPreview(services, requested, guest);
  });
}

/**
 * Registers Confirm All That Deactivate Nobody, under a `/usersync all`. Each run is confirmed by itself; one answer names all of
 * them.
 */
export function registerConfirmBatch(door: Door, services: Services): void {
  const { useCases, records } = services;
  door.button(ACTIONS.confirmBatch, async ({ value, message }, { actor, t, tell }) => {
    const offered = parseOffered(value);
    const confirmed =
      offered === undefined
        ? await refuse(records.audit, actor, { code: 'run_not_found' }, {})
        : await useCases.confirmBatch({ ...offered, actor, message });
    if (confirmed.outcome === 'refused') await tell(refusalText(t, confirmed.refusal));
    else await executeAll(services, confirmed, { t, tell });
  });
}

/** If an error stops the loop, the runs confirmed before it are executed all the same, so the answer names them too. */
async function executeAll(
  services: Services,
  { total, confirmations }: BatchConfirmed & { readonly outcome: 'open' },
  { t, tell }: Asker,
): Promise<void> {
  const looked: BatchedConfirmation[] = [];
  const notes: string[] = [];
  const asker: Asker = { t, tell: async (text) => notes.push(`• ${text}`) };
  try {
    for await (const each of confirmations) {
      looked.push(each);
      if (each.confirmation.outcome === 'claimed') await startWork(services, each.confirmation, asker);
    }
  } catch (error) {
    if (looked.length === 0) throw error;
    services.logger.error({ err: error }, 'not every run could be confirmed');
  }
  await services.telling.delivery.kick();
  await tell(batchAnswer(t, looked, { notes, notReached: total - looked.length }));
}
