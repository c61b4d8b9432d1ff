import type { types } from '@slack/bolt';
import type { Tell } from './answer.ts';
import type { SlackClient } from './client.ts';
import type { Texts } from './text/en.ts';
import { loadingModal, messageModal } from './views/modal.ts';

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
  const opened = view?.id === undefined ? undefined : { id: view.id, hash: view.hash };
  const show = async (content: types.ModalView) => {
    if (opened === undefined) return;
    const { id, hash } = opened;
    await client.views.update({ view_id: id, view: content, ...(hash === undefined ? {} : { hash }) });
  };
  return { show, say: (text) => show(messageModal(t, title, text)) };
}
