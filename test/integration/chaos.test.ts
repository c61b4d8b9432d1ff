import { describe, expect, inject, it } from 'vitest';
import { failureReport } from '../../chaos/report.ts';
import { drawDrill } from '../../chaos/schedule/draw-drill.ts';
import { drawSchedule } from '../../chaos/schedule/draw-schedule.ts';
import type { Fired } from '../../chaos/schedule/fault.ts';
import { ALL_POINTS } from '../../chaos/schedule/points.ts';
import { playAll } from '../../chaos/suite.ts';
import { SLACK_POINTS } from '../../chaos/world/slack-points.ts';
import { DATABASE_POINTS } from '../../chaos/world/statements.ts';
import { serverAt } from '../../sandbox/database/database-server.ts';

/** Bots are killed and cut off, and Slack refuses. `.ci/run` plays more schedules. */
const SEEDS = [18, 29, 36, 53];
/** Of `drawDrill`: killed while it tells, and the other replica goes on. */
const DRILLS = [39];

describe('a small part of the chaos suite', () => {
  it('goes as the model says, whatever happens to the bots', async () => {
    const schedules = [...SEEDS.map((seed) => drawSchedule(seed, 1 + (seed % 2))), ...DRILLS.map(drawDrill)];
    const results = await playAll({ schedules, server: serverAt(inject('databaseServerUrl')) });
    const failed = results.filter(({ problems }) => problems.length > 0);
    expect(failed.map(failureReport).join('\n')).toBe('');
    const befell = (kind: Fired['effect']['kind']) =>
      results.flatMap(({ fired }) => fired).filter(({ effect }) => effect.kind === kind);
    expect(befell('kill')).not.toEqual([]);
    expect(befell('refusals')).not.toEqual([]);
    expect(results.flatMap(({ runs }) => runs).filter(({ status }) => status === 'completed')).not.toEqual(
      [],
    );
  }, 900_000);
});

describe('a schedule of the chaos suite', () => {
  it('depends on its seed and on nothing else', () => {
    expect(drawSchedule(7, 2)).toEqual(drawSchedule(7, 2));
    expect(drawSchedule(7, 2)).not.toEqual(drawSchedule(8, 2));
  });

  it('has its faults happen at points that somebody watches', () => {
    const watched = [...DATABASE_POINTS, ...SLACK_POINTS, 'depot login', 'depot page'];
    expect(ALL_POINTS.filter((point) => !watched.includes(point))).toEqual([]);
  });
});
