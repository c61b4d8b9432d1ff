import { Cron } from 'croner';

/** Says what is wrong with a cron expression or its time zone; undefined where they can be used. */
export function cronProblem(expression: string, timezone: string): 'expression' | 'timezone' | undefined {
  try {
    new Cron(expression, { paused: true });
  } catch {
    return 'expression';
  }
  try {
    new Cron(expression, { paused: true, timezone }).nextRun();
  } catch {
    return 'timezone';
  }
  return undefined;
}

/** The newest time before `now` at which the schedule was due. */
export function lastDueBy(expression: string, timezone: string): (now: Date) => Date | undefined {
  const cron = new Cron(expression, { paused: true, timezone });
  return (now) => cron.previousRuns(1, now)[0];
}

/** The next time after `now` at which the schedule is due; undefined where there is none. */
export function nextDueAfter(expression: string, timezone: string): (now: Date) => Date | undefined {
  const cron = new Cron(expression, { paused: true, timezone });
  return (now) => cron.nextRun(now) ?? undefined;
}
