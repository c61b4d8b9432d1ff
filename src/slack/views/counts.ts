import type { Run } from '../../sync/run.ts';
import type { Texts } from '../text/en.ts';

const ALWAYS = ['add', 'reactivate', 'deactivate', 'unchanged'] as const;
const WHERE_ANY = ['omitted', 'protected', 'kept', 'alreadyInactive', 'skipped'] as const;

/** The counts of a plan as fields of a section; the unusual ones only where there are any. */
export function countFields(t: Texts, { counts, reverts }: Pick<Run, 'counts' | 'reverts'>): string[] {
  // A rollback asks no server.
  const source = reverts === undefined ? (['source'] as const) : [];
  const labels = reverts === undefined ? t.plan.count : { ...t.plan.count, skipped: t.rollback.skippedCount };
  return [...ALWAYS, ...source, ...WHERE_ANY.filter((name) => counts[name] > 0)].map(
    (name) => `*${labels[name]}*\n${counts[name]}`,
  );
}
