import { helpMessage, unknownTargetText } from '../views/answers/help.ts';
import { refusalText } from '../views/answers/refusal.ts';
import { switchText } from '../views/answers/status-message.ts';
import { command } from '../views/inline.ts';
import { beginBatch, beginPreview } from './begin.ts';
import type { Door, Reply } from './door/door.ts';
import type { Guest } from './door/entrance.ts';
import type { CommandAsked } from './door/payloads.ts';
import type { Services } from './door/services.ts';
import { config, exportRun, find, history, status, users } from './look-up.ts';
import { type Ask, parseAsk, withoutCommand } from './parse-command.ts';

/** Registers the slash command: help for anyone, everything else for admins. */
export function registerUsersync(door: Door, services: Services): void {
  const { telling, settings } = services;
  door.command(settings.command, {
    read: (asked) => {
      const text = withoutCommand(asked.text, settings.command);
      return { ...asked, text, ask: parseAsk(text, settings.targets) };
    },
    modalTitle: ({ ask }) => (opensModal(ask) ? telling.showing.t.users.title : undefined),
    serveAnyone: async ({ ask }, t, reply) => {
      if (ask.verb !== 'help') return false;
      await reply(helpMessage(t, settings.targets));
      return true;
    },
    serve: ({ ask, ...asked }, guest, reply) => serve(services, ask, { asked, guest, reply }),
  });
}

function opensModal({ verb }: Ask): boolean {
  return verb === 'users' || verb === 'inactive';
}

type Request = { readonly asked: CommandAsked; readonly guest: Guest; readonly reply: Reply };

async function serve(services: Services, ask: Ask, { asked, guest, reply }: Request): Promise<void> {
  const { useCases, settings } = services;
  const { t, actor, tell } = guest;
  const request = { actor, channelId: asked.visitor.channelId, requestKey: asked.requestKey };
  if (opensModal(ask) && guest.modal === undefined) {
    await tell(t.shortcut.needsCommand(command(t, asked.text)));
    return;
  }
  switch (ask.verb) {
    case 'help':
      // Handled by `serveAnyone`.
      return;
    case 'preview': {
      const requested = await useCases.preview.request({ ...request, target: ask.target });
      await beginPreview(services, requested, guest);
      if (requested.outcome === 'requested' && asked.threadTs !== undefined) await tell(t.shortcut.inChannel);
      return;
    }
    case 'rollback':
      return beginPreview(services, await useCases.rollback({ ...request, ...ask }), guest);
    case 'all': {
      const { targets } = settings;
      return beginBatch(services, await useCases.requestBatch({ ...request, targets }), guest);
    }
    case 'status':
      await reply(await status(services, t, ask.target));
      return;
    case 'history':
      await reply(await history(services, t, ask.target));
      return;
    case 'find':
      await reply(await find(services, t, ask.text));
      return;
    case 'config':
      await reply(await config(services, t));
      return;
    case 'users':
      return users(services, ask, guest);
    case 'inactive':
      return users(services, { target: ask.target, status: 'inactive', text: undefined }, guest);
    case 'pause':
    case 'resume':
      return switchRules(services, ask.verb, { target: ask.target, channelId: request.channelId }, guest);
    case 'export':
      return exportRun(services, guest, ask.runId);
    case 'unknown':
      await tell(unknownTargetText(t, ask.typed, settings.targets));
  }
}

/** `/usersync pause [target]` and `/usersync resume [target]`. Posts to the channel, because every admin should know. */
async function switchRules(
  { useCases, telling, client, settings }: Services,
  verb: 'pause' | 'resume',
  { target, channelId }: { readonly target: string | undefined; readonly channelId: string },
  { t, actor, tell }: Guest,
): Promise<void> {
  const switched = await useCases.switch[verb]({ actor, target });
  if (switched.outcome === 'refused') {
    await tell(refusalText(t, switched.refusal));
    return;
  }
  const text = switchText(telling.showing.t, actor, switched, settings.facts.autoRules);
  await client.chat.postMessage({ channel: channelId, text });
}
