import { AYU } from '../../sandbox/local-slack/workspace.ts';
import { until } from '../../sandbox/process/until.ts';
import { slackPerson } from '../../sandbox/strict-slack/slack-person.ts';
import type { StoredMessage } from '../../sandbox/strict-slack/workspace.ts';
import { offeredConfirm } from '../checks/shown.ts';
import type { World } from '../world/world.ts';
import { blockIds } from './notices.ts';
import { type RunRow, takeSnapshot } from './snapshot.ts';

const ANSWERED_WITHIN_MS = 8_000;

/**
 * Presses each button to confirm a run that cannot be confirmed there any more: Slack did not let the bot take it away.
 * Whoever presses it is told how the run stands, and nothing changes.
 */
export async function pressOldButtons(world: World): Promise<string[]> {
  const before = await takeSnapshot(world.sql);
  const problems: string[] = [];
  for (const message of world.slack.workspace.messages.filter(
    ({ ephemeralTo }) => ephemeralTo === undefined,
  )) {
    const actionId = offeredConfirm(message);
    const run = before.runs.get(runOf(message) ?? 0);
    if (actionId === undefined || run === undefined) continue;
    if (run.status === 'ready' && run.messageTs === message.ts) continue;
    problems.push(...(await press(world, message, actionId, run)));
  }
  const after = await takeSnapshot(world.sql);
  const same =
    JSON.stringify([...before.users, ...before.runs]) === JSON.stringify([...after.users, ...after.runs]);
  return same ? problems : [...problems, 'An old button changed something'];
}

function runOf(message: StoredMessage): number | undefined {
  return blockIds(message).flatMap((id) => Number(id.match(/^run:(\d+):/)?.[1] ?? []))[0];
}

async function press(world: World, message: StoredMessage, actionId: string, run: RunRow): Promise<string[]> {
  const url = world.replicas.urlOf(0);
  if (url === undefined) return ['No bot is up at the end'];
  const told = () => world.slack.workspace.messages.filter(({ ephemeralTo }) => ephemeralTo === AYU.id);
  const views = () => [...world.slack.workspace.views.values()].map(({ view }) => JSON.stringify(view));
  const seen = [told().length, views().length];
  await slackPerson(world.slack, url, AYU.id).click(message, actionId);
  const truth = truthAbout(run, message);
  const said = () => [
    ...told()
      .slice(seen[0])
      .map(({ text }) => text),
    ...views().slice(seen[1]),
  ];
  const answered = await until(() => said().some((text) => truth.test(text)), {
    timeoutMs: ANSWERED_WITHIN_MS,
    failure: () => '',
  }).catch(() => false);
  if (answered) return [];
  return [`An old ${actionId} of run ${run.id} (${run.status}) was answered with ${JSON.stringify(said())}`];
}

/** What whoever presses must be told. */
function truthAbout(run: RunRow, { ts }: StoredMessage): RegExp {
  if (run.messageTs !== ts) return /This button is not on the message that shows its run/;
  switch (run.status) {
    case 'completed':
      return /is already completed|had nothing to change/;
    case 'cancelled':
      return /was cancelled by/;
    case 'expired':
      return /has expired/;
    case 'superseded':
      return /was replaced by a newer preview/;
    case 'failed':
      return /has failed and changed nothing/;
    case 'reading':
    case 'ready':
    case 'executing':
      return /never/;
  }
}
