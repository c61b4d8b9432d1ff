import type { Texts } from '../text/en.ts';
import { code } from '../text/escape.ts';
import { header, type Message, section } from './blocks.ts';
import { command } from './inline.ts';
import { nearest } from './nearest.ts';

/** Targets that get a line of their own, and those that are named at all; a text holds 3,000 characters. */
const LINES = 10;
const NAMED = 20;

/** The answer to `/usersync` and `/usersync help`, with this workspace's targets. */
export function helpMessage(t: Texts, targets: readonly string[]): Message {
  const others = targets.slice(LINES, LINES + NAMED);
  const lines = [
    ...(targets.length === 0 ? [t.help.noTargets] : []),
    ...targets.slice(0, LINES).map((target) => t.help.preview(command(target))),
    ...(others.length === 0 ? [] : [t.help.moreTargets(others.map(named).join(', '))]),
    t.help.rollback(command('rollback')),
    t.help.rollbackOf(command('rollback 12')),
    t.help.help(command('help')),
  ];
  const usage = [`*${t.help.commands}*`, ...lines.map((line) => `• ${line}`)].join('\n');
  return {
    text: `${t.help.intro}\n${usage}`,
    blocks: [
      header('help:title', t.help.title),
      section('help:intro', t.help.intro),
      section('help:commands', usage),
    ],
  };
}

/** The answer to a target that does not exist, with the one that was probably meant. */
export function unknownTargetText(t: Texts, typed: string, targets: readonly string[]): string {
  const meant = nearest(typed, targets);
  return [
    t.help.unknown(code(typed, 100)),
    t.help.nothingChanged,
    ...(meant === undefined ? [] : [t.help.suggestion(command(meant))]),
    targetList(t, targets),
  ].join(' ');
}

function targetList(t: Texts, targets: readonly string[]): string {
  const [only, ...rest] = targets;
  if (only === undefined) return t.help.noTargets;
  if (rest.length === 0) return t.help.target(named(only));
  const shown = targets.slice(0, NAMED);
  return t.help.targets(shown.map(named).join(', '), targets.length - shown.length);
}

function named(target: string): string {
  return code(target, 80);
}
