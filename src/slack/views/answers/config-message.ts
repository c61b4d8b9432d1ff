import type { Config } from '../../../config/config.ts';
import type { Texts } from '../../text/en.ts';
import { code } from '../../text/escape.ts';
import { context, header, type Message, packLines, type Space, section, spoken } from '../blocks.ts';
import {
  bulleted,
  channelLink,
  firstOf,
  inARow,
  labelled,
  memberOrGroup,
  moment,
  targetLabel,
} from '../inline.ts';
import { scheduleLine, type Timetable } from './automation.ts';

/** The settings that a person may see: without tokens, passwords and addresses of databases. */
export type SettingsFacts = Pick<Config, 'language' | 'retentionDays' | 'notify'> &
  Pick<Config['sync'], 'ttlMinutes' | 'guard' | 'protectedEmails'> &
  Pick<Config['sync'], 'absenceDays' | 'breakGlass'> & {
    readonly version: string;
    readonly depot: Config['depot']['limits'];
    /** Ids of members and of user groups. */
    readonly admins: readonly string[];
    /** Empty: the command works in every channel. */
    readonly channels: readonly string[];
    readonly autoRules: readonly string[];
    readonly freeze: { readonly windows: readonly string[]; readonly timezone: string };
    readonly reminderDays: number | undefined;
    readonly digest: { readonly cron: string; readonly timezone: string } | undefined;
  };

/** A target in the table `locations`. */
export type TargetServer = {
  readonly target: string;
  /** Undefined where the table has no single row for the target. */
  readonly place:
    | {
        readonly locationName: string;
        /** The host of its depot server; undefined for an address that no sync can use. */
        readonly host: string | undefined;
        /** How many people a plan there needs, under any name of the location. */
        readonly people: number;
      }
    | undefined;
};

export type ConfigOptions = {
  readonly facts: SettingsFacts;
  readonly servers: readonly TargetServer[];
  /** How many more targets there are. */
  readonly more: number;
  readonly schedule: Timetable | undefined;
  readonly frozenUntil: Date | undefined;
};

export const CONFIG_TARGETS = 40;
const NAMED = 20;

/** The space for the targets, of 12,000 characters in all. */
const SPACE: Space = { blocks: 8, bytes: 5_000 };

/** The answer to `/usersync config`. */
export function configMessage(t: Texts, options: ConfigOptions): Message {
  const { facts, schedule } = options;
  const { reminderDays, digest } = facts;
  const words = t.config;
  return spoken(words.title, [
    header('config:title', labelled(t, words.title)),
    ...targetTexts(t, options).map((text, index) => section(`config:targets:${index}`, text)),
    section('config:limits', bulleted(words.limits, limits(t, options))),
    section('config:who', bulleted(words.who, who(t, facts))),
    section(
      'config:times',
      bulleted(words.times, [
        ...freeze(t, options),
        scheduleLine(t, schedule),
        ...(reminderDays === undefined ? [] : [words.reminder(reminderDays)]),
        ...(digest === undefined ? [] : [words.digest(code(digest.cron, 100), code(digest.timezone, 60))]),
      ]),
    ),
    section('config:rules', bulleted(words.rules, rules(t, facts))),
    section('config:protected', bulleted(words.protected, patterns(t, facts))),
    context('config:version', [words.version(facts.version, facts.language)]),
  ]);
}

function targetTexts(t: Texts, { servers, more }: ConfigOptions): readonly string[] {
  const lines = servers.map(({ target, place }) => {
    const people = place?.people ?? 1;
    const label = targetLabel({ target, locationName: place?.locationName });
    const needs = people === 1 ? '' : `, ${t.config.people(people)}`;
    return `• ${label}: ${serverText(t, place)}${needs}`;
  });
  const { texts, shown } = packLines([`*${t.config.targets}*`, ...lines], SPACE);
  const hidden = more + lines.length + 1 - shown;
  return [...texts, ...(hidden > 0 ? [t.config.moreTargets(hidden)] : [])];
}

/** Shows only the host, because a URL may contain a password. */
function serverText(t: Texts, place: TargetServer['place']): string {
  if (place === undefined) return t.config.noLocation;
  return place.host === undefined ? t.config.noAddress : code(place.host, 120);
}

function limits(t: Texts, { facts, schedule }: ConfigOptions): string[] {
  const { ttlMinutes, guard, depot, retentionDays } = facts;
  const lifetime = t.config.lifetime(ttlMinutes);
  return [
    schedule === undefined ? lifetime : `${lifetime} ${t.config.scheduledLifetime}`,
    t.guard.limits(guard),
    t.config.depot(
      Math.ceil(depot.timeoutMs / 1_000),
      depot.pageSize,
      depot.maxConcurrent,
      depot.requestsPerSecond,
    ),
    retentionDays === undefined ? t.config.keptForEver : t.config.kept(retentionDays),
  ];
}

function who(t: Texts, { admins, channels, notify }: SettingsFacts): string[] {
  const words = t.config;
  return [
    words.admins(inARow(t, admins, NAMED, memberOrGroup)),
    channels.length === 0 ? words.anyChannel : words.channels(inARow(t, channels, NAMED, channelLink)),
    notify.length === 0 ? words.notCalled : words.called(inARow(t, notify, NAMED, memberOrGroup)),
  ];
}

/** Says what happens without a person, or with one person alone. */
function rules(t: Texts, { autoRules, absenceDays, breakGlass }: SettingsFacts): string[] {
  const named = inARow(t, autoRules, NAMED, (rule) => code(rule, 120));
  return [
    autoRules.length === 0 ? t.config.noRules : t.config.autoRules(named),
    ...(absenceDays > 1 ? [t.config.absence(absenceDays)] : []),
    breakGlass ? t.config.breakGlass : t.config.noBreakGlass,
  ];
}

function freeze(t: Texts, { facts, frozenUntil }: ConfigOptions): string[] {
  const { windows, timezone } = facts.freeze;
  if (windows.length === 0) return [t.config.noFreeze];
  const { shown, more } = firstOf(windows, NAMED, (window) => code(window, 60));
  return [
    t.config.freeze(`${shown.join(', ')}${more > 0 ? ', …' : ''}`, code(timezone, 60)),
    ...(frozenUntil === undefined ? [] : [t.config.frozen(moment(t, frozenUntil))]),
  ];
}

function patterns(t: Texts, { protectedEmails }: SettingsFacts): string[] {
  if (protectedEmails.length === 0) return [t.config.nobody];
  const { shown, more } = firstOf(protectedEmails, NAMED, (pattern) => code(pattern, 100));
  return [...shown, ...(more > 0 ? [t.config.morePatterns(more)] : [])];
}
