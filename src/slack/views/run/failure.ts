import {
  type EngineOfTable,
  type Failure,
  isLimited,
  type UnfitColumn,
  type WordedReason,
} from '../../../sync/failures/failure.ts';
import type { Run } from '../../../sync/run/run.ts';
import { channelTroubleOf } from '../../connect/rejection-reason.ts';
import type { Texts } from '../../text/en.ts';
import { code, mrkdwn } from '../../text/escape.ts';
import {
  channelLink,
  firstOf,
  invitation,
  place,
  previewCommand,
  targetName,
  whyRefused,
} from '../inline.ts';

const REASON_LIMIT = 500;
const NAME_LIMIT = 100;
const NAMES_SHOWN = 5;
/** For runs of older versions, which stored no statement. */
const ADD_INDEX = 'ADD UNIQUE INDEX users_email_location_unique (email, location_id)';

/** `what` is one line without a full stop. Both are mrkdwn. */
export type FailureWords = { readonly what: string; readonly next: string };

/** What went wrong and what to do next. Without a stored failure: `unexpected`. Reasons are cut to `limit` characters. */
export function failureWords(t: Texts, run: Run, limit = REASON_LIMIT): FailureWords {
  const words = t.failure;
  const failure: Failure = run.failure ?? { code: 'unexpected' };
  const location = place(run);
  const target = targetName(run.target);
  const reason = (of: WordedReason) => mrkdwn(words.reason(of), limit);
  switch (failure.code) {
    case 'login_failed': {
      const next = isLimited(failure) ? t.failure.limited : words.loginFailed[afterLogin(failure)];
      return { what: words.loginFailed.what(reason(failure)), next: next(location) };
    }
    case 'fetch_failed': {
      const { what, next } = words.fetchFailed;
      return { what: what(reason(failure)), next: (isLimited(failure) ? words.limited : next)(location) };
    }
    case 'invalid_response': {
      const { what, next } = words.invalidResponse;
      return { what: what(reason(failure)), next: next(location) };
    }
    case 'list_moved':
      return { what: words.listMoved.what, next: words.listMoved.next(location) };
    case 'list_longer': {
      const { what, next } = words.listLonger;
      return { what: what(failure.page, failure.users), next: next(location) };
    }
    case 'list_empty':
      return listEmpty(t, location, failure);
    case 'location_missing': {
      const { what, next } = failure.unnamed === true ? words.targetUnnamed : words.locationMissing;
      return { what: what(target), next };
    }
    case 'location_url': {
      const { what, next } = words.locationUrl;
      return { what: what(location, reason(failure)), next: next(location) };
    }
    case 'index_in_the_way': {
      const { what, next } = words.indexInTheWay;
      return { what: what(mrkdwn(failure.index, NAME_LIMIT)), next: next(statementOf(failure)) };
    }
    case 'index_missing':
      return { what: words.indexMissing.what, next: words.indexMissing.next(statementOf(failure)) };
    case 'not_transactional':
      return notTransactional(t, failure.tables);
    case 'users_unfit':
      return usersUnfit(t, failure.columns);
    case 'not_as_written': {
      const { what, next } = words.notAsWritten;
      return { what: what(failure.total), next: next(named(failure.triggers)) };
    }
    case 'database_refused': {
      const { what, remedy, next } = words.databaseRefused;
      return {
        what: what(mrkdwn(failure.words, limit), mrkdwn(failure.number, 10)),
        next: next(remedy[failure.refusal], named(failure.triggers ?? [])),
      };
    }
    case 'privilege_missing': {
      const where = failure.column === undefined ? failure.table : `${failure.table}.${failure.column}`;
      const { what, next } = words.privilegeMissing;
      return { what: what(code(failure.right, NAME_LIMIT), code(where, NAME_LIMIT)), next };
    }
    case 'audit_unguarded':
      return { what: words.auditUnguarded.what(named(failure.triggers)), next: words.auditUnguarded.next };
    case 'stale':
      return { what: words.stale.what(failure.total), next: words.stale.next };
    case 'plan_altered':
      return { what: words.planAltered.what, next: words.planAltered.next(run.id) };
    case 'planned_earlier':
      return words.plannedEarlier;
    case 'protected_since':
      return { what: words.protectedSince.what(failure.total), next: words.protectedSince.next };
    case 'guard_tripped':
      return { what: words.guardTripped.what(location, failure), next: words.guardTripped.next };
    case 'second_person_needed': {
      const { what, next } = words.secondPersonNeeded;
      return { what: what(target, failure.people, failure.needed), next };
    }
    case 'held_back':
      return { what: words.heldBack.what[failure.by], next: words.heldBack.next };
    case 'location_changed':
      if (failure.otherServer === true)
        return { what: words.serverChanged.what(location), next: words.serverChanged.next };
      return { what: words.locationChanged.what(target), next: words.locationChanged.next };
    case 'channel_unreachable': {
      const { what, next, otherwise } = words.channelUnreachable;
      const isNoMember = channelTroubleOf(failure.reason, run.channelId) === 'no_member';
      return {
        what: what(channelLink(run.channelId), whyRefused(t, failure.reason)),
        next: isNoMember ? next(invitation(t), previewCommand(t, run)) : otherwise(previewCommand(t, run)),
      };
    }
    case 'database_lost':
      return words.databaseLost;
    case 'interrupted':
      return { what: words.interrupted.what(failure.attempts), next: words.interrupted.next(run.id) };
    case 'unexpected':
      return { what: words.unexpected.what, next: words.unexpected.next(run.id) };
  }
}

