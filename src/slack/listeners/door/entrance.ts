import type { Actor } from '../../../sync/run/run.ts';
import type { Texts } from '../../text/en.ts';
import { refusalText } from '../../views/answers/refusal.ts';
import { answering, inTurn, type OpenedModal, openModal, type Tell } from './answer.ts';
import type { Visitor } from './authorize.ts';
import type { Services } from './services.ts';

/** An admin whose request is served: the texts in their language, and how to tell them. */
export type Guest = {
  readonly actor: Actor;
  readonly t: Texts;
  readonly tell: Tell;
  /** Tells the admin outside of the modal, which shows something else. */
  readonly beside: Tell;
  /** The modal that was opened for the request. */
  readonly modal: OpenedModal | undefined;
};

/** The person, and Slack's permission to open a modal for them (`trigger_id`), which a mention does not have. */
type Request = { readonly visitor: Visitor; readonly triggerId?: string };

export type Entry<Asked> = {
  /** Parses the payload. Throws where it has not Slack's shape. */
  readonly read: () => Asked;
  readonly beside: Tell;
  /** Tells errors. By default like everything else. */
  readonly trouble?: Tell | undefined;
  /** The title of a modal that opens before any look-up, because a `trigger_id` expires after 3 s. */
  readonly modalTitle?: ((asked: Asked) => string | undefined) | undefined;
  /** Serves requests that need no admin. Returns false if an admin is needed. */
  readonly serveAnyone?: (asked: Asked, t: Texts) => Promise<boolean>;
  readonly serve: (asked: Asked, guest: Guest) => Promise<void>;
};

/**
 * The steps of every request after its acknowledgement: parse, look up the person's language, authorise; then serve, or refuse and
 * audit. Errors are told only to that person. Never throws.
 */
export function createEntrance({ client, logger, people, telling }: Services) {
  const { t: common } = telling.showing;
  return async <Asked extends Request>(entry: Entry<Asked>): Promise<void> => {
    const { read, beside, trouble, modalTitle, serveAnyone, serve } = entry;
    let modal: OpenedModal | undefined;
    const tell: Tell = (text) => (modal === undefined ? beside(text) : inTurn(modal.say, beside)(text));
    await answering({ t: common, logger }, trouble ?? tell, async () => {
      const asked = read();
      const title = modalTitle?.(asked);
      if (title !== undefined && asked.triggerId !== undefined)
        modal = await openModal(client, common, asked.triggerId, title);
      const t = await people.textsOf(asked.visitor.userId);
      if (await serveAnyone?.(asked, t)) return;
      const access = await people.authorize(asked.visitor);
      if (access.allowed) await serve(asked, { actor: access.actor, t, tell, beside, modal });
      else await tell(refusalText(t, access.refusal));
    });
  };
}

export type Enter = ReturnType<typeof createEntrance>;
