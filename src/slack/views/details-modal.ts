import type { types } from '@slack/bolt';
import type { Run } from '../../sync/run.ts';
import { detailsBlockId } from '../ids.ts';
import type { Texts } from '../text/en.ts';
import { code } from '../text/escape.ts';
import { type AuditRow, auditLine } from './audit-line.ts';
import { fields, section } from './blocks.ts';
import { countFields } from './counts.ts';
import { command, mention, moment } from './inline.ts';
import { readOnlyModal } from './modal.ts';
import { packLines, type Room } from './pack.ts';
import { durationText, runTimes } from './run-times.ts';
import { outcomeLines, summary } from './summary.ts';

/** Of 100 blocks and 250 kB, what the other blocks leave. */
const ROOM: Room = { blocks: 90, bytes: 200_000 };

/** What a run is, what it counts, why it failed, and what happened to it step by step. */
export function detailsModal(t: Texts, run: Run, auditRows: readonly AuditRow[]): types.ModalView {
  const id = (part: string) => detailsBlockId(run.id, part);
  const { texts, shown } = packLines(
    auditRows.map((row) => auditLine(t, row)),
    ROOM,
  );
  const more = auditRows.length - shown;
  return readOnlyModal(t, t.run.number(run.id), [
    section(id('summary'), [summary(t, run), ...outcomeLines(t, run)].join('\n')),
    ...(run.planHash === undefined ? [] : [fields(id('counts'), countFields(t, run))]),
    section(id('facts'), facts(t, run).join('\n')),
    section(id('steps'), `*${t.details.steps}*`),
    ...texts.map((text, index) => section(id(`steps:${index}`), text)),
    ...(auditRows.length === 0 ? [section(id('steps:none'), t.details.noSteps)] : []),
    ...(more > 0 ? [section(id('steps:more'), t.details.more(more))] : []),
  ]);
}

function facts(t: Texts, run: Run): string[] {
  const { requestedBy, requestedAt, confirmedBy, confirmedAt, planHash } = run;
  const { reading, executing } = runTimes(run);
  return [
    t.history.requested(mention(requestedBy), moment(requestedAt)),
    ...(confirmedBy === undefined || confirmedAt === undefined
      ? []
      : [t.details.confirmed(mention(confirmedBy), moment(confirmedAt))]),
    ...(reading === undefined ? [] : [t.details.reading(durationText(t, reading))]),
    ...(executing === undefined ? [] : [t.details.executing(durationText(t, executing))]),
    ...(planHash === undefined
      ? []
      : [t.details.plan(code(planHash, 80)), t.details.export(command(`export ${run.id}`))]),
  ];
}
