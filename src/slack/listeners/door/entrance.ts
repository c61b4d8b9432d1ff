import type { Actor } from '../../../sync/run/run.ts';
import type { Texts } from '../../text/en.ts';
import { refusalText } from '../../views/answers/refusal.ts';
import { answering, inTurn, type OpenedModal, openModal, type Tell } from './answer.ts';
import type { Visitor } from './authorize.ts';
import type { Services } from './services.ts';

/** An admin whose request is served: their language, and how to tell them something that nobody else sees. */
export type Guest = {
  readonly actor: Actor;
  readonly t: Texts;
  readonly tell: Tell;
  /** The same beside a modal that shows something else. */
  readonly beside: Tell;
  /** The modal that was opened for the request. */
  readonly modal: OpenedModal | undefined;
};

/** Who asks, and Slack's leave to open a modal for them, which a mention does not give. */
type Request = { readonly visitor: Visitor; readonly triggerId?: string };

export type Entry<Asked> = {
  /** Reads the payload. Throws where Slack sends no such payload. */
  readonly read: () => Asked;
  readonly beside: Tell;
  /** Tells what went wrong; as everything else is told unless given. */
  readonly trouble?: Tell | undefined;
  /** The title of a modal that opens before anything is looked up: Slack gives 3 s for it. */
  readonly modalTitle?: ((asked: Asked) => string | undefined) | undefined;
  /** Serves requests that need no admin. False if an admin is needed. */
  readonly serveAnyone?: (asked: Asked, t: Texts) => Promise<boolean>;
  readonly serve: (asked: Asked, guest: Guest) => Promise<void>;
};

/**
 * The steps that every request takes, once it was acknowledged: read, the language looked up, the person authorised; refused
 * and audited, or served. Errors are told to that person alone. Never throws.
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
