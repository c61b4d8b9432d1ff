import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { until } from '../../../sandbox/process/until.ts';
import type { Acknowledgement } from '../../../sandbox/strict-slack/signed-request.ts';
import type { StoredMessage, StoredView } from '../../../sandbox/strict-slack/workspace.ts';
import { METHOD_SCOPES } from '../../../src/slack/connect/manifest.ts';
import { rejectionOf } from '../../../src/slack/connect/rejection.ts';
import { en } from '../../../src/slack/text/en.ts';
import { targetModal } from '../../../src/slack/views/modals/target-modal.ts';
import errors from '../../support/slack-errors.json' with { type: 'json' };
import { CHANNEL, sees, toldAfter } from '../../support/strict-conversation.ts';
import { type StrictWorld, startStrictWorld } from '../../support/strict-world.ts';
import {
  type Case,
  directOf,
  messagesWith,
  modalOf,
  type Place,
  type RefusingWorld,
  runOf,
  type Stage,
  startRefusingWorld,
} from './support/refusing-world.ts';

const METHODS = new Map<string, { readonly codes: Readonly<Record<string, string>> }>(
  Object.entries(errors.methods),
);

/** Every code with which Slack may refuse a method. */
function codesOf(method: string): readonly string[] {
  return Object.keys({ ...errors.everyMethod.codes, ...METHODS.get(method)?.codes });
}

/** Where a way begins: a run whose message stands in the channel of a place. */
type Start = {
  readonly stage: Stage;
  readonly button: string;
  readonly after?: 'execution';
  readonly lasts?: true;
};

const START = {
  preview: { stage: 'one new user', button: 'cancel_run' },
  'long preview': { stage: 'many new users', button: 'cancel_run' },
  'guarded preview': { stage: 'a user who is gone', button: 'confirm_guarded_run' },
  completed: { stage: 'one new user', button: 'confirm_run', after: 'execution', lasts: true },
  failed: { stage: 'another password', button: 'retry_run' },
} as const satisfies Readonly<Record<string, Start>>;

type Begun = { readonly place: Place; readonly message: StoredMessage };

type Way = {
  readonly what: string;
  /** The methods that the bot calls to serve it; those that come with a run which is there already are left out. */
  readonly calls: readonly string[];
  readonly stage?: Stage;
  readonly from?: keyof typeof START;
  /** Of those methods, the ones whose refusal does not keep a run from going on. */
  readonly goesOn?: readonly string[];
  /** A method whose answer is lost once, so that the bot looks for what it posted. */
  readonly loses?: string;
  /** Opens the modal that is submitted, for somebody else. */
  readonly modal?: string;
  readonly act: (one: Case, message: StoredMessage, view: StoredView) => Promise<Acknowledgement>;
  /** What the message in the channel, or a reply to it, says where that is the answer. */
  readonly ends?: RegExp;
};

const RUN = ['chat.postMessage', 'chat.update'];
const MODAL = ['views.open', 'views.update'];
const INFO = 'conversations.info';
const HISTORY = 'conversations.history';
const REPLIES = 'conversations.replies';
const FILES = ['files.getUploadURLExternal', 'files.completeUploadExternal'];

const READ = /Sync Preview|Sync Failed|Rollback Preview|All synced/;
const DONE = /Sync Completed|completed successfully/;

/** Help is for anyone, wherever. */
const readersAsked = (what: string) => (what === 'help' ? [] : [INFO]);

function command(
  what: string,
  text: (one: Case, runId: string) => string,
  calls: readonly string[],
  more: Partial<Way> = {},
): Way {
  const act: Way['act'] = (one, message) => one.person.command(text(one, runOf(message)), one.channel);
  // Who reads the channel is asked once in a while: where a run stands there already, it was asked for that run.
  const asked = more.from === undefined ? readersAsked(what) : [];
  return { what: `/usersync ${what}`, calls: ['users.info', ...asked, ...calls], act, ...more };
}

/** A button, pressed wherever its run is shown. */
function press(
  actionId: string,
  from: keyof typeof START,
  calls: readonly string[],
  more: Partial<Way> = {},
): Way {
  const act: Way['act'] = (one, message) =>
    one.person.clickForged(message, { actionId, blockId: 'x', value: runOf(message) });
  return { what: actionId, from, calls: ['users.info', ...calls], act, ...more };
}

