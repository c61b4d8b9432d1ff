import { open, readFile, realpath, rename, rm } from 'node:fs/promises';
import { parse } from 'dotenv';
import type { Environment } from '../../config/settings.ts';
import { givenIn } from '../../config/shapes.ts';
import { codeOf } from '../../process/runtime.ts';
import { readSettings } from '../doctor/settings-checks.ts';

/** Settings by name; an empty value means unset. */
export type Answers = Readonly<Record<string, string>>;

/** The text of a file; undefined if it does not exist. Throws other errors of the file system. */
export async function readText(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}

/** Writes settings into a `.env`: in place of the same one, or of its commented-out line, or at the end. Throws if it cannot. */
export function withSettings(text: string, settings: Answers): string {
  const before = parse(text);
  const changes = Object.entries(settings).filter(([name, value]) => value !== (before[name] ?? ''));
  const changed = changes.reduce((sofar, [name, value]) => withSetting(sofar, name, value), text);
  const [expected, after] = [{ ...before, ...settings }, parse(changed)];
  for (const name of new Set([...Object.keys(expected), ...Object.keys(after)])) {
    if ((expected[name] ?? '') !== (after[name] ?? ''))
      throw new Error(`${name} cannot be written into .env; nothing was. Set it by hand.`);
  }
  return changed;
}

/** A value as dotenv parses it: quoted, perhaps over several lines, or up to a comment. */
const VALUE = String.raw`[ \t]*(?:'(?:\\'|[^'])*'|"(?:\\"|[^"])*"|\x60[^\x60]*\x60|[^#\r\n]*?)(?=[ \t]*(?:#|$))`;

function withSetting(text: string, name: string, value: string): string {
  const line = `${name}=${quoted(value)}`;
  const assignment = new RegExp(`^[ \\t]*(?:export[ \\t]+)?${name}[ \\t]*=${VALUE}`, 'gm');
  // dotenv takes the last of several.
  const set = [...text.matchAll(assignment)].at(-1);
  const place = set ?? new RegExp(`^#[ \\t]*${name}=.*$`, 'm').exec(text);
  if (place !== null) {
    return `${text.slice(0, place.index)}${line}${text.slice(place.index + place[0].length)}`;
  }
  return `${text}${text === '' || text.endsWith('\n') ? '' : '\n'}${line}\n`;
}

/** Whether `.env` can hold a value. A value with a # and all three kinds of quotation marks cannot be quoted. */
export function isWritable(value: string): boolean {
  return parse(`X=${quoted(value)}`)['X'] === value;
}

/**
 * Tries single quotes first: Docker Compose and systemd read them as dotenv does, but not with such a quote inside. Backticks come
 * last: only dotenv knows them.
 */
