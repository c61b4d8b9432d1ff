import type { App } from '@slack/bolt';
import type { Click } from '../../sync/click.ts';
import { parseRunId } from '../ids.ts';
import { refusalText } from '../views/refusal.ts';
import { alone, answering, type Reader } from './answer.ts';
import type { Desk } from './desk.ts';
import { parseButton } from './payloads.ts';

/**
 * Listens to a button of a run's message: acknowledges, checks who pressed it, and hands over the click.
 * A refusal is told to whoever pressed, alone, and leaves the message as it is.
 */
export function onPress(
  app: App,
  desk: Desk,
  actionId: string,
  serve: (click: Click, reader: Reader, triggerId: string) => Promise<void>,
): void {
  app.action({ type: 'block_actions', action_id: actionId }, async ({ ack, body, respond }) => {
    await ack();
    const tell = alone(respond, desk.client, body.user.id);
    await answering({ t: desk.showing.t, logger: desk.logger }, tell, async () => {
      const { visitor, message, value, triggerId } = parseButton(body);
      const t = await desk.textsOf(visitor.userId);
      const access = await desk.authorize(visitor);
      if (!access.allowed) {
        await tell(refusalText(t, access.refusal));
        return;
      }
      const runId = parseRunId(value);
      if (runId === undefined) {
        await desk.audit.append({ step: 'refused', actor: access.actor, outcome: 'run_not_found' });
        await tell(refusalText(t, { code: 'run_not_found' }));
        return;
      }
      await serve({ runId, actor: access.actor, message }, { t, tell }, triggerId);
    });
  });
}
