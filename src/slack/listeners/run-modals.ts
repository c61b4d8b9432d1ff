import type { types } from '@slack/bolt';
import { aloneRefusal, hasApproved, judgePeople, lackOf, lackRefusal } from '../../sync/rules/approval.ts';
import { type ClickedRun, clickedRun } from '../../sync/run/click.ts';
import { type Refusal, refuse } from '../../sync/run/refusal.ts';
import { type Actor, plannedChanges, type Run } from '../../sync/run/run.ts';
import { ACTIONS, ADJUSTMENT, ADJUSTMENT_PICKS, GUARDED_CONFIRMATION, isDirect, parseRunId } from '../ids.ts';
import { showSoon } from '../tell/announcer.ts';
import { limitsOf, neededFor } from '../tell/show-run.ts';
import type { Texts } from '../text/en.ts';
import { refusalText } from '../views/answers/refusal.ts';
import {
  ADJUST_ERRORS_AT,
  type AdjustSubmission,
  adjustedRunId,
  adjustInputErrors,
  adjustMistake,
  adjustModal,
  MOST_OPTIONS,
  pickOptions,
  readAdjustment,
  typedText,
} from '../views/modals/adjust-modal.ts';
import {
  guardInputErrors,
  guardModal,
  readGuardSubmission,
  withdrawalModal,
} from '../views/modals/guard-modal.ts';
import { beginExecution, showAnew } from './begin.ts';
import type { Door } from './door/door.ts';
import type { Typing } from './door/payloads.ts';
import type { Services } from './door/services.ts';
import type { Submitter } from './door/submission.ts';

type RunModal = {
  readonly title: (t: Texts) => string;
  readonly fill: (t: Texts, run: Run, actor: Actor) => Promise<types.ModalView>;
  /** Where the button works: on any message of the bot, on its run's message, or on that one while the run waits for Confirm. */
  readonly place: 'any message' | 'run message' | 'preview';
  /** Why the modal would be of no use; undefined: it opens. */
  readonly refusalOf?: (run: Run, actor: Actor) => Promise<Refusal | undefined>;
};

/** Registers a button that opens a modal about a run. */
export function runModalButton(door: Door, services: Services, actionId: string, modal: RunModal): void {
  const { runs, audit } = services.records;
  const title = modal.title(services.telling.showing.t);
  door.button(
    actionId,
    async ({ message, value }, { actor, t, tell, modal: opened }) => {
      const runId = parseRunId(value);
      const place = modal.place === 'any message' ? undefined : message;
      const click = { runId: runId ?? 0, actor, message: place };
      const clicked = await openable(modal, await clickedRun(runs, click), actor);
      if (clicked.outcome === 'refused') {
        await refuse(audit, actor, clicked.refusal, { runId });
        await tell(refusalText(t, clicked.refusal));
        await showAnew(services, clicked.refusal, runId);
      } else {
        await opened?.show(await modal.fill(t, clicked.run, actor));
      }
    },
    title,
  );
}

async function openable(
  { place, refusalOf }: RunModal,
  clicked: ClickedRun,
  actor: Actor,
): Promise<ClickedRun> {
  if (clicked.outcome === 'refused') return clicked;
  const { run } = clicked;
  // If Slack refused an edit, the old message still shows the buttons of a preview that is over.
  const isOver = place === 'preview' && run.status !== 'ready';
  const refusal: Refusal | undefined = isOver ? { code: 'not_ready', run } : await refusalOf?.(run, actor);
  return refusal === undefined ? clicked : { outcome: 'refused', refusal };
}

