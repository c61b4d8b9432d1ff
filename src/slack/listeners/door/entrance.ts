import type { Logger } from '../../../sync/ports/ports.ts';
import type { Actor } from '../../../sync/run/run.ts';
import type { SlackClient } from '../../connect/client.ts';
import { answering, inTurn, type OpenedModal, openModal, type Tell } from '../../tell/answer.ts';
import type { Showing } from '../../tell/show-run.ts';
import type { Texts } from '../../text/en.ts';
import { refusalText } from '../../views/answers/refusal.ts';
import type { Asks, People, Visitor } from './gate.ts';

/** An admin whose request is served: the texts in their language, and how to tell them. */
export type Admitted = {
  readonly actor: Actor;
  readonly t: Texts;
  readonly tell: Tell;
  /** Tells the admin outside of the modal, which shows something else. */
  readonly beside: Tell;
  readonly modal: OpenedModal | undefined;
  /** Whether the request came from a group of direct messages, where no app can be a member. */
  readonly inGroup: boolean;
};

/** The person, Slack's permission to open a modal for them (`trigger_id`), which a mention does not have, and the request's name. */
type AskedRequest = { readonly visitor: Visitor; readonly triggerId?: string; readonly asks: Asks };

export type Entry<Asked> = {
  /** Parses the payload. Throws where it has not Slack's shape. */
  readonly read: () => Asked;
  /** Tells the person outside of a modal. */
  readonly beside: Tell;
  /** Tells the person about errors. Undefined: told like any other answer. */
  readonly trouble?: Tell | undefined;
  /** The title of a modal that opens before any look-up, because a `trigger_id` expires after 3 s. */
  readonly modalTitle?: ((asked: Asked) => string | undefined) | undefined;
  /** Serves requests that need no admin. Returns false if an admin is needed. */
  readonly serveAnyone?: (asked: Asked, t: Texts) => Promise<boolean>;
  readonly serve: (asked: Asked, admitted: Admitted) => Promise<void>;
};

type Ports = {
  readonly client: SlackClient;
  readonly logger: Logger;
  readonly people: People;
  readonly telling: { readonly showing: Pick<Showing, 't'> };
};

/** The way of a request after its acknowledgement (see `createDoor`). Never throws. */
export function createEntrance({ client, logger, people, telling }: Ports) {
  const { t: common } = telling.showing;
  return async <Asked extends AskedRequest>(entry: Entry<Asked>): Promise<void> => {
    const { read, beside, trouble, modalTitle, serveAnyone, serve } = entry;
    let modal: OpenedModal | undefined;
    const tell: Tell = (text) =>
      modal === undefined ? beside(text) : inTurn(logger, modal.say, beside)(text);
    await answering({ t: common, logger }, trouble ?? tell, async () => {
      const asked = read();
      const title = modalTitle?.(asked);
      if (title !== undefined && asked.triggerId !== undefined)
        modal = await openModal(client, common, asked.triggerId, title);
      const t = await people.textsOf(asked.visitor.userId);
      if (await serveAnyone?.(asked, t)) return;
      const access = await people.authorize(asked.visitor, asked.asks);
      const { inGroup = false } = asked.visitor;
      if (access.allowed) await serve(asked, { actor: access.actor, t, tell, beside, modal, inGroup });
      else if (inGroup && access.refusal.code === 'channel_unverifiable')
        await tell(t.trouble.channelUnreachable.between_people);
      else await tell(refusalText(t, access.refusal));
    });
  };
}

export type Enter = ReturnType<typeof createEntrance>;
