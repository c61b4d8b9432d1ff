import type { App } from '@slack/bolt';
import type { Actor } from '../../sync/run.ts';
import type { Texts } from '../text/en.ts';
import type { Message } from '../views/blocks.ts';
import { helpMessage, unknownTargetText } from '../views/help.ts';
import { refusalText } from '../views/refusal.ts';
import { alone, answering, inTurn, type Tell } from './answer.ts';
import { type Ask, parseAsk } from './ask.ts';
import { beginBatch, beginPreview } from './begin.ts';
import type { Desk } from './desk.ts';
import { exportRun, history, status, users } from './look-up.ts';
import { type OpenedModal, openModal } from './modal.ts';
import { parseCommand } from './payloads.ts';

/** Who asks, where, by which request, and how they are answered: alone. */
type Asker = {
  readonly actor: Actor;
  readonly channelId: string;
  readonly requestKey: string;
  readonly t: Texts;
  readonly tell: Tell;
  readonly show: (message: Message) => Promise<unknown>;
  /** The same beside a modal that shows something else. */
  readonly beside: Tell;
  /** For what is shown in a modal. */
  readonly modal: OpenedModal | undefined;
};

/** Serves `/usersync`. Whatever cannot be served gets the usage, seen by that person alone. */
export function registerUsersync(app: App, desk: Desk): void {
  const { client, showing, targets, logger, textsOf } = desk;
  app.command('/usersync', async ({ ack, command, respond }) => {
    await ack();
    const show = (message: Message) => respond({ response_type: 'ephemeral', ...message });
    let modal: OpenedModal | undefined;
    const beside = alone(respond, client, command.user_id);
    const tell: Tell = (text) => (modal === undefined ? beside(text) : inTurn(modal.say, beside)(text));
    await answering({ t: showing.t, logger }, tell, async () => {
      const { visitor, text, triggerId } = parseCommand(command);
      const ask = parseAsk(text, targets);
      if (ask.verb === 'users' || ask.verb === 'inactive') {
        modal = await openModal(client, showing.t, triggerId, showing.t.users.title);
      }
      const t = await textsOf(visitor.userId);
      if (ask.verb === 'help') {
        await show(helpMessage(t, targets));
        return;
      }
      const access = await desk.authorize(visitor);
      if (!access.allowed) {
        await tell(refusalText(t, access.refusal));
        return;
      }
      const { actor } = access;
      await serve(desk, ask, {
        actor,
        channelId: visitor.channelId,
        requestKey: triggerId,
        t,
        tell,
        beside,
        show,
        modal,
      });
    });
  });
}

async function serve(desk: Desk, ask: Exclude<Ask, { verb: 'help' }>, asker: Asker): Promise<void> {
  const { actor, channelId, requestKey, t, tell, beside, show, modal } = asker;
  const asked = { actor, channelId, requestKey };
  const userId = actor.id;
  switch (ask.verb) {
    case 'preview':
      return beginPreview(desk, await desk.preview.request({ ...asked, target: ask.target }), asker);
    case 'rollback':
      return beginPreview(desk, await desk.rollback({ ...asked, runId: ask.runId }), asker);
    case 'all':
      return beginBatch(desk, await desk.requestBatch({ ...asked, targets: desk.targets }), asker);
    case 'status':
      await show(await status(desk, t, ask.target));
      return;
    case 'history':
      await show(await history(desk, t, ask.target));
      return;
    case 'users':
      return modal && users(desk, t, ask, { modal, tell: beside, userId });
    case 'inactive':
      return (
        modal &&
        users(
          desk,
          t,
          { target: ask.target, status: 'inactive', text: undefined },
          { modal, tell: beside, userId },
        )
      );
    case 'export':
      return exportRun(desk, { t, tell, userId }, ask.runId);
    case 'unknown':
      await tell(unknownTargetText(t, ask.typed, desk.targets));
  }
}
