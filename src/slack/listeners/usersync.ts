import type { RespondFn } from '@slack/bolt';
import { helpMessage, unknownTargetText } from '../views/help.ts';
import { type Ask, parseAsk } from './ask.ts';
import { beginBatch, beginPreview } from './begin.ts';
import type { Door } from './door.ts';
import type { Guest } from './entrance.ts';
import { exportRun, history, status, users } from './look-up.ts';
import type { CommandAsked } from './payloads.ts';
import type { Services } from './services.ts';

/** `/usersync`: help for anyone, everything else for admins. */
export function registerUsersync(door: Door, services: Services): void {
  const { telling, settings } = services;
  door.command('/usersync', {
    read: (asked) => ({ ...asked, ask: parseAsk(asked.text, settings.targets) }),
    modalTitle: ({ ask: { verb } }) =>
      verb === 'users' || verb === 'inactive' ? telling.showing.t.users.title : undefined,
    serveAnyone: async ({ ask }, t, respond) => {
      if (ask.verb !== 'help') return false;
      await respond({ response_type: 'ephemeral', ...helpMessage(t, settings.targets) });
      return true;
    },
    serve: ({ ask, ...asked }, guest, respond) => serve(services, ask, { asked, guest, respond }),
  });
}

type Request = { readonly asked: CommandAsked; readonly guest: Guest; readonly respond: RespondFn };

async function serve(services: Services, ask: Ask, { asked, guest, respond }: Request): Promise<void> {
  const { useCases, settings } = services;
  const { t, actor, tell } = guest;
  const request = { actor, channelId: asked.visitor.channelId, requestKey: asked.triggerId };
  const show = (message: Parameters<RespondFn>[0] & object) =>
    respond({ response_type: 'ephemeral', ...message });
  switch (ask.verb) {
    case 'help':
      // Served to anyone before.
      return;
    case 'preview':
      return beginPreview(
        services,
        await useCases.preview.request({ ...request, target: ask.target }),
        guest,
      );
    case 'rollback':
      return beginPreview(services, await useCases.rollback({ ...request, ...ask }), guest);
    case 'all': {
      const { targets } = settings;
      return beginBatch(services, await useCases.requestBatch({ ...request, targets }), guest);
    }
    case 'status':
      await show(await status(services, t, ask.target));
      return;
    case 'history':
      await show(await history(services, t, ask.target));
      return;
    case 'users':
      return users(services, ask, guest);
    case 'inactive':
      return users(services, { target: ask.target, status: 'inactive', text: undefined }, guest);
    case 'export':
      return exportRun(services, guest, ask.runId);
    case 'unknown':
      await tell(unknownTargetText(t, ask.typed, settings.targets));
  }
}
