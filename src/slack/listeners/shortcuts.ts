import { SHORTCUTS, TARGET_CHOICE } from '../ids.ts';
import { unknownTargetText } from '../views/answers/help.ts';
import { command } from '../views/inline.ts';
import { readTargetChoice, targetModal } from '../views/modals/target-modal.ts';
import { beginPreview } from './begin.ts';
import type { Door } from './door/door.ts';
import type { Services } from './door/services.ts';

/**
 * Registers the shortcuts. A modal asks for the target; then the preview begins as after the command. Shortcuts work in threads
 * too, where Slack has no slash commands.
 */
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
    errors: () => undefined,
    about: async (choice) => ({
      channelId: choice?.channelId,
      serve: async (guest, viewId) => {
        if (choice === undefined) {
          await guest.tell(guest.t.trouble.unknownButton(command(guest.t, 'status')));
        } else if (targets.includes(choice.target)) {
          const { target, channelId } = choice;
          const request = { actor: guest.actor, channelId, requestKey: `choice by view ${viewId}`, target };
          await beginPreview(services, await useCases.preview.request(request), guest);
        } else {
          await guest.tell(unknownTargetText(guest.t, choice.target, targets));
        }
      },
    }),
  });
}
