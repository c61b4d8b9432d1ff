import type { App } from '@slack/bolt';
import { ACTIONS, parseOlderValue } from '../ids.ts';
import { detailsModal } from '../views/details-modal.ts';
import { refusalText } from '../views/refusal.ts';
import { alone, answering } from './answer.ts';
import type { Desk } from './desk.ts';
import { history } from './look-up.ts';
import { onPressOpen } from './on-press-open.ts';
import { parseButton } from './payloads.ts';

/** The buttons of `/usersync history`: Details of a run, and the page of older runs, which takes the page's place. */
export function registerHistory(app: App, desk: Desk): void {
  onPressOpen(app, desk, ACTIONS.runDetails, {
    title: (t) => t.history.details,
    place: 'any message',
    fill: async (t, run) => detailsModal(t, run, await desk.overview.steps(run.id)),
  });

  app.action({ type: 'block_actions', action_id: ACTIONS.olderRuns }, async ({ ack, body, respond }) => {
    await ack();
    const tell = alone(respond, desk.client, body.user.id);
    await answering({ t: desk.showing.t, logger: desk.logger }, tell, async () => {
      const { visitor, value } = parseButton(body);
      const t = await desk.textsOf(visitor.userId);
      const access = await desk.authorize(visitor);
      const page = parseOlderValue(value, desk.targets);
      if (!access.allowed) await tell(refusalText(t, access.refusal));
      else if (page === undefined) await tell(refusalText(t, { code: 'run_not_found' }));
      else
        await respond({ replace_original: true, ...(await history(desk, t, page.target, page.beforeRunId)) });
    });
  });
}