function quoted(value: string): string {
  if (/^[\w.,:/@%+=*-]*$/.test(value)) return value;
  const isOpen = /^['"`]/.test(value);
  const ways = ["'", '"', '', '`'].filter((quote) => (quote === '' ? !isOpen : !value.includes(quote)));
  return ways.map((quote) => quote + value + quote).find((way) => parse(`X=${way}`)['X'] === value) ?? value;
}

/** An assignment as dotenv parses it: name, value, and comment behind it. */
const ASSIGNMENT =
  /^\s*(?:export\s+)?([\w.-]+)(?:\s*=\s*?|:\s+?)(\s*'(?:\\'|[^'])*'|\s*"(?:\\"|[^"])*"|\s*`(?:\\`|[^`])*`|[^#\r\n]+)?\s*(#.*)?$/gm;

/** What a `.env` says otherwise than its writer may think, without values. What the environment sets goes before it: left out. */
export function fileFlaws(file: string, environment: Environment): readonly string[] {
  const text = file.replace(/\r\n?/g, '\n');
  const given = [...text.matchAll(ASSIGNMENT)].filter(([, name = '']) => !environment[name]?.trim());
  return [
    ...misread(given),
    ...cutShort(given),
    ...escaped(given),
    ...setTwice(given),
    ...linesWithout(text),
  ];
}

/** Values with letters that are not UTF-8, as where an editor saved the file in Latin-1: a password would be another one. */
function misread(assignments: readonly RegExpExecArray[]): readonly string[] {
  return assignments
    .filter(([, , value = '']) => value.includes('\uFFFD'))
    .map(([, name]) => `.env: ${name} has letters that are not UTF-8. Save the file as UTF-8.`);
}

/** Values that are cut at a #: no quotes are around them, and no blank is before the #, so they were probably meant to go on. */
function cutShort(assignments: readonly RegExpExecArray[]): readonly string[] {
  const names = assignments.flatMap(([all, name = '', value = '', comment]) => {
    const isQuoted = /^\s*(['"`]).*\1\s*$/s.test(value);
    const isCut = comment !== undefined && !isQuoted && !/\s$/.test(all.slice(0, -comment.length));
    return isCut ? [name] : [];
  });
  return [...new Set(names)].map(
    (name) => `.env: ${name} ends before the first #, where a comment begins. Quote its value: '…'`,
  );
}

/** Quoted values with a quote of the same kind inside: dotenv keeps the backslash before it. */
function escaped(assignments: readonly RegExpExecArray[]): readonly string[] {
  return assignments
    .filter(([, , value = '']) => /^\s*'.*\\'.*'\s*$|^\s*".*\\".*"\s*$/s.test(value))
    .map(
      ([, name]) =>
        `.env: ${name} has a quote behind a backslash, and only Docker Compose takes the backslash away. Quote the value by the other kind.`,
    );
}

/** Of several values, the last one counts. One that was empty before is the line of a template. */
function setTwice(assignments: readonly RegExpExecArray[]): readonly string[] {
  const last = new Map(assignments.map(([, name = '', value = '']) => [name, value.trim()]));
  const names = assignments
    .filter(
      ([, name = '', value = '']) => !/^(['"`]?)\1$/.test(value.trim()) && value.trim() !== last.get(name),
    )
    .map(([, name]) => name);
  return [...new Set(names)].map(
    (name) => `.env: ${name} is set more than once, and the last one counts. Remove the others.`,
  );
}

/** Lines that set nothing, as those of a list without quotes. */
function linesWithout(text: string): readonly string[] {
  const rest = text.replace(ASSIGNMENT, (all) => all.replace(/[^\n]+/g, ''));
  return rest.split('\n').flatMap((line, index) => {
    if (/^(#|$)/.test(line.trim())) return [];
    return [`.env: line ${index + 1} sets nothing. Write NAME=value; quote a value of several lines.`];
  });
}

/** Throws where a file cannot be read, or `replaceFile` could not write it: before anybody answers questions for it. */
export async function requireReplaceable(path: string): Promise<void> {
  const { target, temporary } = await placesOf(path);
  let writable = false;
  try {
    await open(temporary, 'wx', 0o600).then((file) => file.close());
    await rm(temporary);
    writable = true;
    await readText(target);
  } catch (error) {
    const code = codeOf(error);
    // Nor can a file take the place of a folder, which cannot be read.
    const why =
      writable && code !== 'EISDIR'
        ? `read (${code}). Let this account read it, or remove it`
        : `written (${code}). Start setup in a folder where you may write it`;
    throw new Error(`${path} cannot be ${why}; nothing was asked.`, { cause: error });
  }
}

async function placesOf(path: string) {
  const target = await realpath(path).catch(() => path);
  return { target, temporary: `${target}.${process.pid}.new` };
}

/** Replaces a file atomically, readable by its owner alone. A symbolic link stays. Throws the errors of the file system. */
export async function replaceFile(path: string, text: string): Promise<void> {
  const { target, temporary } = await placesOf(path);
  try {
    const file = await open(temporary, 'wx', 0o600);
    try {
      await file.writeFile(text);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, target);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

/** The problems that are left once `.env` is written, one line each. `text` is the text of the file. */
export function remarks(text: string, given: Answers, environment: Environment): readonly string[] {
  const shadowed = Object.entries(given).filter(
    ([name, value]) => environment[name] && environment[name] !== value,
  );
  const wrong = readSettings({ ...parse(text), ...givenIn(environment) }).findings.filter(
    ({ status }) => status === 'fail',
  );
  return [
    ...shadowed.map(
      ([name]) => `${name} is set in the environment as well, which goes before .env: unset it there.`,
    ),
    ...fileFlaws(text, environment),
    ...wrong.map(({ detail }) => `Not right yet: ${detail}`),
  ];
}
