import type { App } from '@slack/bolt';
import { refuse } from '../../sync/click.ts';
import { answering } from '../answer.ts';
import type { Desk } from '../desk.ts';
import { ACTIONS, GUARDED_CONFIRMATION } from '../ids.ts';
import { parseSubmission } from '../payloads.ts';
import { REASON_LENGTH } from '../views/guard-inputs.ts';
import { guardModal } from '../views/guard-modal.ts';
import { type GuardSubmission, guardInputErrors, readGuardSubmission } from '../views/guard-submission.ts';
import { refusalText } from '../views/refusal.ts';
import { onPressOpen } from './open-modal.ts';

/** Confirm With Reason…: where the guard tripped, the target's name is typed and a reason given. */
export function registerGuardedConfirm(app: App, desk: Desk): void {
  const { showing } = desk;
  onPressOpen(app, desk, ACTIONS.confirmGuarded, showing.t.guard.modalTitle, async (run) =>
    guardModal(showing.t, run, showing.guardLimits),
  );

  app.view(GUARDED_CONFIRMATION, async ({ ack, body }) => {
    const { user, view } = parseSubmission(body);
    const submission = readable(view);
    const mistake = submission && mistakeIn(submission);
    const errors = mistake && guardInputErrors(showing.t, mistake);
    if (errors !== undefined) {
      await ack({ response_action: 'errors', errors });
      return;
    }
    await ack();
    await confirmGuarded(desk, user, submission);
  });
}

/** Undefined where it is not a modal as this bot makes them: it was forged, or opened by another version. */
function readable(view: unknown): GuardSubmission | undefined {
  try {
    return readGuardSubmission(view);
  } catch {
    return undefined;
  }
}

/** What can be said of the input before anything is looked up: the acknowledgement must not wait. */
function mistakeIn({ target, typed, reason }: GuardSubmission) {
  if (typed.toLowerCase() !== target) return { code: 'target_mismatch', expected: target } as const;
  // Slack counts blanks at the ends too.
  return reason.length < REASON_LENGTH.min ? ({ code: 'reason_missing' } as const) : undefined;
}

async function confirmGuarded(
  desk: Desk,
  user: { userId: string; userName: string },
  submission: GuardSubmission | undefined,
): Promise<void> {
  const { client, runs, audit, execution, authorize, start, logger } = desk;
  const { t } = desk.showing;
  const run = submission && (await runs.find(submission.runId).catch(() => undefined));
  const channel = run?.channelId;
  // A modal stands in no channel: where its run names none, the person is told in the app's own conversation.
  const tell = (text: string) =>
    channel === undefined
      ? client.chat.postMessage({ channel: user.userId, text })
      : client.chat.postEphemeral({ channel, user: user.userId, text });
  await answering({ t, logger }, tell, async () => {
    const access = await authorize(channel === undefined ? user : { ...user, channelId: channel });
    if (!access.allowed) {
      await tell(refusalText(t, access.refusal));
      return;
    }
    const { actor } = access;
    if (submission === undefined) {
      const { refusal } = await refuse(audit, actor, { code: 'run_not_found' }, {});
      await tell(refusalText(t, refusal));
      return;
    }
    const { runId, typed, reason } = submission;
    const click = { runId, actor, message: undefined };
    const confirmed = await execution.confirm(click, { target: typed, reason });
    if (confirmed.outcome === 'refused') await tell(refusalText(t, confirmed.refusal));
    else if (!start((stop) => execution.execute(confirmed, stop))) await tell(t.trouble.shuttingDown);
  });
}
