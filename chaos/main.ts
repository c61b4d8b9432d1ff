import { startMariadb } from '../sandbox/database/mariadb.ts';
import { exitWith } from '../sandbox/process/usage.ts';
import { tooLate } from './delays-report.ts';
import { parseOptions } from './options.ts';
import { failureReport, progressLine, summary } from './report.ts';
import { drawDrill } from './schedule/draw-drill.ts';
import { drawSchedule } from './schedule/draw-schedule.ts';
import { playAll } from './suite.ts';

/**
 * `npm run chaos -- --runs N --seed S [--replicas R]`, or `--kills N --seed S`: returns 0 where everything went as the model
 * says, and soon enough.
 */
async function main(args: readonly string[]): Promise<number> {
  const { runs, kills, seed, replicas } = parseOptions(args);
  const began = performance.now();
  const server = await startMariadb();
  let played = 0;
  // The seeds follow each other, so that each schedule can be had again by itself.
  const schedules =
    kills === undefined
      ? Array.from({ length: runs }, (_, index) => drawSchedule(seed + index, replicas))
      : Array.from({ length: kills }, (_, index) => drawDrill(seed + index));
  const results = await playAll({
    schedules,
    server,
    onPlayed: (result) => {
      played += 1;
      console.log(progressLine(result, played, schedules.length));
      if (result.problems.length > 0) console.log(failureReport(result));
    },
  }).finally(() => server.stop());
  console.log(summary(results, (performance.now() - began) / 1000));
  const failed = results.some(({ problems }) => problems.length > 0);
  // Among other faults, kills are not all that takes its time.
  const late = kills === undefined ? undefined : tooLate(results.flatMap(({ delays }) => delays));
  if (late !== undefined) console.log(late);
  return failed || late !== undefined ? 1 : 0;
}

exitWith(main(process.argv.slice(2)));
