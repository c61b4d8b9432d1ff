import { setTimeout as wait } from 'node:timers/promises';
import { type DatabaseTrouble, isDatabaseTrouble } from '../../sync/failures/errors.ts';
import type { LeasedRun } from '../../sync/ports/runs.ts';
import type { Refusal } from '../../sync/run/refusal.ts';
import type { BatchRequested } from '../../sync/use-cases/batch.ts';
import type { Confirmation } from '../../sync/use-cases/execute.ts';
import type { PreviewRequested } from '../../sync/use-cases/preview.ts';
import { showSoon } from '../tell/announcer.ts';
import { type Asker, databaseWhy, directly, onHold } from '../tell/answer.ts';
import type { Texts } from '../text/en.ts';
import { refusalsText, refusalText } from '../views/answers/refusal.ts';
import { unknownTargetText } from '../views/answers/unknown-command.ts';
import { whyRefused } from '../views/inline.ts';
import { unreachableText } from '../views/run/thread-reply.ts';
import type { Services } from './door/services.ts';

/** Shows a new run and starts its read. Tells the person why, and returns false, if it was refused or the bot cannot post. */
export async function beginPreview(
  services: Services,
  requested: PreviewRequested,
  asker: Asker,
): Promise<boolean> {
  switch (requested.outcome) {
    case 'repeated':
      return false;
    case 'refused':
      await asker.tell(whyNoPreview(services, asker.t, requested.refusal));
      return false;
    case 'requested':
      return showAndRead(services, requested, asker);
  }
}

/** The button of an old message may be about a target that the settings have no more. */
function whyNoPreview({ settings: { targets }, telling }: Services, t: Texts, refusal: Refusal): string {
  const isUnnamed = refusal.code === 'location_missing' && !targets.includes(refusal.target);
  return isUnnamed ? unknownTargetText(t, refusal.target, targets) : refusalText(t, refusal, telling.linkOf);
}

const SHOWN_ANEW: readonly Refusal['code'][] = [
  'guard_tripped_since',
  'frozen',
  'second_person_needed',
  'break_glass_off',
];

/** Shows a run anew after a refusal that its message does not foresee: the message is older than a freeze or a setting. */
export async function showAnew(
  { records, telling }: Services,
  { code }: Refusal,
  runId: number | undefined,
): Promise<void> {
  if (runId === undefined || !SHOWN_ANEW.includes(code)) return;
  await records.runs.showAgain(runId);
  await telling.delivery.kick();
}

/** Starts to apply a confirmed plan. If the person may not confirm it, or more people are needed, tells the person so. */
export async function beginExecution(
  services: Services,
  confirmed: Confirmation,
  asker: Asker,
): Promise<void> {
  switch (confirmed.outcome) {
    case 'refused':
      await asker.tell(refusalText(asker.t, confirmed.refusal));
      // The refusal queued an update of the run's message.
      if (SHOWN_ANEW.includes(confirmed.refusal.code)) await services.telling.delivery.kick();
      return;
    case 'approved':
    case 'withdrawn': {
      const { run, people, needed } = confirmed;
      const { t, tell } = asker;
      const isCounted = confirmed.outcome === 'approved';
      await tell(isCounted ? t.plan.counted(people, needed) : t.plan.uncounted(people, needed));
      return showSoon(services, run, asker);
    }
    case 'claimed':
      return startWork(services, confirmed, asker);
  }
}

/** How long the first run of a batch waits for the summary, which should stand above the runs. */
const SUMMARY_WITHIN_MS = 3_000;

/**
 * Shows the summary of a `/usersync all`, and as many runs as this process has capacity for; the summary lists the others until
 * they are read. Names the targets without a preview in one message. Returns whether any run is shown.
 */
