import { setTimeout as pause } from 'node:timers/promises';
import { z } from 'zod';
import { AYU, BUDI } from '../../sandbox/local-slack/workspace.ts';
import { postSigned } from '../../sandbox/strict-slack/signed-request.ts';
import { type SlackPerson, slackPerson } from '../../sandbox/strict-slack/slack-person.ts';
import type { StoredView } from '../../sandbox/strict-slack/workspace.ts';
import { ACTIONS } from '../../src/slack/ids.ts';
import { GUARD_INPUTS } from '../../src/slack/views/modals/guard-modal.ts';
import { effective } from '../model/change.ts';
import type { Button, Input, Person } from '../schedule/schedule.ts';
import type { World } from '../world/world.ts';
import { blockIds } from './notices.ts';
import type { RunRow, Snapshot } from './snapshot.ts';

/** What a person did. */
export type Deed = {
  readonly input: Input;
  /** The run whose button was pressed. */
  readonly run: RunRow | undefined;
  /** `moot`: there was nothing to press. `unheard`: no bot acknowledged it. */
  readonly outcome: 'heard' | 'unheard' | 'moot';
  /** Slack's trigger id of the request, where one was sent. */
  readonly triggerId?: string;
};

const SLACK_WAITS_MS = 3_000;

export const USERS: Readonly<Record<Person, string>> = { ayu: AYU.id, budi: BUDI.id };

type Forgery = NonNullable<Parameters<SlackPerson['command']>[2]>;
type Act = (person: SlackPerson, forgery: Forgery) => Promise<{ readonly status: number }>;

/** Types or presses what the input says, as far as there is something to press. */
export async function perform(world: World, seen: Snapshot, input: Input): Promise<Deed> {
  const { act, place, replica } = input;
  world.lastTold.set(place, replica);
  const target = world.schedule.places[place]?.target ?? '';
  if (act.kind === 'preview')
    return deliver(world, input, undefined, (person, forgery) => person.command(target, undefined, forgery));
  const button = act.kind === 'press' ? act.button : 'roll back';
  const run = runFor(world, seen, input, button);
  if (run === undefined) return { input, run, outcome: 'moot' };
  if (act.kind === 'roll back by command') {
    return deliver(world, input, run, (person, forgery) =>
      person.command(`rollback ${run.id}`, undefined, forgery),
    );
  }
  const deed = await pressOn(world, input, run, button);
  const asks = button === 'confirm alone' || (button === 'confirm' && run.guarded);
  return asks && deed.outcome === 'heard' ? giveReason(world, deed, run) : deed;
}

/** The run that the button stands for: newest first, those that show it before all others. */
function runFor(
  world: World,
  { runs, changes }: Snapshot,
  { place, act }: Input,
  button: Button,
): RunRow | undefined {
  const placeId = world.schedule.places[place]?.id;
  const here = [...runs.values()].filter((run) => run.placeId === placeId).reverse();
  const open = here.filter((run) => shows(run, button, changes));
  return open[act.kind === 'press' && act.run === 'older' ? 1 : 0];
}

function shows(run: RunRow, button: Button, changes: Snapshot['changes']): boolean {
  switch (button) {
    case 'confirm':
    case 'confirm alone':
    case 'cancel':
      return run.planHash !== null;
    case 'retry':
      return run.status === 'failed';
    case 'roll back':
      return run.status === 'completed' && effective(changes.get(run.id) ?? []).length > 0;
  }
}

function pressOn(world: World, input: Input, run: RunRow, button: Button): Promise<Deed> | Deed {
  const message = world.slack.workspace.messages.find(({ ts }) => ts === run.messageTs);
  if (message === undefined) return { input, run, outcome: 'moot' };
  const action = { actionId: actionOf(run, button), blockId: `run:${run.id}:buttons`, value: String(run.id) };
  return deliver(world, input, run, (person, forgery) => person.clickForged(message, action, forgery));
}

function actionOf(run: RunRow, button: Button): string {
  switch (button) {
    case 'confirm':
      return run.guarded ? ACTIONS.confirmGuarded : ACTIONS.confirm;
    case 'confirm alone':
      return ACTIONS.confirmAlone;
    case 'cancel':
      return ACTIONS.cancel;
    case 'retry':
      return ACTIONS.retry;
    case 'roll back':
      return ACTIONS.rollBack;
  }
}

/** Fills the form that the click opened, once it is there. Of a run that is over, there is a text in its place. */
async function giveReason(world: World, { input, triggerId }: Deed, run: RunRow): Promise<Deed> {
  const { views } = world.slack.workspace;
  const deadline = performance.now() + SLACK_WAITS_MS;
  let opened: StoredView | undefined;
  while (opened === undefined) {
    if (performance.now() > deadline) return { input, run, outcome: 'unheard' };
    await pause(20);
    // The same person may have pressed another button meanwhile, and have its window open too.
    const own = [...views.values()].find((view) => view.triggerId === triggerId);
    if (own !== undefined && (isForm(own, run) || isAnswer(own))) opened = own;
  }
  const form = opened;
  views.delete(form.id);
  if (!isForm(form, run)) return { input, run, outcome: 'heard' };
  const entries = {
    [GUARD_INPUTS.target.actionId]: run.target,
    [GUARD_INPUTS.reason.actionId]: 'As agreed with HR',
  };
  return deliver(world, input, run, (person, forgery) => person.submit(form, entries, forgery));
}

function isForm({ view }: StoredView, run: RunRow): boolean {
  return String(view['private_metadata']).includes(`"runId":${run.id},`);
}

function isAnswer({ view }: StoredView): boolean {
  return blockIds({ blocks: z.array(z.unknown()).parse(view['blocks']) }).includes('message');
}

/** Sends the request to the input's replica, and its bytes once more to those that it is to be replayed to. */
async function deliver(world: World, input: Input, run: RunRow | undefined, act: Act): Promise<Deed> {
  const { slack, replicas } = world;
  const timestamp = Math.floor(Date.now() / 1000);
  let [body, triggerId] = ['', ''];
  const tamper = (sent: string) => {
    body = sent;
    triggerId = triggerOf(sent);
    world.triggers.add(triggerId);
    return sent;
  };
  const url = replicas.urlOf(input.replica);
  if (url === undefined) return { input, run, outcome: 'unheard' };
  const person = slackPerson(slack, url, USERS[input.person]);
  const first = isHeard(act(person, { timestamp, tamper }));
  const replays = input.replays.flatMap((replica) => {
    const again = replicas.urlOf(replica);
    if (again === undefined) return [];
    return [isHeard(postSigned({ url: again, signingSecret: slack.signingSecret, body, timestamp }))];
  });
  const [heard = false] = await Promise.all([first, ...replays]);
  return { input, run, outcome: heard ? 'heard' : 'unheard', triggerId };
}

/** A command's body has the trigger id among its fields, an interaction's in its payload. */
function triggerOf(body: string): string {
  const fields = new URLSearchParams(body);
  const payload = z.object({ trigger_id: z.string() });
  return fields.get('trigger_id') ?? payload.parse(JSON.parse(fields.get('payload') ?? '{}')).trigger_id;
}

/** Slack waits 3 s, and does not send it again. */
function isHeard(sent: Promise<{ readonly status: number }>): Promise<boolean> {
  const answered = sent.then(
    ({ status }) => status === 200,
    () => false,
  );
  return Promise.race([answered, pause(SLACK_WAITS_MS, false, { ref: false })]);
}
