import type { TargetOverview } from '../../sync/overview.ts';
import type { Texts } from '../text/en.ts';
import { context, header, type Message, section } from './blocks.ts';
import { fitting } from './fitting.ts';
import { command } from './inline.ts';
import type { LinkOf } from './link.ts';
import { type SchedulePlan, scheduleLine } from './schedule-line.ts';
import { targetCard } from './target-card.ts';

/** Of 50 blocks and 12,000 characters, what the title and the schedule leave. */
const ROOM = { blocks: 45, characters: 10_000 };

export type StatusOptions = { readonly linkOf: LinkOf; readonly schedule?: SchedulePlan | undefined };

/** The answer to `/usersync status`: how each target stands, and when previews come by themselves. */
export function statusMessage(
  t: Texts,
  overviews: readonly TargetOverview[],
  { linkOf, schedule }: StatusOptions,
): Message {
  const cards = overviews.map((overview, index) =>
    section(`status:target:${index}`, targetCard(t, overview, linkOf)),
  );
  const shown = fitting(cards, ROOM);
  const hidden = overviews[shown.length];
  return {
    text: t.status.title,
    blocks: [
      header('status:title', t.status.title),
      ...(cards.length === 0 ? [section('status:none', t.help.noTargets)] : shown),
      ...(hidden === undefined
        ? []
        : [
            section(
              'status:more',
              t.status.more(cards.length - shown.length, command(`status ${hidden.target}`)),
            ),
          ]),
      context('status:schedule', [scheduleLine(t, schedule)]),
    ],
  };
}
