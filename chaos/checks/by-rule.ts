import type { RunRow } from '../play/snapshot.ts';
import type { Schedule } from '../schedule/schedule.ts';

/** Whether the run is the preview that came by itself. */
export function isScheduled({ requestKey }: RunRow): boolean {
  return requestKey.startsWith('schedule ');
}

export function isByRule({ confirmedBy }: RunRow): boolean {
  return confirmedBy?.startsWith('rule:') === true;
}

/** What keeps a rule from applying a plan; undefined where nothing does. */
function obstacle({ settings }: Schedule, run: RunRow): string | undefined {
  const { add, reactivate, deactivate, skipped, protected: guarded } = run.counts;
  const rule = settings.scheduled?.target === run.target ? settings.scheduled.rule : undefined;
  if (rule === undefined || !isScheduled(run)) return 'there is no rule for it';
  if (settings.frozen) return 'a freeze holds';
  if (run.guarded) return 'the guard tripped';
  if (skipped > 0 || guarded > 0) return 'rows were skipped or users are protected';
  const changes = { add, reactivate, deactivate };
  const other = (['add', 'reactivate', 'deactivate'] as const).some(
    (action) => changes[action] > 0 && !rule.actions.includes(action),
  );
  if (other) return 'it changes what the rule does not name';
  return add + reactivate + deactivate > rule.most ? 'it changes too much' : undefined;
}

/** Rules apply what is harmless by their words, and nothing else. */
export function ruleProblems(schedule: Schedule, runs: readonly RunRow[]): string[] {
  return runs.flatMap((run) => {
    const why = obstacle(schedule, run);
    if (isByRule(run)) return why === undefined ? [] : [`A rule applied run ${run.id}, although ${why}`];
    const waits = isScheduled(run) && run.status === 'ready' && why === undefined;
    return waits ? [`Run ${run.id} waits for a person, although its rule should have applied it`] : [];
  });
}
