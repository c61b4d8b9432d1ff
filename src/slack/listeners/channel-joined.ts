import { readersObjection, refuse } from '../../sync/run/click.ts';
import { SYSTEM } from '../../sync/run/run.ts';
import { refusalText } from '../views/answers/refusal.ts';
import type { Door } from './door/door.ts';
import type { Services } from './door/services.ts';

/** When the bot is added to a channel that people of another company read, it says at once that it shows no users there. */
export function registerChannelJoined(door: Door, { people, records }: Services): void {
  door.channelJoined(async ({ channel, inviter }, tell) => {
    const objection = readersObjection(await people.readersOf(channel), channel);
    // If Slack gives no answer now, the bot asks again at the first command.
    if (objection?.code !== 'shared_channel') return;
    const actor = inviter === undefined ? SYSTEM : { id: inviter, name: inviter };
    const { refusal } = await refuse(records.audit, actor, objection, {});
    await tell(refusalText(await people.textsOf(actor.id), refusal));
  });
}
