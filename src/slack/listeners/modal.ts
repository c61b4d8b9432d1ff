import type { App, types } from '@slack/bolt';
import { type Clicked, clickedRun, refuse } from '../../sync/click.ts';
import type { Run } from '../../sync/run.ts';
import type { SlackClient } from '../connect/client.ts';
import { parseRunId } from '../ids.ts';
import type { Texts } from '../text/en.ts';
import { loadingModal, messageModal } from '../views/blocks.ts';
import { refusalText } from '../views/refusal.ts';
import { alone, answering, inTurn, type Tell } from './answer.ts';
import type { Desk } from './desk.ts';
import { parseButton } from './payloads.ts';

/** What opens when a button is pressed. */
type Modal = {
  readonly title: (t: Texts) => string;
  readonly fill: (t: Texts, run: Run) => Promise<types.ModalView>;
  /**
   * Where the button stands: on any message of the bot's, on the one that shows its run, or there while that run waits to
   * be confirmed.
   */
  readonly place: 'any message' | 'run message' | 'preview';
};

/** Listens to a button that opens a modal about a run. */
export function onPressOpen(app: App, desk: Desk, actionId: string, modal: Modal): void {
  const { client, authorize, runs, audit, logger, showing, textsOf } = desk;
  app.action({ type: 'block_actions', action_id: actionId }, async ({ ack, body, respond }) => {
    await ack();
    let opened: OpenedModal | undefined;
    const beside = alone(respond, client, body.user.id);
    const tell: Tell = (text) => (opened === undefined ? beside(text) : inTurn(opened.say, beside)(text));
    await answering({ t: showing.t, logger }, tell, async () => {
      const { visitor, message, value, triggerId } = parseButton(body);
      opened = await openModal(client, showing.t, triggerId, modal.title(showing.t));
      const t = await textsOf(visitor.userId);
      const access = await authorize(visitor);
      if (!access.allowed) {
        await tell(refusalText(t, access.refusal));
        return;
      }
      const { actor } = access;
      const runId = parseRunId(value);
      const click = {
        runId: runId ?? 0,
        actor,
        message: modal.place === 'any message' ? undefined : message,
      };
      const clicked = await clickedOn(modal, await clickedRun(runs, click));
      if (clicked.outcome === 'refused') {
        await refuse(audit, actor, clicked.refusal, runId === undefined ? {} : { runId });
        await tell(refusalText(t, clicked.refusal));
      } else {
        await opened.show(await modal.fill(t, clicked.run));
      }
    });
  });
}

/** A message that Slack did not let the bot edit shows the buttons of a preview that is over. */
function clickedOn({ place }: Modal, clicked: Clicked): Clicked {
  const over = place === 'preview' && clicked.outcome === 'found' && clicked.run.status !== 'ready';
  return over ? { outcome: 'refused', refusal: { code: 'not_ready', run: clicked.run } } : clicked;
}

const APP_NAME = 'usersync';

/** Tells in a modal of its own, for whoever cannot be told otherwise. */
export function inModal(client: SlackClient, t: Texts, triggerId: string): Tell {
  return (text) => client.views.open({ trigger_id: triggerId, view: messageModal(t, APP_NAME, text) });
}

export type OpenedModal = {
  show(view: types.ModalView): Promise<void>;
  /** Fills the modal with one text, such as a refusal. */
  say: Tell;
};

/**
 * Opens a modal at once, empty, since a `trigger_id` lives 3 s (docs.slack.dev, "Modals"); it is filled after the
 * checks. Throws what Slack's call throws.
 */
export async function openModal(
  client: SlackClient,
  t: Texts,
  triggerId: string,
  title: string,
): Promise<OpenedModal> {
  const { view } = await client.views.open({ trigger_id: triggerId, view: loadingModal(t, title) });
  if (view?.id === undefined) throw new Error('Slack named no modal');
  const { id } = view;
  // Slack names a new one with each content.
  let { hash } = view;
  const show = async (content: types.ModalView) => {
    const shown = await client.views.update({
      view_id: id,
      view: content,
      ...(hash === undefined ? {} : { hash }),
    });
    hash = shown.view?.hash;
  };
  return { show, say: (text) => show(messageModal(t, title, text)) };
}