/** Confirm With Reason… and Confirm Alone…: the admin types the target's name and a reason. */
export function registerGuardedConfirm(door: Door, services: Services): void {
  const { telling, useCases, records } = services;
  const isApprover = async (run: Run, actor: Actor) => hasApproved(await records.runs.approvals(run), actor);
  runModalButton(door, services, ACTIONS.confirmGuarded, {
    title: (t) => t.guard.modalTitle,
    place: 'preview',
    // Nobody should type a reason for a plan that is then refused, because of a freeze or because more people are needed.
    refusalOf: async (run, actor) => {
      const [until, needed] = await Promise.all([
        telling.showing.frozenUntil(),
        neededFor(telling.showing, run),
      ]);
      const refusal = lackRefusal(run, actor, { until, needed });
      return refusal && (await isApprover(run, actor)) ? undefined : refusal;
    },
    fill: async (t, run, actor) => {
      if (await isApprover(run, actor)) return withdrawalModal(t, run);
      return guardModal(t, run, limitsOf(run, telling.showing.guardLimits));
    },
  });

  runModalButton(door, services, ACTIONS.confirmAlone, {
    title: (t) => t.alone.modalTitle,
    place: 'preview',
    refusalOf: async (run) =>
      aloneRefusal({ breakGlass: telling.showing.breakGlass, isDirect: isDirect(run.channelId) }),
    fill: async (t, run, actor) => {
      const { guardLimits, frozenUntil } = telling.showing;
      const isFrozen = (await frozenUntil()) !== undefined;
      const needed = await neededFor(telling.showing, run);
      const { people } = await judgePeople(run, actor, telling.showing, needed);
      // This click may complete the people, or a freeze have ended. The modal then works like a plain confirmation.
      const lack = lackOf({ isFrozen, needed: people === 'enough' ? 1 : needed });
      return guardModal(t, run, limitsOf(run, guardLimits), lack);
    },
  });

  door.submission(GUARDED_CONFIRMATION, {
    read: readGuardSubmission,
    errors: (submission, t) => guardInputErrors(t, submission),
    serve: async (run, { typed, reason, alone, shown }, admitted, viewId) => {
      const click = { runId: run.id, actor: admitted.actor, message: undefined };
      const confirmed = await useCases.execution.confirm(click, {
        declaration: { target: typed, reason, alone, shown },
        ifApproved: 'stays',
        requestKey: `confirmation by view ${viewId}`,
      });
      await beginExecution(services, confirmed, admitted);
    },
  });
}

/** Adjust: an admin leaves users out of a plan that waits for Confirm. */
export function registerAdjust(door: Door, services: Services): void {
  const { plans } = services.records;
  runModalButton(door, services, ACTIONS.adjust, {
    title: (t) => t.adjust.modalTitle,
    place: 'preview',
    fill: async (t, run) => {
      const isShort = plannedChanges(run.counts) <= MOST_OPTIONS;
      return adjustModal(t, run, isShort ? await plans.search(run.id, '', MOST_OPTIONS) : []);
    },
  });

  door.options(ADJUSTMENT_PICKS, (typing, { t }) => suggest(services, typing, t));

  door.submission(ADJUSTMENT, {
    read: readAdjustment,
    errors: (submission, t) => {
      const mistake = adjustMistake(submission);
      return mistake && adjustInputErrors(t, mistake);
    },
    staysOpen: { errorsAt: ADJUST_ERRORS_AT, typed: typedText },
    serve: (run, submission, admitted, viewId) => adjust(services, run, submission, { admitted, viewId }),
  });
}

async function suggest(
  { records }: Services,
  { view, text }: Typing,
  t: Texts,
): Promise<types.PlainTextOption[]> {
  const run = await records.runs.find(adjustedRunId(view));
  if (run?.status !== 'ready') return [];
  return pickOptions(t, await records.plans.search(run.id, text, MOST_OPTIONS));
}

async function adjust(
  services: Services,
  run: Run,
  submission: AdjustSubmission,
  { admitted, viewId }: { readonly admitted: Submitter; readonly viewId: string },
): Promise<void> {
  const { t } = admitted;
  const click = { runId: run.id, actor: admitted.actor, message: undefined };
  const adjusted = await services.useCases.adjust(click, submission, `adjustment by view ${viewId}`);
  if (adjusted.outcome === 'adjusted') {
    await admitted.close();
    return showSoon(services, adjusted.run, admitted);
  }
  const { refusal } = adjusted;
  const isMistake = refusal.code === 'not_in_plan' || refusal.code === 'nothing_left';
  if (isMistake && (await admitted.keepOpen(adjustInputErrors(t, refusal)))) return;
  const typed = submission.emails.length === 0 ? [] : [typedText(submission, t)];
  await admitted.tell([refusalText(t, refusal), ...typed].join(' '));
}