function submit(
  what: string,
  modal: string,
  from: keyof typeof START,
  calls: readonly string[],
  { entries, ...more }: Partial<Way> & { readonly entries: (one: Case) => Readonly<Record<string, string>> },
): Way {
  const act: Way['act'] = (one, _, view) => one.person.submit(view, entries(one));
  return { what, modal, from, calls: ['users.info', ...calls], act, ...more };
}

/** A Home tab as far as it is pressed. */
function homeOf(user: string, target: string): StoredView {
  const text = { type: 'plain_text', text: 'Preview' };
  const accessory = { type: 'button', action_id: 'home_preview', value: target, text };
  const blocks = [{ type: 'section', block_id: 'home:target:0', accessory }];
  return { id: 'V0HOME', hash: 'h', user, rootId: 'V0HOME', view: { type: 'home', blocks } };
}

/** A mention of the bot, whose text is as behind the command. */
function mention(
  what: string,
  text: (one: Case) => string,
  calls: readonly string[],
  more: Partial<Way> = {},
): Way {
  const act: Way['act'] = (one) => one.person.mention(`@usersync ${text(one)}`, { channelId: one.channel });
  return {
    what: `a mention with ${what}`,
    calls: ['users.info', ...readersAsked(what), ...calls],
    act,
    ...more,
  };
}

/** The modal of a shortcut as far as it is submitted. */
function choiceOf({ user, target, channel }: Case): StoredView {
  const view = { ...targetModal(en, [target], { channelId: channel }) };
  return { id: `V0${user}`, hash: 'h', user, rootId: `V0${user}`, view };
}

/** An open list of users as far as it is pressed. */
function listOf(user: string, target: string): StoredView {
  const text = { type: 'plain_text', text: 'Send as File' };
  const accessory = {
    type: 'button',
    action_id: 'send_users',
    value: JSON.stringify([target, null, null]),
    text,
  };
  // Whoever is answered in it sees something else than this.
  const blocks = [
    { type: 'section', block_id: 'users:found', text: { type: 'mrkdwn', text: 'Loading…' }, accessory },
  ];
  const view: StoredView = {
    id: `V${user}`,
    hash: 'h',
    user,
    rootId: `V${user}`,
    view: { type: 'modal', blocks },
  };
  refusing.world.slack.workspace.views.set(view.id, view);
  return view;
}

/** Makes a run the only one of a `/usersync all`, whose message is that of the run. */
async function batchOf(message: StoredMessage): Promise<number> {
  const { sql } = refusing.world;
  const key = `${message.channel} ${message.ts} ${randomUUID()}`;
  await sql(
    'INSERT INTO sync_batches (channel_id, message_ts, request_key, created_at) VALUES (?, ?, ?, UTC_TIMESTAMP(3))',
    [message.channel, message.ts, key],
  );
  const [batch] = await sql<{ id: number }>('SELECT id FROM sync_batches WHERE request_key = ?', [key]);
  await sql('UPDATE sync_runs SET batch_id = ? WHERE id = ?', [batch?.id, runOf(message)]);
  return batch?.id ?? 0;
}