export async function beginBatch(
  services: Services,
  requested: BatchRequested,
  asker: Asker,
  onInterrupted = async (error: DatabaseTrouble): Promise<void> =>
    void (await asker.tell(asker.t.trouble.interruptedAll(databaseWhy(asker.t, error)))),
): Promise<boolean> {
  if (requested.outcome === 'repeated') return false;
  const refusals: Refusal[] = [];
  const begun: Promise<boolean>[] = [];
  let isStopping = false;
  // Told once, and not for each run.
  const onStopping = async () => {
    isStopping = true;
  };
  for await (const preview of requested.previews) {
    if (preview.outcome === 'refused') refusals.push(preview.refusal);
    if (preview.outcome === 'interrupted') await onInterrupted(preview.error);
    if (preview.outcome !== 'requested') continue;
    if (begun.length === 0) await showSummary(services);
    const beginning = showOrWait(services, preview, { ...asker, onStopping });
    begun.push(beginning);
    // The first run shows whether the bot can post in the channel. Later runs do not wait until Slack has taken an earlier one.
    if (begun.length === 1 && !(await beginning)) return false;
    beginning.catch(() => {});
  }
  if (refusals.length > 0) {
    await asker.tell(refusalsText(asker.t, refusals, services.telling.linkOf));
  }
  const isShown = (await Promise.all(begun)).includes(true);
  if (isStopping) await asker.tell(asker.t.trouble.restartingAll);
  return isShown;
}

/** Goes on with a half-open `/usersync all`. Refusals are told to the requester directly; an interruption was told before. */
export async function resumeBatch(services: Services): Promise<void> {
  const { useCases, people, client } = services;
  const resumed = await useCases.resumeBatch();
  if (resumed === undefined) return;
  const { requested, actor, channelId } = resumed;
  const asker = { t: await people.textsOf(actor.id), tell: directly(client, actor.id), channelId };
  await beginBatch(services, requested, asker, async (error) => {
    services.logger.warn({ err: error }, 'the database cannot be reached; the other runs open later');
  });
}

/** Waits until the outbox has posted the summary. If this process posted it itself, the channel might get it twice. */
async function showSummary({ telling }: Services): Promise<void> {
  await Promise.race([telling.delivery.settle(), wait(SUMMARY_WITHIN_MS, undefined, { ref: false })]);
}

/** Returns false where the bot cannot post in the channel. */
async function showOrWait(services: Services, claimed: LeasedRun, asker: Asker): Promise<boolean> {
  if (services.queue.free().reading > 0) return showAndRead(services, claimed, asker);
  await startWork(services, claimed, asker);
  return true;
}

/** Shows a run and starts its read. Returns false where the bot cannot post in the channel, after telling the person so. */
async function showAndRead(services: Services, claimed: LeasedRun, asker: Asker): Promise<boolean> {
  const { telling, useCases } = services;
  // The read starts while Slack is still taking the message.
  const [opened] = await Promise.all([
    telling.announcer.open(claimed.run, (reason) => useCases.preview.abandon(claimed, reason)),
    startWork(services, claimed, asker),
  ]);
  switch (opened.outcome) {
    case 'shown':
      return true;
    case 'later':
      await asker.tell(asker.t.rejection.later(claimed.run.id, whyRefused(asker.t, opened.reason)));
      return true;
    case 'unreachable':
      await asker.tell(unreachableText(asker, claimed.run, opened.reason));
      return false;
  }
}

/** Starts the work on a held run, or lets it wait. It goes on after a stop or a loss of the database: the person is told. */
export async function startWork(
  { queue, logger }: Pick<Services, 'queue' | 'logger'>,
  claimed: LeasedRun,
  { t, tell, onStopping = async () => void (await tell(t.trouble.restarting(claimed.run.id))) }: Asker,
): Promise<void> {
  const { run } = claimed;
  try {
    if ((await queue.start(claimed)) === 'stopping') await onStopping();
  } catch (error) {
    if (!isDatabaseTrouble(error)) throw error;
    logger.error({ run: run.id, err: error }, 'the database failed; the run goes on when it serves again');
    await tell(onHold(t, run.id, databaseWhy(t, error)));
  }
}
