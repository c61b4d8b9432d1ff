import type { RunCounts } from '../../sync/run.ts';
import type { Texts } from '../text/en.ts';

const ALWAYS = ['add', 'reactivate', 'deactivate', 'unchanged', 'source'] as const;
const WHERE_ANY = ['protected', 'alreadyInactive', 'skipped'] as const;

/** The counts of a plan as fields of a section; the unusual ones only where there are any. */
export function countFields(t: Texts, counts: RunCounts): string[] {
  return [...ALWAYS, ...WHERE_ANY.filter((name) => counts[name] > 0)].map(
    (name) => `*${t.plan.count[name]}*\n${counts[name]}`,
  );
}
