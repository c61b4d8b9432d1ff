import type { types } from '@slack/bolt';
import { type ClickedRun, clickedRun, type Refusal, refuse } from '../../sync/run/click.ts';
import type { Run } from '../../sync/run/run.ts';
import { parseRunId } from '../ids.ts';
import type { Texts } from '../text/en.ts';
import { refusalText } from '../views/answers/refusal.ts';
import type { Door } from './door/door.ts';
import type { Services } from './door/services.ts';

type RunModal = {
  readonly title: (t: Texts) => string;
  readonly fill: (t: Texts, run: Run) => Promise<types.ModalView>;
  /** Where the button stands: on any message of the bot, on its run's message, or there while the run waits for Confirm. */
  readonly place: 'any message' | 'run message' | 'preview';
  /** Why the modal would be in vain; undefined: it opens. */
  readonly objection?: (run: Run) => Promise<Refusal | undefined>;
};

/** Registers a button that opens a modal about a run. */
export function runModalButton(door: Door, services: Services, actionId: string, modal: RunModal): void {
  const { runs, audit } = services.records;
  const title = modal.title(services.telling.showing.t);
  door.button(
    actionId,
    async ({ message, value }, { actor, t, tell, modal: opened }) => {
      const runId = parseRunId(value);
      const click = {
        runId: runId ?? 0,
        actor,
        message: modal.place === 'any message' ? undefined : message,
      };
      const clicked = await objected(modal, clickedOn(modal, await clickedRun(runs, click)));
      if (clicked.outcome === 'refused') {
        await refuse(audit, actor, clicked.refusal, runId === undefined ? {} : { runId });
        await tell(refusalText(t, clicked.refusal));
      } else {
        await opened?.show(await modal.fill(t, clicked.run));
      }
    },
    title,
  );
}

/** If Slack refused an edit, the old message still shows the buttons of a preview that is over. */
function clickedOn({ place }: RunModal, clicked: ClickedRun): ClickedRun {
  const over = place === 'preview' && clicked.outcome === 'found' && clicked.run.status !== 'ready';
  return over ? { outcome: 'refused', refusal: { code: 'not_ready', run: clicked.run } } : clicked;
}

async function objected({ objection }: RunModal, clicked: ClickedRun): Promise<ClickedRun> {
  if (clicked.outcome === 'refused') return clicked;
  const refusal = await objection?.(clicked.run);
  return refusal === undefined ? clicked : { outcome: 'refused', refusal };
}
