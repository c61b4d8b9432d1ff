import type { App } from '@slack/bolt';
import { type Change, LISTED_ACTIONS } from '../../sync/change.ts';
import type { Plans } from '../../sync/plans.ts';
import type { Run } from '../../sync/run.ts';
import { ACTIONS, parseOlderValue } from '../ids.ts';
import { detailsModal } from '../views/details-modal.ts';
import { planModal } from '../views/plan-modal.ts';
import { refusalText } from '../views/refusal.ts';
import { alone, answering } from './answer.ts';
import type { Desk } from './desk.ts';
import { history } from './look-up.ts';
import { onPressOpen } from './modal.ts';
import { parseButton } from './payloads.ts';

/** More than a modal can hold of one kind (250 kB). */
const MOST_ROWS = 10_000;

/** View All: every email of the plan, as far as a modal holds them. */
export function registerViewPlan(app: App, desk: Desk): void {
  const { plans } = desk;
  onPressOpen(app, desk, ACTIONS.viewPlan, {
    title: (t) => t.run.button.viewAll,
    place: 'run message',
    fill: async (t, run) => {
      const unchanged = await plans.listUnchanged(run, '', MOST_ROWS);
      const truncated = unchanged.length === MOST_ROWS;
      return planModal(t, run, await entriesOf(plans, run), { emails: unchanged, truncated });
    },
  });
}

async function entriesOf(plans: Plans, run: Run): Promise<readonly Change[]> {
  const kinds = LISTED_ACTIONS.filter((action) => run.counts[action] > 0);
  const lists = await Promise.all(kinds.map((action) => plans.list(run.id, action, 0, MOST_ROWS)));
  return lists.flat();
}

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
