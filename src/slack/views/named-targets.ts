import type { Texts } from '../text/en.ts';
import { targetName } from './inline.ts';

/** The first names in a row, and how many more there are. `show` makes mrkdwn of one. */
export function namedTargets(
  t: Texts,
  targets: readonly string[],
  { most = 20, show = targetName }: { most?: number; show?: (target: string) => string } = {},
): string {
  const named = targets.slice(0, most).map(show).join(', ');
  const more = targets.length - most;
  return more > 0 ? `${named} ${t.schedule.more(more)}` : named;
}