/** In an order in which a run that is there serves as many of them as it can. */
const WAYS: readonly Way[] = [
  command('help', () => 'help', []),
  command('with a wrong word', () => 'nowhere', []),
  command('status', ({ target }) => `status ${target}`, []),
  command('history', () => 'history', []),
  command('inactive', () => 'inactive', [...MODAL]),
  command('<target>', ({ target }) => target, RUN, { goesOn: RUN, ends: READ }),
  command('<target>, of many users', ({ target }) => target, [...RUN, ...FILES], {
    stage: 'many new users',
    goesOn: [...RUN, ...FILES],
    ends: READ,
  }),
  command('<target>, whose answer is lost', ({ target }) => target, [...RUN, HISTORY], {
    loses: 'chat.postMessage',
    goesOn: [...RUN, HISTORY],
    ends: READ,
  }),
  {
    what: 'Preview on the Home tab',
    calls: ['users.info', ...RUN],
    goesOn: RUN,
    act: ({ person, target, user }) => person.clickInView(homeOf(user, target), 'home_preview'),
    ends: READ,
  },
  mention('help', () => 'help', ['chat.postEphemeral']),
  mention('a wrong word', () => 'nowhere', ['chat.postEphemeral']),
  mention('<target>', ({ target }) => target, RUN, { goesOn: RUN, ends: READ }),
  {
    what: 'a shortcut',
    calls: ['users.info', ...MODAL],
    act: ({ person }) => person.shortcut('preview_anywhere'),
  },
  {
    what: 'a shortcut of a message',
    calls: ['users.info', ...MODAL],
    from: 'preview',
    act: ({ person }, message) => person.shortcut('preview_here', message),
  },
  {
    what: 'the target that a shortcut asks for',
    calls: ['users.info', INFO, ...RUN],
    goesOn: RUN,
    act: (one) => one.person.submit(choiceOf(one), { target: one.target }),
    ends: READ,
  },
  { what: 'the Home tab', calls: ['users.info', 'views.publish'], act: ({ person }) => person.openHome() },
  command('users', ({ target }) => `users ${target}`, [...MODAL], { stage: 'a user who is gone' }),
  {
    what: 'Send as File in a list of users',
    calls: ['users.info', 'chat.postMessage', ...FILES, 'views.update'],
    stage: 'a user who is gone',
    act: ({ person, target, user }) => person.clickInView(listOf(user, target), 'send_users'),
  },
  command('pause', ({ target }) => `pause ${target}`, ['chat.postMessage'], { ends: /paused the rules/ }),
  command('find', ({ target }) => `find ${target}`, []),
  command('config', () => 'config', []),
  command('export', (_, runId) => `export ${runId}`, ['chat.postMessage', ...FILES], { from: 'preview' }),
  press('view_plan', 'preview', MODAL),
  press('adjust_run', 'preview', MODAL),
  press('run_details', 'preview', MODAL),
  press('a button of another version', 'preview', []),
  submit('who cannot be left out', 'adjust_run', 'preview', [], {
    entries: () => ({ emails: 'nobody@dkm' }),
  }),
  press('confirm_run', 'preview', RUN, { goesOn: RUN, ends: DONE }),
  {
    ...press('confirm_run', 'preview', [...RUN, REPLIES], { goesOn: [...RUN, REPLIES], ends: DONE }),
    what: 'confirm_run, whose answer is lost',
    loses: 'chat.postMessage',
  },
  press('confirm_batch', 'preview', RUN, {
    goesOn: RUN,
    ends: DONE,
    act: async (one, message) => {
      const value = `${await batchOf(message)}:${runOf(message)}`;
      return one.person.clickForged(message, { actionId: 'confirm_batch', blockId: 'x', value });
    },
  }),
  press('cancel_run', 'preview', ['chat.update'], { goesOn: ['chat.update'], ends: /Cancelled by/ }),
  press('confirm_guarded_run', 'guarded preview', MODAL),
  submit('a reason for many deactivations', 'confirm_guarded_run', 'guarded preview', RUN, {
    entries: ({ target }) => ({ target, reason: 'The office has closed' }),
    goesOn: RUN,
    ends: DONE,
  }),
  submit('who is left out', 'adjust_run', 'long preview', ['chat.update', ...FILES], {
    entries: () => ({ emails: 'user1@dkm' }),
    goesOn: ['chat.update', ...FILES],
    ends: /Left Out/,
  }),
  command('rollback', (_, runId) => `rollback ${runId}`, RUN, { from: 'completed', goesOn: RUN, ends: READ }),
  press('roll_back_run', 'completed', RUN, { goesOn: RUN, ends: READ }),
  // Takes the message's place, so that no other way can begin from there.
  press('older_runs', 'completed', [], {
    act: (one, message) =>
      one.person.clickForged(message, {
        actionId: 'older_runs',
        blockId: 'x',
        value: `:${Number(runOf(message)) + 1}`,
      }),
    ends: /older_runs|run_details/,
  }),
  press('retry_run', 'failed', RUN, { goesOn: RUN, ends: READ }),
];

const ALL = command('all', () => 'all', RUN, { goesOn: RUN, ends: /place000/ });

/** Codes that the bot looks for by name where it calls a method, so that each way must meet them. */
const BY_NAME: readonly string[] = ['invalid_blocks', 'missing_scope'];

/**
 * The codes with which a method is refused to a way. What comes of one depends on its kind alone (see the end of this page), but
 * for those that are looked for by name. So the ways that call a method share its codes among them, and each has every kind.
 */
function codesFor(way: Way, method: string): readonly string[] {
  const all = codesOf(method);
  const sharing = [...WAYS, ALL].filter(({ calls }) => calls.includes(method));
  const turn = sharing.indexOf(way);
  const kindOf = (error: string) => rejectionOf({ data: { error } }).kind;
  const kinds = new Map(all.map((code) => [kindOf(code), code]));
  return all.filter(
    (code, index) =>
      index % sharing.length === turn || kinds.get(kindOf(code)) === code || BY_NAME.includes(code),
  );
}

