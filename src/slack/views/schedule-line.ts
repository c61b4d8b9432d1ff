import type { Texts } from '../text/en.ts';
import { code } from '../text/escape.ts';
import { moment } from './inline.ts';
import { namedTargets } from './named-targets.ts';

/** When previews come by themselves. */
export type SchedulePlan = {
  readonly cron: string;
  readonly timezone: string;
  /** Undefined where the schedule has no further time. */
  readonly next: Date | undefined;
  readonly targets: readonly string[];
};

/** When previews come by themselves, and that they execute nothing. */
export function scheduleLine(t: Texts, plan: SchedulePlan | undefined): string {
  if (plan === undefined) return t.schedule.none;
  const { cron, timezone, next, targets } = plan;
  const planned = t.schedule.planned(code(cron, 100), code(timezone, 60), namedTargets(t, targets));
  return `${planned} ${next === undefined ? t.schedule.noNext : t.schedule.next(moment(next))}`;
}
