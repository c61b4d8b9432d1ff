import type { SourceRow, Target } from '../../../../src/sync/ports/source.ts';
import type { AutoRule } from '../../../../src/sync/rules/rules.ts';
import { type Actor, type Run, SYSTEM } from '../../../../src/sync/run/run.ts';
import { AYU, step } from '../../database/support/runs.ts';
import type { useTestbed } from '../../database/support/testbed.ts';
import { type Core, type CoreOptions, createCore } from './core.ts';
import { scriptedSource, whole } from './scripted-source.ts';

const running = new AbortController().signal;

/** Scheduled previews under a rule, and what people do with them by day. */
export function nightsOf(testbed: ReturnType<typeof useTestbed>, place: () => Target) {
  let asked = 0;

  const ruleOf = (actions: AutoRule['actions'], most = 20): AutoRule => ({
    text: `${place().name}=${actions.join('+')}:${most}`,
    actions,
    most,
  });

  const withRule = (rule: AutoRule) => ({ autoRules: { [place().name]: rule } });

  /** A process whose depot server lists these rows, in each read. */
  function replica(rows: readonly SourceRow[], options: CoreOptions = {}): Core {
    const reads = Array.from({ length: 4 }, () => whole(rows));
    return createCore(testbed.bot, { targets: [place()], source: scriptedSource(...reads), ...options });
  }

  async function stored(id: number): Promise<Run> {
    const run = await testbed.bot.runs.find(id);
    if (run === undefined) throw new Error('The run is gone');
    return run;
  }

  /** Asks for a preview, and gives the answer. */
  function ask(core: Core, actor: Actor = SYSTEM) {
    asked += 1;
    const { name } = place();
    return core.preview.request({
      target: name,
      channelId: 'C1',
      actor,
      requestKey: `${name} ${asked}`,
    });
  }

  async function preview(core: Core, actor: Actor = SYSTEM): Promise<Run> {
    const requested = await ask(core, actor);
    if (requested.outcome !== 'requested') throw new Error(requested.outcome);
    await core.preview.read(requested, running);
    return stored(requested.run.id);
  }

  /** The run after a person has confirmed it. */
  async function confirmed(core: Core, run: Run): Promise<Run> {
    const claimed = await core.execution.confirm({ runId: run.id, actor: AYU, message: undefined });
    if (claimed.outcome !== 'claimed') throw new Error(claimed.outcome);
    await core.queue.start(claimed);
    await core.idle();
    return stored(run.id);
  }

  /** What the rules decide now. */
  async function decided(core: Core, run: Run): Promise<Run> {
    await core.automation.tick();
    await core.idle();
    return stored(run.id);
  }

  /** What becomes of a scheduled preview. */
  async function night(core: Core): Promise<Run> {
    return decided(core, await preview(core));
  }

  async function cancelled(run: Run): Promise<void> {
    const ended = await testbed.bot.runs.cancel(run.id, AYU, step('cancelled'));
    if (ended === undefined) throw new Error('The run was not ready');
  }

  async function expired(run: Run): Promise<void> {
    await testbed.sql('UPDATE sync_runs SET expires_at = UTC_TIMESTAMP(3) WHERE id = ?', [run.id]);
    await testbed.bot.runs.expireDue(step('expired'));
  }

  /** The shorter plan of a run from which a person leaves users out. */
  async function without(run: Run, ...emails: readonly string[]): Promise<Run> {
    const adjusted = await testbed.bot.runs.adjust(run.id, {
      actor: AYU,
      omission: { emails, actions: [] },
      requestKey: `adjust ${run.id}`,
      rules: run.rules ?? { limits: [], protectedEmails: [], people: 1 },
    });
    if (adjusted.outcome !== 'adjusted') throw new Error(adjusted.outcome);
    return adjusted.run;
  }

  return {
    ...{ ruleOf, withRule, replica, stored, ask, preview, confirmed, decided, night },
    ...{ cancelled, expired, without },
  };
}
