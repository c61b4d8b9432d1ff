import type { types } from '@slack/bolt';
import type { RunStep } from '../../../sync/ports/overview.ts';
import { isRule } from '../../../sync/rules/rules.ts';
import type { Omission } from '../../../sync/run/change.ts';
import { planLines, type Run } from '../../../sync/run/run.ts';
import type { Texts } from '../../text/en.ts';
import { code, mrkdwn } from '../../text/escape.ts';
import { fields, packLines, readOnlyModal, type Space, section } from '../blocks.ts';
import { command, confirmedWord, mention, moment, requestedWords, wordsFor } from '../inline.ts';
import { failedWords } from '../run/failure.ts';
import { durationText, runTimes } from '../run/run-state.ts';
import { countFields, outcomeLines, summary } from '../run/summary.ts';

/** The space for the steps, of 100 blocks and 250 kB in all. */
const SPACE: Space = { blocks: 90, bytes: 200_000 };

/** A run's outcome, counts, facts and steps: the first ones of `total`. */
export function detailsModal(
  t: Texts,
  run: Run,
  steps: readonly RunStep[],
  total = steps.length,
): types.ModalView {
  const id = (part: string) => `details:${run.id}:${part}`;
  const { texts, shown } = packLines(
    steps.map((row) => auditLine(t, run, row)),
    SPACE,
  );
  const more = total - shown;
  const counts = run.planHash === undefined ? [] : countFields(t, run);
  return readOnlyModal(t, t.run.number(run.id), [
    section(id('summary'), [summary(t, run), ...outcomeLines(t, run)].join('\n')),
    ...(counts.length === 0 ? [] : [fields(id('counts'), counts)]),
    section(id('facts'), facts(t, run).join('\n')),
    section(id('steps'), `*${t.details.steps}*`),
    ...texts.map((text, index) => section(id(`steps:${index}`), text)),
    ...(steps.length === 0 ? [section(id('steps:none'), t.details.noSteps)] : []),
    ...(more > 0 ? [section(id('steps:more'), t.details.more(more))] : []),
  ]);
}

function facts(t: Texts, run: Run): string[] {
  const { confirmedBy: by, confirmedAt, planHash } = run;
  const { reading, executing } = runTimes(run);
  return [
    requestedWords(t, run),
    ...(by === undefined || confirmedAt === undefined
      ? []
      : [t.details[isRule(by) ? 'applied' : 'confirmed'](mention(by), moment(t, confirmedAt))]),
    ...(reading === undefined ? [] : [t.details.reading(durationText(t, reading))]),
    ...(executing === undefined ? [] : [t.details.executing(durationText(t, executing))]),
    ...(planHash === undefined
      ? []
      : [
          t.details.plan(code(planHash, 80)),
          ...(planLines(run.counts) === 0 ? [] : [t.details.export(command(t, `export ${run.id}`))]),
        ]),
  ];
}

const WORD_LIMIT = 60;
const REASON_LIMIT = 300;

/** One line of mrkdwn: when the step was, and what happened. */
function auditLine(t: Texts, run: Run, row: RunStep): string {
  const words = stepWords(t, run, row);
  const reason = reasonWords(t, run, row);
  return `• ${moment(t, row.at)}: ${reason === undefined ? words : t.details.quoted(words, reason)}`;
}

function stepWords(t: Texts, run: Run, { step, actorId, actorName, outcome }: RunStep): string {
  const words = t.details.step;
  const by = { id: actorId, name: actorName };
  const actor = mention(by);
  switch (step) {
    case 'confirmed':
      return confirmedWord(t, by);
    case 'requested':
    case 'approved':
    case 'withdrawn':
    case 'adjusted':
    case 'cancelled':
      return words[step](actor);
    case 'completed':
    case 'expired':
    case 'superseded':
    case 'paused':
      return words[step];
    case 'previewed':
      if (outcome === 'no_changes') return words.noChanges;
      return outcome === 'guard_tripped' ? words.guardTripped : words.previewed;
    case 'refused':
      return words.refused(actor, wordsFor(t.refusedSteps, outcome) ?? code(outcome, WORD_LIMIT));
    case 'failed':
      return run.failure?.code === outcome
        ? failedWords(t, run, words.failed, REASON_LIMIT)
        : words.failed(code(outcome, WORD_LIMIT));
    case 'held':
      return words.held(wordsFor(t.automatic.why, outcome) ?? code(outcome, WORD_LIMIT));
    case 'broke_glass':
      return words.brokeGlass(actor);
    case 'taken_over':
      return words.takenOver;
    default:
      return `${code(step, WORD_LIMIT)} ${code(outcome, WORD_LIMIT)}`;
  }
}

/** Steps whose text says the reason already. */
const SAID_ALREADY: readonly string[] = ['previewed', 'requested', 'refused'];

/** What reason and facts add to the step. The plan's hash and the run that is rolled back are shown above the steps. */
function reasonWords(t: Texts, run: Run, { step, outcome, reason, facts }: RunStep): string | undefined {
  switch (facts?.kind) {
    case 'rollback':
      return undefined;
    case 'superseded':
      return t.status.run(facts.byRunId);
    case 'adjusted':
      return t.details.leftOut(facts.ofRunId, omittedWords(t, facts.omission));
    case 'asked':
    case 'plan':
    case undefined:
      // Older versions wrote the facts into the reason.
      return reason === undefined || SAID_ALREADY.includes(step) || outcome === run.failure?.code
        ? undefined
        : mrkdwn(reason, REASON_LIMIT);
  }
}

function omittedWords(t: Texts, { actions, emails }: Omission): string {
  return mrkdwn([...actions.map((action) => t.details.omitted[action]), ...emails].join(', '), REASON_LIMIT);
}
