import type { Click } from '../../sync/run/click.ts';
import { refuse } from '../../sync/run/click.ts';
import { ACTIONS, parseRunId } from '../ids.ts';
import { refusalText } from '../views/answers/refusal.ts';
import { beginExecution, beginPreview, showSoon } from './begin.ts';
import type { Door } from './door/door.ts';
import type { Guest } from './door/entrance.ts';
import type { Services } from './door/services.ts';

type Press = { readonly click: Click; readonly triggerId: string };

/** Confirm & Execute, Cancel, Try Again and New Preview, Roll Back: each is a click on a run's message. */
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
