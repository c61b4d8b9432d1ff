import { refuse } from '../../sync/click.ts';
import type { Actor, Run } from '../../sync/run.ts';
import { refusalText } from '../views/refusal.ts';
import { answering, directly, inTurn, type Reader, type Tell } from './answer.ts';
import type { Desk } from './desk.ts';
import { inModal } from './modal.ts';

export type Submitter = {
  readonly user: { readonly userId: string; readonly userName: string };
  readonly triggerId: string;
};

/** Reads a modal's input; undefined where it is none of this bot's: it was forged, or opened by another version. */
export function readable<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}

/**
 * Serves a submitted modal about a run, after it was acknowledged: checks who submitted it, and tells them alone what
 * went wrong. A modal stands in no channel; where its run names none, the app's own conversation serves.
 */
export async function serveSubmission(
  desk: Desk,
  { user, triggerId }: Submitter,
  runId: number | undefined,
  serve: (run: Run, actor: Actor, reader: Reader) => Promise<void>,
): Promise<void> {
  const { client, runs, audit, authorize, logger, showing } = desk;
  const run = runId === undefined ? undefined : await runs.find(runId).catch(() => undefined);
  const channel = run?.channelId;
  const elsewhere = inTurn(directly(client, user.userId), inModal(client, showing.t, triggerId));
  const tell: Tell = (text) =>
    channel === undefined
      ? elsewhere(text)
      : inTurn(() => client.chat.postEphemeral({ channel, user: user.userId, text }), elsewhere)(text);
  await answering({ t: showing.t, logger }, tell, async () => {
    const t = await desk.textsOf(user.userId);
    const access = await authorize(channel === undefined ? user : { ...user, channelId: channel });
    if (!access.allowed) {
      await tell(refusalText(t, access.refusal));
    } else if (run === undefined) {
      const { refusal } = await refuse(audit, access.actor, { code: 'run_not_found' }, {});
      await tell(refusalText(t, refusal));
    } else {
      await serve(run, access.actor, { t, tell });
    }
  });
}
