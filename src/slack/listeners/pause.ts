import { refusalText } from '../views/answers/refusal.ts';
import { switchText } from '../views/answers/status-message.ts';
import type { Guest } from './door/entrance.ts';
import type { Services } from './door/services.ts';

/** `/usersync pause [target]` and `/usersync resume [target]`. The channel is told, since every admin should know. */
export async function switchRules(
  { useCases, telling, client }: Services,
  verb: 'pause' | 'resume',
  { target, channelId }: { readonly target: string | undefined; readonly channelId: string },
  { t, actor, tell }: Guest,
): Promise<void> {
  const switched = await useCases.switch[verb]({ actor, target });
  if (switched.outcome === 'refused') {
    await tell(refusalText(t, switched.refusal));
    return;
  }
  await client.chat.postMessage({ channel: channelId, text: switchText(telling.showing.t, actor, switched) });
}
