import { startMariadb } from '../test/support/mariadb.ts';
import { parseOptions } from './options.ts';
import { failureReport, progressLine, summary } from './report.ts';
import { drawSchedule } from './schedule/draw-schedule.ts';
import { playAll } from './suite.ts';

/** `npm run chaos -- --runs N --seed S [--replicas R]`: exits 0 where everything went as the model says. */
const { runs, seed, replicas } = parseOptions(process.argv.slice(2));
const began = performance.now();
const server = await startMariadb();
let played = 0;
const results = await playAll({
  // The seeds follow each other, so that each schedule can be had again by itself.
  schedules: Array.from({ length: runs }, (_, index) => drawSchedule(seed + index, replicas)),
  server,
  onPlayed: (result) => {
    played += 1;
    console.log(progressLine(result, played, runs));
    if (result.problems.length > 0) console.log(failureReport(result));
  },
}).finally(() => server.stop());
console.log(summary(results, (performance.now() - began) / 1000));
process.exit(results.some(({ problems }) => problems.length > 0) ? 1 : 0);
