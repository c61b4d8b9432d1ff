import { readersRefusal, refuse } from '../../sync/run/refusal.ts';
import { SYSTEM } from '../../sync/run/run.ts';
import { EVERY_TARGET, type Switching } from '../../sync/use-cases/pause.ts';
import { rejectionOf } from '../connect/rejection.ts';
import { channelTroubleOf } from '../connect/rejection-reason.ts';
import { isDirect, SHORTCUTS, TARGET_CHOICE } from '../ids.ts';
import { helpMessage } from '../views/answers/home-and-help.ts';
import { refusalText } from '../views/answers/refusal.ts';
import { switchText } from '../views/answers/status-message.ts';
import { unknownTargetText, wordsOf } from '../views/answers/unknown-command.ts';
import { channelLink, command, invitation, labelled, whyRefused } from '../views/inline.ts';
import { readTargetChoice, targetModal } from '../views/modals/target-modal.ts';
import { beginBatch, beginPreview } from './begin.ts';
import type { Door, Reply } from './door/door.ts';
import type { Admitted } from './door/entrance.ts';
import type { CommandAsked } from './door/payloads.ts';
import type { Services } from './door/services.ts';
import { config, exportRun, find, history, status, users } from './look-up.ts';
import { type ParsedCommand, parseCommand, withoutCommand } from './parse-command.ts';

/** Registers the slash command: help for anyone, everything else for admins. */
export function registerUsersync(door: Door, services: Services): void {
  const { telling, settings } = services;
  door.command(settings.command, {
    read: (asked) => {
      const text = withoutCommand(asked.text, settings.command);
      const parsed = parseCommand(text, settings.targets);
      return { ...asked, text, parsed, asks: askedBy(parsed) };
    },
    modalTitle: ({ parsed }) => (opensModal(parsed) ? telling.showing.t.users.title : undefined),
    serveAnyone: async ({ parsed }, t, reply) => {
      if (parsed.verb !== 'help') return false;
      await reply(helpMessage(t, settings.targets));
      return true;
    },
    serve: ({ parsed, ...asked }, admitted, reply) => serve(services, parsed, { asked, admitted, reply }),
  });
}

function askedBy(parsed: ParsedCommand) {
  const target = 'target' in parsed ? parsed.target : undefined;
  const ofRunId = 'runId' in parsed ? parsed.runId : undefined;
  return { what: [parsed.verb, target].filter((word) => word !== undefined).join(' '), ofRunId };
}

function opensModal({ verb }: ParsedCommand): boolean {
  return verb === 'users' || verb === 'inactive';
}

type CommandRequest = { readonly asked: CommandAsked; readonly admitted: Admitted; readonly reply: Reply };

async function serve(
  services: Services,
  parsed: ParsedCommand,
  { asked, admitted, reply }: CommandRequest,
): Promise<void> {
  const { useCases, settings } = services;
  const { t, actor, tell } = admitted;
  const { threadTs } = asked;
  const request = { actor, channelId: asked.visitor.channelId, requestKey: asked.requestKey };
  if (opensModal(parsed) && admitted.modal === undefined) {
    await tell(t.shortcut.needsCommand(command(t, asked.text)));
    return;
  }
  // A run's message stands in the channel, also if somebody asked in a thread.
  const sayWhere = async (isShown: boolean) => {
    if (isShown && threadTs !== undefined) await tell(t.shortcut.inChannel);
  };
  switch (parsed.verb) {
    case 'help':
      // Handled by `serveAnyone`.
      return;
    case 'preview': {
      const requested = await useCases.preview.request({ ...request, target: parsed.target });
      return sayWhere(await beginPreview(services, requested, admitted));
    }
    case 'rollback': {
      const requested = await useCases.rollback({ ...request, ...parsed });
      return sayWhere(await beginPreview(services, requested, admitted));
    }
    case 'all': {
      const requested = await useCases.requestBatch({ ...request, targets: settings.distinctTargets });
      return sayWhere(await beginBatch(services, requested, admitted));
    }
    case 'status':
      await reply(await status(services, t, parsed.target));
      return;
    case 'history':
      await reply(await history(services, t, parsed.target));
      return;
    case 'find':
      await reply(await find(services, t, parsed.text));
      return;
    case 'config':
      await reply(await config(services, t));
      return;
    case 'users':
      return users(services, parsed, admitted);
    case 'inactive':
      return users(services, { target: parsed.target, status: 'inactive', text: undefined }, admitted);
    case 'pause':
    case 'resume':
      return switchRules(services, parsed.verb, { ...request, threadTs, target: parsed.target }, admitted);
    case 'export':
      return exportRun(services, admitted, parsed.runId);
    case 'unknown': {
      const target = await pausedBefore(services, parsed.typed);
      if (target !== undefined)
        return switchRules(services, 'resume', { ...request, threadTs, target }, admitted);
      await tell(unknownTargetText(t, parsed.typed, settings.targets));
    }
  }
}