let refusing: RefusingWorld;
let begun: { readonly from: keyof typeof START; readonly runs: Begun[] } | undefined;

/** As many as act at once from there where nothing goes on, and one more. */
function mostAtOnce(from: keyof typeof START): number {
  const calm = WAYS.filter((way) => way.from === from).flatMap((way) =>
    way.calls
      .filter((method) => way.goesOn?.includes(method) !== true)
      .map((method) => codesFor(way, method).length),
  );
  return Math.max(...calm) + 1;
}

/** Begins so many runs where a way begins, or takes those that are there already. */
async function begin(from: keyof typeof START, count: number): Promise<Begun[]> {
  if (begun?.from === from && begun.runs.length >= count) return begun.runs;
  const { stage, button, ...start }: Start = START[from];
  await refusing.setStage(stage);
  const { world } = refusing;
  // Some more: most ways leave the run as it is for the next one.
  const places = refusing.places(Math.max(count, mostAtOnce(from)));
  await Promise.all(places.map(({ target, channel }) => world.ayu.command(target, channel)));
  let messages = await messagesWith(refusing, places, button);
  if (start.after === 'execution') {
    await Promise.all(messages.map((message) => world.ayu.click(message, button)));
    messages = await messagesWith(refusing, places, 'roll_back_run');
  }
  // The files of the plans come after the messages, and are no call of the way that begins here.
  await sees(world, 'all that is told of them', async () => {
    return (await world.sql('SELECT id FROM sync_outbox WHERE closed_at IS NULL LIMIT 1')).length === 0;
  });
  begun = {
    from,
    runs: places.flatMap((place, index) => ({ place, message: messages[index] ?? NO_MESSAGE })),
  };
  return begun.runs;
}

const NO_MESSAGE: StoredMessage = {
  ...{ channel: '', ts: '', at: 0, user: '', text: '', blocks: [], edited: false, fileIds: [] },
  ...{ threadTs: undefined, metadata: undefined, ephemeralTo: undefined },
};
const NO_VIEW: StoredView = { id: '', hash: '', user: '', rootId: '', view: {} };

const textOf = ({ text, blocks }: StoredMessage) => `${text} ${JSON.stringify(blocks ?? [])}`;

/** What each message says now. */
const said = () =>
  new Map(refusing.world.slack.workspace.messages.map((message) => [message, textOf(message)]));

/** Who was answered since: alone, in a modal, in the Home tab, or by what the message in the channel says now. */
function answered(cases: readonly Case[], before: ReturnType<typeof said>, ends: RegExp): ReadonlySet<Case> {
  const { messages, views, homes } = refusing.world.slack.workspace;
  const byUser = new Map(cases.map((one) => [one.user, one]));
  const byPlace = new Map(
    cases.flatMap((one) => [[one.channel, one] as const, [directOf(one), one] as const]),
  );
  const found = new Set<Case | undefined>();
  for (const message of messages.filter(({ channel }) => channel === CHANNEL || byPlace.has(channel))) {
    const text = textOf(message);
    const alone = message.ephemeralTo !== undefined || message.channel.startsWith('D');
    if (before.get(message) !== text && (alone || ends.test(text)))
      found.add(byPlace.get(message.channel) ?? cases.find(({ target }) => text.includes(target)));
  }
  for (const { user, view } of [...views.values(), ...homes.values()]) {
    if (!JSON.stringify(view['blocks']).includes('Loading…')) found.add(byUser.get(user));
  }
  return new Set(cases.filter((one) => found.has(one)));
}

