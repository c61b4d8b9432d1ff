import type { App, types } from '@slack/bolt';
import { type Click, clickedRun, refuse } from '../../sync/click.ts';
import type { Run } from '../../sync/run.ts';
import { answering } from '../answer.ts';
import type { Desk } from '../desk.ts';
import { parseRunId } from '../ids.ts';
import { parseButton } from '../payloads.ts';
import { loadingModal, messageModal } from '../views/modal.ts';
import { refusalText } from '../views/refusal.ts';

/**
 * Listens to a button that opens a modal. A `trigger_id` lives 3 s, so the modal opens at once, empty, and is filled
 * after the checks (docs.slack.dev, "Modals").
 */
export function onPressOpen(
  app: App,
  desk: Desk,
  actionId: string,
  title: string,
  fill: (run: Run) => Promise<types.ModalView>,
): void {
  const { client, authorize, runs, audit, logger } = desk;
  const { t } = desk.showing;
  app.action({ type: 'block_actions', action_id: actionId }, async ({ ack, body, respond }) => {
    await ack();
    let opened: { id: string; hash: string | undefined } | undefined;
    const show = async (view: types.ModalView) => {
      if (opened === undefined) return;
      const { id, hash } = opened;
      await client.views.update({ view_id: id, view, ...(hash === undefined ? {} : { hash }) });
    };
    const tell = (text: string) =>
      opened === undefined
        ? respond({ response_type: 'ephemeral', replace_original: false, text })
        : show(messageModal(t, title, text));
    await answering({ t, logger }, tell, async () => {
      const { visitor, message, value, triggerId } = parseButton(body);
      const { view } = await client.views.open({ trigger_id: triggerId, view: loadingModal(t, title) });
      if (view?.id !== undefined) opened = { id: view.id, hash: view.hash };
      const access = await authorize(visitor);
      if (!access.allowed) {
        await tell(refusalText(t, access.refusal));
        return;
      }
      const { actor } = access;
      const runId = parseRunId(value);
      const click: Click = { runId: runId ?? 0, actor, message };
      const clicked = await clickedRun(runs, click);
      if (clicked.outcome === 'refused') {
        await refuse(audit, actor, clicked.refusal, runId === undefined ? {} : { runId });
        await tell(refusalText(t, clicked.refusal));
      } else {
        await show(await fill(clicked.run));
      }
    });
  });
}
