import type { App } from '@slack/bolt';
import { answering } from '../answer.ts';
import { beginPreview } from '../begin-preview.ts';
import type { Desk } from '../desk.ts';
import { parseCommand } from '../payloads.ts';
import type { Message } from '../views/blocks.ts';
import { helpMessage, unknownTargetText } from '../views/help.ts';
import { refusalText } from '../views/refusal.ts';

/** `/usersync help` and `/usersync <target>`; whatever else is typed gets the usage, seen by that person alone. */
export function registerUsersync(app: App, desk: Desk): void {
  const { t } = desk.showing;
  app.command('/usersync', async ({ ack, command, respond }) => {
    await ack();
    const tell = (message: string | Message) =>
      respond({ response_type: 'ephemeral', ...(typeof message === 'string' ? { text: message } : message) });
    await answering({ t, logger: desk.logger }, tell, async () => {
      const { visitor, text, triggerId } = parseCommand(command);
      const word = text.toLowerCase();
      if (word === '' || word === 'help') {
        await tell(helpMessage(t, desk.targets));
        return;
      }
      const access = await desk.authorize(visitor);
      if (!access.allowed) {
        await tell(refusalText(t, access.refusal));
      } else if (!desk.targets.includes(word)) {
        await tell(unknownTargetText(t, text, desk.targets));
      } else {
        const { actor } = access;
        const { channelId } = visitor;
        const requested = await desk.preview.request({
          target: word,
          channelId,
          actor,
          requestKey: triggerId,
        });
        await beginPreview(desk, requested, tell);
      }
    });
  });
}