/** The target of `resume …` whose pause has outlived its name in the settings: the pause is shown with that name. */
async function pausedBefore({ records }: Services, typed: string): Promise<string | undefined> {
  const [verb, target, ...others] = wordsOf(typed);
  if (verb !== 'resume' || target === EVERY_TARGET || others.length > 0) return undefined;
  return (await records.pauses.all()).find((pause) => pause.target === target)?.target;
}

type Place = { readonly channelId: string; readonly threadTs: string | undefined };

/** `/usersync pause [target]` and `/usersync resume [target]`. Posts to the channel, because every admin should know. */
async function switchRules(
  { useCases, telling, client, settings, logger }: Services,
  verb: 'pause' | 'resume',
  { target, channelId, requestKey, threadTs }: Omit<Switching, 'actor'> & Place,
  { t, actor, tell, inGroup }: Admitted,
): Promise<void> {
  const switched = await useCases.switch[verb]({ actor, target, requestKey });
  if (switched.outcome === 'repeated') return;
  if (switched.outcome === 'refused') {
    await tell(refusalText(t, switched.refusal));
    return;
  }
  const { autoRules } = settings.facts;
  const text = labelled(telling.showing.t, switchText(telling.showing.t, actor, switched, autoRules));
  // The bot's own conversation with one person is read by nobody else, one of several people by no app.
  const channel = isDirect(channelId) || inGroup ? settings.homeChannelId : channelId;
  const answer = switchText(t, actor, switched, autoRules);
  if (channel === undefined) {
    await tell(`${answer} ${t.automatic.unseen}`);
    return;
  }
  try {
    await client.chat.postMessage({ channel, text });
  } catch (error) {
    logger.warn({ err: error, channel }, 'the channel could not be told that rules were switched');
    const { reason } = rejectionOf(error);
    const invite = channelTroubleOf(reason, channel) === 'no_member' ? invitation(t) : undefined;
    await tell(`${answer} ${t.automatic.notTold(channelLink(channel), whyRefused(t, reason), invite)}`);
    return;
  }
  if (channel !== channelId || threadTs !== undefined) await tell(answer);
}

/** Registers the shortcuts: a modal asks for the target. They work in threads too, where Slack has no slash commands. */
export function registerShortcuts(door: Door, services: Services): void {
  const { useCases, settings, telling } = services;
  const { targets, homeChannelId: suggested } = settings;

  for (const shortcut of SHORTCUTS) {
    door.shortcut(shortcut, telling.showing.t.shortcut.title, async ({ channelId }, { t, modal }) => {
      await modal?.show(targetModal(t, targets, channelId === undefined ? { suggested } : { channelId }));
    });
  }

  door.form(TARGET_CHOICE, {
    read: readTargetChoice,
    about: async (choice) => ({
      channelId: choice?.channelId,
      serve: async (admitted, viewId) => {
        if (choice === undefined) {
          await admitted.tell(admitted.t.trouble.unknownButton(command(admitted.t, 'status')));
        } else if (targets.includes(choice.target)) {
          const { channelId } = choice;
          const request = { ...choice, actor: admitted.actor, requestKey: `choice by view ${viewId}` };
          await beginPreview(services, await useCases.preview.request(request), { ...admitted, channelId });
        } else {
          await admitted.tell(unknownTargetText(admitted.t, choice.target, targets));
        }
      },
    }),
  });
}

/** If the bot is added to a channel that people of another company read, tells the inviter at once that it shows no users there. */
export function registerChannelJoined(door: Door, { people, records }: Services): void {
  door.channelJoined(async ({ channel, inviter }, tell) => {
    const shared = readersRefusal(await people.readersOf(channel), channel);
    // If Slack gives no answer now, the bot asks again at the first command.
    if (shared?.code !== 'shared_channel') return;
    const actor = inviter === undefined ? SYSTEM : { id: inviter, name: inviter };
    const { refusal } = await refuse(records.audit, actor, shared);
    await tell(refusalText(await people.textsOf(actor.id), refusal));
  });
}
