import type { Batch } from '../../sync/batch.ts';
import type { Run, RunStatus } from '../../sync/run.ts';
import { batchBlockId } from '../ids.ts';
import type { Texts } from '../text/en.ts';
import { header, type Message, section } from './blocks.ts';
import { targetLabel } from './inline.ts';
import { type LinkOf, runLink } from './link.ts';
import { packLines, type Room } from './pack.ts';
import { standing } from './standing.ts';

/** Of 50 blocks and 12,000 characters, what the title and the closing lines leave. */
const ROOM: Room = { blocks: 40, bytes: 10_000 };

/** What is still to be done about a run, in the order in which it is said. */
const OPEN = ['reading', 'ready', 'executing', 'failed'] as const satisfies readonly RunStatus[];

/** The message that sums up a `/usersync all`: a line per target, with a link to its own message. */
export function batchMessage(t: Texts, batch: Batch, { linkOf }: { readonly linkOf: LinkOf }): Message {
  const lines = batch.runs.map((run) => runLine(t, run, linkOf));
  const { texts, shown } = packLines(lines, ROOM);
  const more = lines.length - shown;
  const closing = closingLine(t, batch.runs);
  return {
    text: `${t.batch.title}. ${closing}`,
    blocks: [
      header(batchBlockId(batch.id, 'header'), t.batch.title),
      ...texts.map((text, index) => section(batchBlockId(batch.id, `runs:${index}`), text)),
      ...(more > 0 ? [section(batchBlockId(batch.id, 'more'), t.batch.more(more))] : []),
      section(batchBlockId(batch.id, 'closing'), closing),
    ],
  };
}

function runLine(t: Texts, run: Run, linkOf: LinkOf): string {
  const link = runLink(linkOf, run, t.state.open);
  return `• ${targetLabel(run)}: ${standing(t, run)}${link === undefined ? '' : `  ${link}`}`;
}

function closingLine(t: Texts, runs: readonly Run[]): string {
  if (runs.length === 0) return t.batch.none;
  const said = OPEN.flatMap((status) => {
    const n = runs.filter((run) => run.status === status).length;
    return n === 0 ? [] : [t.batch[status](n, runs.length)];
  });
  return said.length === 0 ? t.batch.done : said.join(' ');
}
