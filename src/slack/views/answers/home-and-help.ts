import type { types } from '@slack/bolt';
import { byRank, type TargetOverview } from '../../../sync/ports/overview.ts';
import type { AccessRefusal } from '../../../sync/run/refusal.ts';
import type { Run } from '../../../sync/run/run.ts';
import type { Pause } from '../../../sync/use-cases/pause.ts';
import { ACTIONS } from '../../ids.ts';
import type { Texts } from '../../text/en.ts';
import { code, plain } from '../../text/escape.ts';
import { button, context, fitting, header, type Message, section } from '../blocks.ts';
import { bulleted, channelLink, command, inARow, type LinkOf, labelled } from '../inline.ts';
import { scheduleLine, type Timetable } from './automation.ts';
import { runLines } from './history-message.ts';
import { adminsText } from './refusal.ts';
import { hiddenTargets, pauseBlocks, targetCard } from './status-message.ts';

/** The space for the targets, of 100 blocks and 250 kB in all. */
const SPACE = { blocks: 70, characters: 60_000 };

/** How many targets the Home tab shows at most, and how many runs. */
export const HOME_TARGETS = SPACE.blocks;
export const HOME_RUNS = 10;

export type AdminHome = {
  readonly admin: true;
  readonly overviews: readonly TargetOverview[];
  /** Further targets. The tab only says how many there are. */
  readonly others: readonly string[];
  /** Newest first. */
  readonly recent: readonly Run[];
  readonly pauses: readonly Pause[];
  readonly schedule: Timetable | undefined;
  readonly linkOf: LinkOf;
  /** The channel for previews started here; undefined: no Preview buttons. */
  readonly channelId: string | undefined;
};

export type NotAdminHome = Pick<Extract<AccessRefusal, { code: 'not_admin' }>, 'why' | 'admins'> & {
  readonly admin: false;
};

/** The app's Home tab: for admins the state of all targets, for others what the app does and whom to ask. */
export function homeView(t: Texts, home: AdminHome | NotAdminHome): types.HomeView {
  const intro = [header('home:title', labelled(t, t.home.title)), section('home:intro', t.help.intro)];
  if (!home.admin) return { type: 'home', blocks: [...intro, section('home:visitor', visitorText(t, home))] };
  return {
    type: 'home',
    blocks: [
      ...intro,
      context('home:channel', [channelNote(t, home.channelId)]),
      ...cards(t, home),
      ...pauseBlocks(t, 'home:pauses', home.pauses),
      header('home:recent', t.home.recent),
      ...recentRuns(t, home),
      context('home:schedule', [scheduleLine(t, home.schedule)]),
      context('home:commands', [t.home.commands(command(t, 'help'))]),
    ],
  };
}

function visitorText(t: Texts, { why, admins }: NotAdminHome): string {
  return why === 'not_listed'
    ? [t.home.visitor, ...adminsText(t, admins)].join(' ')
    : t.refusal.notAdmin[why];
}

function channelNote(t: Texts, channelId: string | undefined): string {
  return channelId === undefined ? t.home.noChannel : t.home.channel(channelLink(channelId));
}

function cards(t: Texts, home: AdminHome): types.KnownBlock[] {
  const { overviews, others } = home;
  if (overviews.length === 0) return [section('home:none', t.help.noTargets)];
  const all = overviews.map((overview, index) => {
    return { overview, block: card(t, home, overview, `home:target:${index}`) };
  });
  // The cards keep the order of the settings, so that no button moves away; the ones that may need somebody get the space first.
  const ranked = all.toSorted((one, other) => byRank(one.overview, other.overview));
  const blocks = ranked.map(({ block }) => block);
  const fits = new Set(fitting(blocks, SPACE));
  const shown = all.flatMap(({ block }) => (fits.has(block) ? [block] : []));
  const hidden = all.flatMap(({ block, overview }) => (fits.has(block) ? [] : [overview.target]));
  return [...shown, ...hiddenTargets(t, 'home:more', [...hidden, ...others])];
}

function card(t: Texts, home: AdminHome, overview: TargetOverview, blockId: string): types.SectionBlock {
  const text = targetCard(t, overview, home.linkOf);
  if (home.channelId === undefined || overview.locationName === undefined) return section(blockId, text);
  const spoken = t.home.previewOf(plain(overview.target, 40));
  return section(blockId, text, button(ACTIONS.homePreview, t.home.preview, overview.target, spoken));
}

function recentRuns(t: Texts, { recent, linkOf }: AdminHome): types.KnownBlock[] {
  if (recent.length === 0) return [section('home:runs:none', t.history.none(command(t, 'help')))];
  return recent.slice(0, HOME_RUNS).map((run) => section(`home:run:${run.id}`, runLines(t, run, linkOf)));
}

/** In the help, `LINES` targets get a line each, and `OTHERS` more are named: a text has up to 3,000 characters. */
const LINES = 8;
const OTHERS = 15;

/** The answer to the command alone and to `help`, with this workspace's targets. */
export function helpMessage(t: Texts, targets: readonly string[]): Message {
  const commands = bulleted(t.help.commands, commandLines(t, targets));
  const lookUp = bulleted(t.help.lookUp, lookUpLines(t, targets));
  return {
    text: [t.help.intro, commands, lookUp].join('\n'),
    blocks: [
      header('help:title', labelled(t, t.help.title)),
      section('help:intro', t.help.intro),
      section('help:commands', commands),
      section('help:look-up', lookUp),
    ],
  };
}

function commandLines(t: Texts, targets: readonly string[]): string[] {
  const [example = 'dev'] = targets;
  const others = targets.slice(LINES);
  const show = (target: string) => code(target, 60);
  return [
    ...(targets.length === 0 ? [t.help.noTargets] : []),
    ...targets.slice(0, LINES).map((target) => t.help.preview(command(t, target))),
    ...(others.length === 0 ? [] : [t.help.moreTargets(inARow(t, others, OTHERS, show))]),
    t.help.all(command(t, 'all')),
    t.help.rollback(command(t, 'rollback')),
    t.help.rollbackOf(command(t, 'rollback 12'), command(t, `rollback ${example}`)),
    t.help.pause(command(t, 'pause'), command(t, `pause ${example}`)),
    t.help.resume(command(t, 'resume'), command(t, `resume ${example}`)),
  ];
}

function lookUpLines(t: Texts, [target = 'dev']: readonly string[]): string[] {
  const example = (words: string) => command(t, words);
  return [
    t.help.status(example('status'), example(`status ${target}`)),
    t.help.history(example('history'), example(`history ${target}`)),
    t.help.users(example(`users ${target}`), example(`users ${target} inactive vendor`)),
    t.help.inactive(example('inactive'), example(`inactive ${target}`)),
    t.help.find(example('find vendor1')),
    t.help.export(example('export 12')),
    t.help.config(example('config')),
    t.help.help(example('help')),
  ];
}
