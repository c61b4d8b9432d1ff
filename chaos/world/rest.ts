import { setTimeout as pause } from 'node:timers/promises';
import type { Connection } from 'mariadb';
import type { Clock } from './clock.ts';
import type { Replicas } from './replicas.ts';

/** So long nothing must have happened before it is believed that nothing will. */
const QUIET_MS = 120;
/**
 * A bot that waits before it asks a depot server again waits 1 s at most, and that another one has died it sees within
 * two. After this, all leases are over.
 */
const SILENT_MS = 3_000;
/** Whoever is paused in the middle of a transaction keeps others waiting, those too that took its place by now. */
const PAUSED_AT_MOST_MS = 800;
const PATIENCE_MS = 60_000;

/** Not everything came to an end, whatever was done to help it. */
class RestlessError extends Error {
  override readonly name = 'RestlessError';
}

export type Restless = {
  /** One of its own, on which nothing else is done. */
  readonly connection: Connection;
  readonly clock: Clock;
  readonly replicas: Replicas;
  /** Milliseconds since the last sign of work. */
  readonly idleFor: () => number;
  /** Whether a depot server is being asked. */
  readonly isBusy: () => boolean;
};

type Open = { readonly runs: number; readonly notices: number };

/**
 * Waits until no run is in work, Slack was told everything, and no bot is at anything. Time passes faster where it
 * is all that is waited for; what is paused is woken. Returns how often the leases of all had to be ended.
 * Throws `RestlessError`.
 */
export async function rest(parts: Restless): Promise<number> {
  const deadline = performance.now() + PATIENCE_MS;
  const help = createHelp(parts);
  for (;;) {
    const open = await stillOpen(parts.connection);
    const quiet = isQuiet(parts);
    if (quiet && isNothing(open) && (await isStillQuiet(parts)) && !parts.replicas.wake())
      return help.jumps();
    await help.give(open, quiet);
    if (performance.now() > deadline) {
      const left = `${open.runs} runs are in work and ${open.notices} notices are open`;
      throw new RestlessError(`After ${PATIENCE_MS} ms ${left}`);
    }
    await pause(20);
  }
}

/** What can be done for those who wait. */
function createHelp({ clock, replicas, idleFor }: Restless) {
  let jumps = 0;
  let jumpedAt = performance.now();
  let changedAt = jumpedAt;
  return {
    jumps: () => jumps,
    give: async (open: Open, quiet: boolean) => {
      const now = performance.now();
      if (replicas.isChanging()) changedAt = now;
      if (now - changedAt > PAUSED_AT_MOST_MS) replicas.wake();
      if (!quiet) return;
      if (open.notices > 0) await clock.hastenRetries();
      if (Math.min(idleFor(), now - jumpedAt) < SILENT_MS) return;
      jumps += 1;
      jumpedAt = now;
      await clock.lapseAll();
    },
  };
}

function isQuiet({ idleFor, isBusy, replicas }: Restless): boolean {
  return idleFor() > QUIET_MS && !isBusy() && !replicas.isBusy();
}

/** What a process was about to do, it has begun by the time it answers. */
async function isStillQuiet(parts: Restless): Promise<boolean> {
  await parts.replicas.answered();
  return isQuiet(parts) && isNothing(await stillOpen(parts.connection));
}

function isNothing({ runs, notices }: Open): boolean {
  return runs + notices === 0;
}

async function stillOpen(connection: Connection): Promise<Open> {
  const [open] = await connection.query<Open[]>(
    `SELECT (SELECT COUNT(*) FROM sync_runs WHERE status IN ('reading', 'executing')) AS runs,
            (SELECT COUNT(*) FROM sync_outbox WHERE closed_at IS NULL) AS notices`,
  );
  return open ?? { runs: 0, notices: 0 };
}
