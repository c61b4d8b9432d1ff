import { join } from 'node:path';
import { type Options, roundsOf, warmUpsOf } from './options.ts';
import { openWhole } from './size.ts';
import { createSeries, medians } from './statistics.ts';
import { milliseconds, number, OURS, table } from './tables.ts';
import type { BenchWorld } from './world.ts';

/**
 * Measures the bot of another checkout, built before, and this one by turns, and returns a table for each size. Both must have
 * the same migrations.
 */
export async function measureBeside(
  world: BenchWorld,
  options: Options,
  directory: string,
): Promise<readonly string[]> {
  const lines: string[] = [];
  for (const users of options.sizes) {
    const before = await openWhole(world, users, join(directory, 'dist', 'main.js'));
    const after = await openWhole(world, users);
    const [warmUp, was, is] = [createSeries(), createSeries(), createSeries()];
    const rounds = roundsOf(options, users);
    for (let round = -warmUpsOf(users); round < rounds; round += 1) {
      await before.measure(round < 0 ? warmUp : was, round);
      await after.measure(round < 0 ? warmUp : is, round);
    }
    await before.stop();
    await after.stop();
    lines.push(...comparison(users, medians(was.times), medians(is.times)), '');
  }
  return lines;
}

type Medians = Readonly<Record<string, number>>;

function comparison(users: number, before: Medians, after: Medians): readonly string[] {
  const measured = Object.entries(OURS).flatMap(([name, label]) => {
    const [was, is] = [before[name], after[name]];
    return was === undefined || is === undefined ? [] : [{ label, was, is }];
  });
  return table([
    [`${users} users`, 'before', 'now', 'now / before'],
    ...measured.map(({ label, was, is }) => [label, milliseconds(was), milliseconds(is), number(is / was)]),
  ]);
}
