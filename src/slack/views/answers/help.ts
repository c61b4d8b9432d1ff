import { COMMANDS, type Command, isCommand } from '../../../config/commands.ts';
import { isRunNumber } from '../../ids.ts';
import type { Texts } from '../../text/en.ts';
import { code } from '../../text/escape.ts';
import { header, type Message, section } from '../blocks.ts';
import { command, firstOf, labelled, namedTargets } from '../inline.ts';
import { nearest, suggestion } from './suggestion.ts';

/**
 * `LINES` targets get a line each, `OTHERS` more are named there, and `NAMED` at most in an error: a text has up to 3,000
 * characters.
 */
const LINES = 8;
const OTHERS = 15;
const NAMED = 20;

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

function bulleted(heading: string, lines: readonly string[]): string {
  return [`*${heading}*`, ...lines.map((line) => `• ${line}`)].join('\n');
}

function commandLines(t: Texts, targets: readonly string[]): string[] {
  const [example = 'dev'] = targets;
  const others = targets.slice(LINES);
  const show = (target: string) => code(target, 60);
  return [
    ...(targets.length === 0 ? [t.help.noTargets] : []),
    ...targets.slice(0, LINES).map((target) => t.help.preview(command(t, target))),
    ...(others.length === 0 ? [] : [t.help.moreTargets(namedTargets(t, others, { most: OTHERS, show }))]),
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

/** Commands that change something. After a typing error in one of these, the answer says that nothing was changed. */
const CHANGING: readonly string[] = ['all', 'rollback', 'pause', 'resume'] satisfies readonly Command[];

/** Labels of buttons, which people type as commands, in English and Indonesian. */
const ON_BUTTONS: readonly string[] = [
  'confirm',
  'execute',
  'cancel',
  'adjust',
  'konfirmasi',
  'jalankan',
  'batal',
  'batalkan',
  'sesuaikan',
];

/** Arguments that a suggestion invents if the person typed none. */
const EXEMPLIFIED: readonly string[] = ['run', 'email', 'target [active|inactive] [text]'];

/** Whether one of the words is a run's number, or nearly a target. */
function hasArgument(words: readonly string[], targets: readonly string[]): boolean {
  return words.some((word) => isRunNumber(word) || nearest(word, targets) !== undefined);
}

/** The answer to an unknown target or command, with a suggestion. */
export function unknownTargetText(t: Texts, typed: string, targets: readonly string[]): string {
  const [first = '', ...rest] = typed.trim().toLowerCase().split(/\s+/);
  if (ON_BUTTONS.includes(first) && !targets.includes(first)) {
    return [
      t.help.unknownCommand(code(typed, 100)),
      t.help.buttons(command(t, 'status')),
      t.help.nothingChanged,
    ].join(' ');
  }
  const meant = suggestion(typed, targets);
  const isExample = isCommand(first) && EXEMPLIFIED.includes(COMMANDS[first]) && !hasArgument(rest, targets);
  const lookUp = isCommand(first) && !CHANGING.includes(first);
  return [
    whatIsWrong(t, typed, { meant, targets }),
    ...(lookUp ? [] : [t.help.nothingChanged]),
    ...(meant === undefined ? [] : [(isExample ? t.help.example : t.help.suggestion)(command(t, meant))]),
    ...(takesTarget(isCommand(first) ? first : meant) ? [targetList(t, targets)] : []),
    ...(meant === undefined ? [t.help.seeHelp(command(t, 'help'))] : []),
  ].join(' ');
}

/** Whether a list of targets helps. An unknown word may be meant as a target, so it helps there too. */
function takesTarget(typed = ''): boolean {
  const [first = ''] = typed.split(' ');
  return !isCommand(first) || COMMANDS[first].includes('target');
}

function whatIsWrong(
  t: Texts,
  typed: string,
  { meant, targets }: { readonly meant: string | undefined; readonly targets: readonly string[] },
): string {
  const [first = '', ...rest] = typed.trim().toLowerCase().split(/\s+/);
  const shown = code(typed, 100);
  if (!isCommand(first)) {
    const [word = ''] = meant?.split(' ') ?? [];
    return isCommand(word) ? t.help.unknownCommand(shown) : t.help.unknown(shown);
  }
  const [about] = rest;
  if (about !== undefined && isNoTarget(about, targets) && takesTarget(first))
    return t.help.unknown(code(about, 100));
  const word = rest.length === 1 && COMMANDS[first] === 'run';
  if (rest.length > 0 && !word) return t.help.unclear(shown);
  switch (COMMANDS[first]) {
    case 'target [active|inactive] [text]':
      return t.help.needsTarget(shown);
    case 'run':
      return t.help.needsRun(shown);
    case 'email':
      return t.help.needsEmail(shown);
    default:
      return t.help.unclear(shown);
  }
}

/** A number may be a run's. */
function isNoTarget(word: string, targets: readonly string[]): boolean {
  return !targets.includes(word) && !isRunNumber(word);
}

function targetList(t: Texts, targets: readonly string[]): string {
  const [only, ...rest] = targets;
  if (only === undefined) return t.help.noTargets;
  if (rest.length === 0) return t.help.target(named(only));
  const { shown, more } = firstOf(targets, NAMED, named);
  return t.help.targets(shown.join(', '), more);
}

function named(target: string): string {
  return code(target, 80);
}
