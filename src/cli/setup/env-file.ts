import { open, readFile, realpath, rename, rm } from 'node:fs/promises';
import { parse } from 'dotenv';
import type { Answers } from './terminal.ts';

/** The text of a file; undefined where there is none. */
export async function readText(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}

/**
 * Puts settings into the text of a `.env`: in the place of the same setting, else of its line that is commented out,
 * else at the end. Every other line stays as it is. Throws where that cannot be done: never for values that
 * `isWritable`, in a file that is not malformed.
 */
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

/** A value as dotenv reads one: quoted, over several lines perhaps, or up to a comment. */
const VALUE = String.raw`[ \t]*(?:'(?:\\'|[^'])*'|"(?:\\"|[^"])*"|\x60[^\x60]*\x60|[^#\r\n]*?)(?=[ \t]*(?:#|$))`;

function withSetting(text: string, name: string, value: string): string {
  const line = `${name}=${quoted(value)}`;
  const assignment = new RegExp(`^[ \\t]*(?:export[ \\t]+)?${name}[ \\t]*=${VALUE}`, 'gm');
  // Of several, the last one counts.
  const set = [...text.matchAll(assignment)].at(-1);
  const place = set ?? new RegExp(`^#[ \\t]*${name}=.*$`, 'm').exec(text);
  if (place !== null) {
    return `${text.slice(0, place.index)}${line}${text.slice(place.index + place[0].length)}`;
  }
  return `${text}${text === '' || text.endsWith('\n') ? '' : '\n'}${line}\n`;
}

/** Whether `.env` can hold a value: one with a # and all three kinds of quotation marks has none to stand in. */
export function isWritable(value: string): boolean {
  return parse(`X=${quoted(value)}`)['X'] === value;
}

/** Single quotes first: Docker Compose and systemd read them as dotenv does. */
function quoted(value: string): string {
  if (/^[\w.,:/@%+=*-]*$/.test(value)) return value;
  const ways = [`'${value}'`, `"${value}"`, `\`${value}\``];
  return ways.find((way) => parse(`X=${way}`)['X'] === value) ?? value;
}

/** Replaces a file at one stroke, readable by its owner alone. A link stays one. */
export async function replaceFile(path: string, text: string): Promise<void> {
  const target = await realpath(path).catch(() => path);
  const temporary = `${target}.${process.pid}.new`;
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
