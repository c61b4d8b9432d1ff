import type { types } from '@slack/bolt';
import type { Untold } from '../../sync/outbox.ts';
import type { Protection, TargetOverview } from '../../sync/overview.ts';
import type { Texts } from '../text/en.ts';
import { code } from '../text/escape.ts';
import { context, fitting, header, type Message, section } from './blocks.ts';
import { whyRefused } from './elsewhere.ts';
import { type LinkOf, labelled, targetLabel } from './inline.ts';
import { runState } from './run-state.ts';
import { type SchedulePlan, scheduleLine } from './schedule.ts';
import { hiddenTargets, targetCard } from './target-card.ts';

/** Of 50 blocks and 12,000 characters, what the title, the untold runs and the schedule leave. */
const ROOM = { blocks: 44, characters: 6_500 };

/** How many patterns of `PROTECTED_EMAILS` one message shows at most. */
export const STATUS_PATTERNS = 10;

/** How many targets one message shows at most. */
export const STATUS_TARGETS = ROOM.blocks;

export type StatusOptions = {
  readonly linkOf: LinkOf;
  readonly schedule?: SchedulePlan | undefined;
  /** Further targets, of which the message only says how many there are. */
  readonly others?: readonly string[];
  /** Whom `PROTECTED_EMAILS` protects. */
  readonly protection?: readonly Protection[];
  /** Runs of which nobody could be told. */
  readonly untold?: readonly Untold[];
};

/** The answer to `/usersync status`: how each target stands, and when previews come by themselves. */
export function statusMessage(
  t: Texts,
  overviews: readonly TargetOverview[],
  { linkOf, schedule, others = [], untold = [], protection = [] }: StatusOptions,
): Message {
  const cards = overviews.map((overview, index) =>
    section(`status:target:${index}`, targetCard(t, overview, linkOf)),
  );
  const shown = fitting(cards, ROOM);
  const hidden = [...overviews.slice(shown.length).map(({ target }) => target), ...others];
  return {
    text: labelled(t, t.status.title),
    blocks: [
      header('status:title', labelled(t, t.status.title)),
      ...untoldBlocks(t, untold),
      ...(cards.length === 0 ? [section('status:none', t.help.noTargets)] : shown),
      ...hiddenTargets(t, 'status:more', hidden),
      ...protectionBlocks(t, protection),
      context('status:schedule', [scheduleLine(t, schedule)]),
    ],
  };
}

function untoldBlocks(t: Texts, untold: readonly Untold[]): types.KnownBlock[] {
  if (untold.length === 0) return [];
  const lines = untold.map(({ run, reason }) => {
    const why = whyRefused(t, reason);
    return `• ${t.rejection.untoldRun(targetLabel(run), t.status.run(run.id), runState(t, run), why)}`;
  });
  return [section('status:untold', [t.rejection.untold, ...lines].join('\n'))];
}

/** Of a pattern that protects nobody, somebody may think that it does. */
function protectionBlocks(t: Texts, protection: readonly Protection[]): types.KnownBlock[] {
  if (protection.length === 0) return [];
  const lines = protection.map(({ pattern, users }) => t.status.protects(code(pattern, 100), users));
  return [section('status:protection', [t.status.protected, ...lines.map((line) => `• ${line}`)].join('\n'))];
}
