import type { types } from '@slack/bolt';
import type { SlackClient } from '../../connect/client.ts';
import type { Texts } from '../../text/en.ts';
import { loadingModal, messageModal } from '../../views/blocks.ts';
import type { Tell } from './answer.ts';

const APP_NAME = 'usersync';

/** Tells a person in a new modal, if there is no other way. */
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
 * checks. Throws the errors of Slack's call.
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
