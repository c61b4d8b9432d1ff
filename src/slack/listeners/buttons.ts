import type { Plans } from '../../sync/ports/plans.ts';
import { type Change, compareEmails, LISTED_ACTIONS } from '../../sync/run/change.ts';
import type { Click } from '../../sync/run/click.ts';
import { refuse } from '../../sync/run/refusal.ts';
import type { Run } from '../../sync/run/run.ts';
import type { BatchConfirmed, BatchedConfirmation } from '../../sync/use-cases/batch.ts';
import { ACTIONS, parseFilter, parseOffered, parseOlderValue, parseRunId, WITHDRAWAL } from '../ids.ts';
import { showSoon } from '../tell/announcer.ts';
import type { Asker } from '../tell/answer.ts';
import { refusalText } from '../views/answers/refusal.ts';
import { command } from '../views/inline.ts';
import { detailsModal } from '../views/modals/details-modal.ts';
import { readWithdrawal } from '../views/modals/guard-modal.ts';
import { batchAnswer } from '../views/run/batch-message.ts';
import { planModal } from '../views/run/whole-plan.ts';
import { beginExecution, beginPreview, startWork } from './begin.ts';
import type { Door } from './door/door.ts';
import type { Admitted } from './door/entrance.ts';
import type { Services } from './door/services.ts';
import { history, MOST_SHOWN, sendUsers } from './look-up.ts';
import { runModalButton } from './run-modals.ts';

type RunPress = { readonly click: Click; readonly triggerId: string };

/** Registers Confirm & Execute, Cancel, Try Again, New Preview and Roll Back. Each is a click on a run's message. */
export function registerButtons(door: Door, services: Services): void {
  const { useCases, telling, records } = services;

  const onClick = (actionId: string, serve: (press: RunPress, admitted: Admitted) => Promise<void>) =>
    door.button(actionId, async ({ value, message, triggerId }, admitted) => {
      const { actor, t, tell } = admitted;
      const runId = parseRunId(value);
      if (runId !== undefined) return serve({ click: { runId, actor, message }, triggerId }, admitted);
      const { refusal } = await refuse(records.audit, actor, { code: 'run_not_found' });
      await tell(refusalText(t, refusal));
    });

  onClick(ACTIONS.confirm, async ({ click, triggerId: requestKey }, admitted) => {
    const confirmed = await useCases.execution.confirm(click, { requestKey });
    await beginExecution(services, confirmed, admitted);
  });

  onClick(ACTIONS.cancel, async ({ click }, admitted) => {
    const cancelled = await useCases.cancel(click);
    if (cancelled.outcome === 'refused') await admitted.tell(refusalText(admitted.t, cancelled.refusal));
    else await showSoon(services, cancelled.run, admitted);
  });

  onClick(ACTIONS.retry, async ({ click }, admitted) => {
    await beginPreview(services, await useCases.retry(click), admitted);
    await telling.delivery.kick();
  });

  onClick(ACTIONS.rollBack, async ({ click, triggerId: requestKey }, admitted) => {
    const { runId, actor, message } = click;
    if (message === undefined) return;
    const { channelId } = message;
    const requested = await useCases.rollback({ runId, channelId, actor, requestKey, message });
    await beginPreview(services, requested, admitted);
  });
}

/** Registers the form that withdraws an approval of a plan whose guard tripped. The plain Confirm withdraws without a form. */
export function registerWithdrawal(door: Door, services: Services): void {
  door.submission(WITHDRAWAL, {
    read: readWithdrawal,
    serve: async (run, _, admitted, viewId) => {
      const click = { runId: run.id, actor: admitted.actor, message: undefined };
      const counting = { ifApproved: 'only_withdraws', requestKey: `withdrawal by view ${viewId}` } as const;
      const withdrawn = await services.useCases.execution.confirm(click, counting);
      await beginExecution(services, withdrawn, admitted);
    },
  });
}

/** Registers Confirm All That Deactivate Nobody. Each run is confirmed by itself; one answer names all of them. */
export function registerConfirmBatch(door: Door, services: Services): void {
  const { useCases, records } = services;
  door.button(ACTIONS.confirmBatch, async ({ value, message }, { actor, t, tell }) => {
    const offered = parseOffered(value);
    const confirmed =
      offered === undefined
        ? await refuse(records.audit, actor, { code: 'run_not_found' })
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

/** View All: the emails of the plan, as many as a modal holds. */
export function registerViewPlan(door: Door, services: Services): void {
  const { plans } = services.records;
  runModalButton(door, services, ACTIONS.viewPlan, {
    title: (t) => t.run.button.viewAll,
    place: 'run message',
    fill: async (t, run) => {
      const unchanged = await plans.listUnchanged(run, '', MOST_SHOWN);
      const truncated = unchanged.length === MOST_SHOWN;
      return planModal(t, run, await entriesOf(plans, run), {
        emails: unchanged.toSorted(compareEmails),
        truncated,
      });
    },
  });
}

async function entriesOf(plans: Plans, run: Run): Promise<readonly Change[]> {
  const kinds = LISTED_ACTIONS.filter((action) => run.counts[action] > 0);
  const lists = await Promise.all(kinds.map((action) => plans.list(run.id, action, 0, MOST_SHOWN)));
  return lists.flat();
}

/** The buttons of `/usersync history`: Details opens a run, Older replaces the page by the next one. */
export function registerHistory(door: Door, services: Services): void {
  runModalButton(door, services, ACTIONS.runDetails, {
    title: (t) => t.history.details,
    place: 'any message',
    fill: async (t, run) => {
      const { steps, total } = await services.records.overview.steps(run.id);
      return detailsModal(t, run, steps, total);
    },
  });

  door.button(ACTIONS.olderRuns, async ({ value }, { actor, t, tell }, replace) => {
    const page = parseOlderValue(value, services.settings.targets);
    if (page === undefined) {
      const { refusal } = await refuse(services.records.audit, actor, { code: 'run_not_found' });
      await tell(refusalText(t, refusal));
    } else {
      await replace(await history(services, t, page.target, page.beforeRunId));
    }
  });
}

/** Send as File, in the modal of `/usersync users` and `/usersync inactive`. */
export function registerSendUsers(door: Door, services: Services): void {
  door.viewButton(ACTIONS.sendUsers, async ({ value, view }, admitted) => {
    const filter = parseFilter(value, services.settings.targets);
    if (filter === undefined)
      await admitted.tell(admitted.t.trouble.unknownButton(command(admitted.t, 'status')));
    else await sendUsers(services, filter, admitted, view);
  });
}