/** Has one case for each code act at once, while Slack refuses the method to them; all must be answered. */
async function actAll(
  way: Way,
  method: string | undefined,
  codes: readonly string[],
): Promise<readonly Case[]> {
  const { from, modal, ends = /^$/ } = way;
  const runs = from === undefined ? [] : (await begin(from, codes.length)).slice(0, codes.length);
  const places = from === undefined ? refusing.places(codes.length) : runs.map(({ place }) => place);
  if (from === undefined) {
    begun = undefined;
    await refusing.setStage(way.stage ?? 'one new user');
  } else if (way.goesOn?.includes(method ?? way.goesOn[0] ?? '') === true && !('lasts' in START[from])) {
    begun?.runs.splice(0, codes.length);
  }
  const views =
    modal === undefined
      ? []
      : await Promise.all(runs.map(({ message }) => modalOf(refusing, message, modal)));
  const cases = places.map((place, index) => refusing.arrive(place, codes[index] ?? ''));
  if (way.loses !== undefined) refusing.lose(way.loses, cases);
  if (method !== undefined) refusing.refuse(method, cases);
  refusing.world.slack.workspace.calls.length = 0;
  const before = said();
  const acting = cases.map((one, index) =>
    way.act(one, runs[index]?.message ?? NO_MESSAGE, views[index] ?? NO_VIEW),
  );
  const answers = await Promise.all(acting);
  expect(answers.filter(({ status }) => status !== 200)).toEqual([]);
  const inForm = cases.filter((_, index) => answers[index]?.body.includes('"response_action":"errors"'));
  const silent = () => {
    const heard = new Set([...answered(cases, before, ends), ...inForm]);
    return cases.filter((one) => !heard.has(one)).map(({ code }) => code);
  };
  await until(() => silent().length === 0, {
    failure: () => `${method}: ${silent()}`,
  });
  return cases;
}

const kept = () => begun?.runs.map(({ place }) => place) ?? [];

function isNeverSilent(way: Way): void {
  it('calls those methods and no others', async () => {
    const [one] = await actAll(way, undefined, ['none']);
    const called = () => (one === undefined ? [] : refusing.called(one)).toSorted();
    await until(() => way.calls.every((method) => called().includes(method)), {
      failure: () => called().join(', '),
    });
    const known = way.from === undefined ? way.calls : [...way.calls, INFO];
    expect(called().filter((method) => !known.includes(method))).toEqual([]);
    await refusing.end(kept());
  });

  it.each(way.calls)('is answered, whatever the code with which Slack refuses %s', async (method) => {
    await actAll(way, method, codesFor(way, method));
    await refusing.end(kept());
  });
}

/** Begins with a world of these targets, and ends with one in which nothing was left unhandled. */
function inRefusingWorld(targets?: readonly string[]): void {
  const unhandled: unknown[] = [];
  const onUnhandled = (error: unknown) => void unhandled.push(error);

  beforeAll(async () => {
    process.on('unhandledRejection', onUnhandled);
    begun = undefined;
    refusing = await startRefusingWorld(targets);
  }, 60_000);

  afterAll(async () => {
    await refusing.world.stop();
    process.off('unhandledRejection', onUnhandled);
    expect(unhandled).toEqual([]);
  });
}

describe('whoever asks is answered', () => {
  inRefusingWorld();
  describe.each(WAYS)('$what', isNeverSilent);
});

describe('whoever asks for all targets is answered', () => {
  inRefusingWorld(['place000']);
  describe.each([ALL])('$what', isNeverSilent);
});

describe('whoever may be an admin by a user group is answered', () => {
  let world: StrictWorld;

  beforeAll(async () => {
    world = await startStrictWorld({
      settings: { SLACK_ADMIN_USER_IDS: '', SLACK_ADMIN_USERGROUP_IDS: 'S0ADMINS01' },
    });
  });

  afterAll(() => world.stop());

  it.each(codesOf('usergroups.users.list'))(
    'where Slack refuses usergroups.users.list with %s',
    async (error) => {
      world.slack.fail('usergroups.users.list', { error });
      const answer = await toldAfter(world, () => world.ayu.command('status'));
      expect(answer).toContain('Slack did not say whether you are an admin, so nothing was done.');
    },
  );
});

describe('the file of error codes', () => {
  it('has every method that the bot calls', () => {
    expect([...METHODS.keys()].toSorted()).toEqual(Object.keys(METHOD_SCOPES).toSorted());
  });

  it('says of each code what the bot makes of it', () => {
    const all = [errors.everyMethod, ...METHODS.values()].flatMap(({ codes }) => Object.entries(codes));
    const other = all.filter(([error, kind]) => rejectionOf({ data: { error } }).kind !== kind);
    expect(other).toEqual([]);
  });

  it('names the methods that no request of a person needs', () => {
    const called = [...WAYS.flatMap(({ calls }) => calls), ...RUN];
    const others = [...METHODS.keys()].filter((method) => !called.includes(method));
    expect(others.toSorted()).toEqual([
      // To listen, and to be ready.
      'apps.connections.open',
      'auth.test',
      // Asked by doctor.
      'blocks.validate',
      // A second copy of a message is taken away.
      'chat.delete',
      // Tried above, where admins are a user group.
      'usergroups.users.list',
    ]);
  });
});
