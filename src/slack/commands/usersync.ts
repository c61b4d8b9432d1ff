import type { App } from '@slack/bolt';
import type { Actor } from '../../sync/run.ts';
import { answering } from '../answer.ts';
import { beginPreview } from '../begin-preview.ts';
import type { Desk } from '../desk.ts';
import { parseCommand } from '../payloads.ts';
import type { Message } from '../views/blocks.ts';
import { helpMessage, unknownTargetText } from '../views/help.ts';
import { refusalText } from '../views/refusal.ts';
import { type Ask, parseAsk } from './ask.ts';

type Tell = (message: string | Message) => Promise<unknown>;

/** Who asks, where, and by which request. */
type Asker = { readonly actor: Actor; readonly channelId: string; readonly requestKey: string };

/** Serves `/usersync`. Whatever cannot be served gets the usage, seen by that person alone. */
export function registerUsersync(app: App, desk: Desk): void {
  const { t } = desk.showing;
  app.command('/usersync', async ({ ack, command, respond }) => {
    await ack();
    const tell: Tell = (message) =>
      respond({ response_type: 'ephemeral', ...(typeof message === 'string' ? { text: message } : message) });
    await answering({ t, logger: desk.logger }, tell, async () => {
      const { visitor, text, triggerId } = parseCommand(command);
      const ask = parseAsk(text, desk.targets);
      if (ask.verb === 'help') {
        await tell(helpMessage(t, desk.targets));
        return;
      }
      const access = await desk.authorize(visitor);
      if (!access.allowed) {
        await tell(refusalText(t, access.refusal));
        return;
      }
      await serve(desk, ask, { ...access, channelId: visitor.channelId, requestKey: triggerId }, tell);
    });
  });
}

async function serve(desk: Desk, ask: Exclude<Ask, { verb: 'help' }>, asker: Asker, tell: Tell) {
  const { actor, channelId, requestKey } = asker;
  switch (ask.verb) {
    case 'preview': {
      const requested = await desk.preview.request({ actor, channelId, requestKey, target: ask.target });
      return beginPreview(desk, requested, tell);
    }
    case 'rollback': {
      const requested = await desk.rollback({ actor, channelId, requestKey, runId: ask.runId });
      return beginPreview(desk, requested, tell);
    }
    case 'unknown':
      await tell(unknownTargetText(desk.showing.t, ask.typed, desk.targets));
  }
}
