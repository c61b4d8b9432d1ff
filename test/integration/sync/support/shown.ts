import type { Target } from '../../../../src/sync/ports/source.ts';
import type { GuardVerdict } from '../../../../src/sync/rules/rules.ts';
import type { Click } from '../../../../src/sync/run/click.ts';
import type { Actor, Run } from '../../../../src/sync/run/run.ts';
import { listOf } from '../../database/support/rows.ts';
import { BUDI, draftRun, step } from '../../database/support/runs.ts';
import type { BotProcess } from '../../database/support/testbed.ts';

const MESSAGE = { channelId: 'C1', ts: '1.1' };

/** A preview that Ayu asked for and that stands in a message; it adds new@dkm, and whoever is there goes, but stays@dkm. */
export async function shown(
  bot: BotProcess,
  target: Target,
  guard: GuardVerdict = { tripped: false },
): Promise<Run> {
  const { lease, facts } = await draftRun(bot, target, [listOf('new@dkm', 'stays@dkm')]);
  const { run } = await bot.runs.present(lease, { ...facts, guard }, 30, step('previewed'));
  await bot.runs.attachMessage(run, MESSAGE.ts);
  return { ...run, messageTs: MESSAGE.ts };
}

/** A click on that message. */
export const click = (run: Run, actor: Actor = BUDI): Click => ({ runId: run.id, actor, message: MESSAGE });
