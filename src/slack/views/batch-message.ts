import type { Batch } from '../../sync/batch.ts';
import type { Run } from '../../sync/run.ts';
import { batchBlockId } from '../ids.ts';
import type { Texts } from '../text/en.ts';
import { header, type Message, type Packed, packLines, type Room, section } from './blocks.ts';
import { type LinkOf, labelled, runLink, targetLabel } from './inline.ts';
import { runState } from './run-state.ts';

/** Of 50 blocks and 12,000 characters, what the title and the closing lines leave. */
const ROOM: Room = { blocks: 40, bytes: 10_000 };

/** What is still to be done about a run, in the order in which it is said. */
const OPEN = ['waits', 'reading', 'ready', 'executing', 'failed'] as const;

/**
 * The message that sums up a `/usersync all`: a line per target, with a link to its own message. Where not all find
 * room, those that somebody has to do something about come first.
 */
export function batchMessage(t: Texts, batch: Batch, { linkOf }: { readonly linkOf: LinkOf }): Message {
  const { texts, shown } = packed(t, batch.runs, linkOf);
  const more = batch.runs.length - shown;
  const closing = closingLine(t, batch.runs);
  return {
    text: labelled(t, `${t.batch.title}. ${closing}`),
    blocks: [
      header(batchBlockId(batch.id, 'header'), labelled(t, t.batch.title)),
      ...texts.map((text, index) => section(batchBlockId(batch.id, `runs:${index}`), text)),
      ...(more > 0 ? [section(batchBlockId(batch.id, 'more'), t.batch.more(more))] : []),
      section(batchBlockId(batch.id, 'closing'), closing),
    ],
  };
}

function packed(t: Texts, runs: readonly Run[], linkOf: LinkOf): Packed {
  const pack = (ordered: readonly Run[]) =>
    packLines(
      ordered.map((run) => runLine(t, run, linkOf)),
      ROOM,
    );
  const inTurn = pack(runs);
  return inTurn.shown === runs.length ? inTurn : pack(runs.toSorted((a, b) => urgency(b) - urgency(a)));
}

/** A run that failed is told of first, one that is over last. */
function urgency(run: Run): number {
  const open = openAs(run);
  return open === undefined ? -1 : OPEN.indexOf(open);
}

/** How a run stands as far as something is still to be done about it. */
function openAs({ status, waits }: Run) {
  return waits ? 'waits' : OPEN.find((open) => open === status);
}

function runLine(t: Texts, run: Run, linkOf: LinkOf): string {
  const link = runLink(linkOf, run, t.state.open);
  return `• ${targetLabel(run)}: ${runState(t, run)}${link === undefined ? '' : `  ${link}`}`;
}

function closingLine(t: Texts, runs: readonly Run[]): string {
  if (runs.length === 0) return t.batch.none;
  const said = OPEN.flatMap((open) => {
    const n = runs.filter((run) => openAs(run) === open).length;
    return n === 0 ? [] : [t.batch[open](n, runs.length)];
  });
  return said.length === 0 ? t.batch.done : said.join(' ');
}