/** Failures whose fixed sentences (contract, section 1) begin with "Failed". */
const SAY_FAILED: readonly Failure['code'][] = ['login_failed', 'fetch_failed'];

/** Says in one line of mrkdwn that a run failed, and why. `failed` adds the word to reasons that do not contain it. */
export function failedWords(t: Texts, run: Run, failed: (why: string) => string, limit: number): string {
  const { what } = failureWords(t, run, limit);
  return run.failure !== undefined && SAY_FAILED.includes(run.failure.code) ? what : failed(what);
}

function afterLogin(failed: Extract<Failure, { code: 'login_failed' }>): 'refused' | 'unreachable' | 'next' {
  if (failed.unauthorized) return 'refused';
  return failed.unanswered ? 'unreachable' : 'next';
}

function named(triggers: readonly string[]): string {
  return firstOf(triggers, NAMES_SHOWN, (name) => code(name, NAME_LIMIT)).shown.join(', ');
}

function listEmpty(
  { failure: words }: Texts,
  location: string,
  { active, listed = 0 }: Extract<Failure, { code: 'list_empty' }>,
): FailureWords {
  if (listed === 0)
    return { what: words.listEmpty.what(location, active), next: words.listEmpty.next(location) };
  return { what: words.listUnusable.what(location, active), next: words.listUnusable.next(listed) };
}

/** The ALTER that mends the indexes. Plain names need no backticks, which could not be copied from a code span. */
function statementOf(failure: Extract<Failure, { code: 'index_in_the_way' | 'index_missing' }>): string {
  const drop = failure.code === 'index_missing' ? '' : `DROP INDEX ${failure.index.slice(0, NAME_LIMIT)}, `;
  const { statement = `ALTER TABLE users ${drop}${ADD_INDEX}` } = failure;
  return code(statement.replace(/`(\w+)`/g, '$1'), REASON_LIMIT);
}

function notTransactional(t: Texts, tables: readonly EngineOfTable[]): FailureWords {
  const words = t.failure.notTransactional;
  const named = firstOf(
    tables,
    NAMES_SHOWN,
    ({ table, engine }) => `${mrkdwn(table, NAME_LIMIT)} (${mrkdwn(engine, NAME_LIMIT)})`,
  );
  const statements = firstOf(tables, NAMES_SHOWN, ({ table }) =>
    code(`ALTER TABLE ${table} ENGINE = InnoDB`, REASON_LIMIT),
  );
  const more = named.more > 0 ? ', …' : '';
  const hasView = tables.some(({ engine }) => engine === 'VIEW');
  return {
    what: `${words.what(named.shown.join(', '))}${more}`,
    next: hasView ? words.view : words.next(`${statements.shown.join(', ')}${more}`),
  };
}

function usersUnfit(t: Texts, columns: readonly UnfitColumn[]): FailureWords {
  const words = t.failure.usersUnfit;
  const { shown, more } = firstOf(columns, NAMES_SHOWN, ({ problem, column, type }) => {
    const of = type === '' ? '' : ` (${mrkdwn(type, NAME_LIMIT)})`;
    return words.problem[problem](`${code(column, NAME_LIMIT)}${of}`);
  });
  return {
    what: `${words.what(shown.join('; '))}${more > 0 ? '; …' : ''}`,
    next: words.next(columns.some(({ problem }) => problem === 'demands_value')),
  };
}
