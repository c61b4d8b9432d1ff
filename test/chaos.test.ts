import { describe, expect, inject, it } from 'vitest';
import { failureReport } from '../chaos/report.ts';
import { drawSchedule } from '../chaos/schedule/draw-schedule.ts';
import { ALL_POINTS } from '../chaos/schedule/points.ts';
import { playAll } from '../chaos/suite.ts';
import { SLACK_POINTS } from '../chaos/world/slack-points.ts';
import { DATABASE_POINTS } from '../chaos/world/statements.ts';
import { serverAt } from './support/database-server.ts';

/** Killed while it reads, before and after a commit, before and after a reply; paused; cut off; stopped. */
const SEEDS = [3, 9, 13, 17, 27, 31, 34, 38];

describe('a small part of the chaos suite', () => {
  it('goes as the model says, whatever happens to the bots', async () => {
    const schedules = SEEDS.map((seed, index) => drawSchedule(seed, 1 + (index % 2)));
    const results = await playAll({ schedules, server: serverAt(inject('databaseServerUrl')) });
    const failed = results.filter(({ problems }) => problems.length > 0);
    expect(failed.map(failureReport).join('\n')).toBe('');
    const kills = results.flatMap(({ fired }) => fired).filter(({ effect }) => effect.kind === 'kill');
    expect(kills.length).toBeGreaterThan(3);
    expect(results.flatMap(({ runs }) => runs).filter(({ status }) => status === 'completed')).not.toEqual(
      [],
    );
  }, 180_000);
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
