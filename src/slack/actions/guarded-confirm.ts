import type { App } from '@slack/bolt';
import { answering } from '../answer.ts';
import type { Desk } from '../desk.ts';
import { ACTIONS, GUARDED_CONFIRMATION } from '../ids.ts';
import { parseSubmission } from '../payloads.ts';
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
    const submission = readGuardSubmission(view);
    const mistake = mistakeIn(submission);
    const errors = mistake === undefined ? undefined : guardInputErrors(showing.t, mistake);
    if (errors !== undefined) {
      await ack({ response_action: 'errors', errors });
      return;
    }
    await ack();
    await confirmGuarded(desk, user, submission);
  });
}

/** What can be said of the input before anything is looked up: the acknowledgement must not wait. */
function mistakeIn({ target, typed, reason }: GuardSubmission) {
  if (typed.toLowerCase() !== target) return { code: 'target_mismatch', expected: target } as const;
  return reason === '' ? ({ code: 'reason_missing' } as const) : undefined;
}

async function confirmGuarded(
  desk: Desk,
  user: { userId: string; userName: string },
  { runId, typed, reason }: GuardSubmission,
): Promise<void> {
  const { client, runs, execution, authorize, start, logger } = desk;
  const { t } = desk.showing;
  const channel = (await runs.find(runId).catch(() => undefined))?.channelId;
  const tell = async (text: string) => {
    if (channel !== undefined) await client.chat.postEphemeral({ channel, user: user.userId, text });
  };
  await answering({ t, logger }, tell, async () => {
    const access = await authorize(channel === undefined ? user : { ...user, channelId: channel });
    if (!access.allowed) {
      await tell(refusalText(t, access.refusal));
      return;
    }
    const click = { runId, actor: access.actor, message: undefined };
    const confirmed = await execution.confirm(click, { target: typed, reason });
    if (confirmed.outcome === 'refused') await tell(refusalText(t, confirmed.refusal));
    else if (!start((stop) => execution.execute(confirmed, stop))) await tell(t.trouble.shuttingDown);
  });
}
