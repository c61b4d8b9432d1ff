import type { RunRow } from '../play/snapshot.ts';

/** What must be told of how a run ended; undefined where nothing is. */
export function outcomeWords(run: RunRow): RegExp | undefined {
  const { add, reactivate, deactivate, unchanged } = run.counts;
  // Whoever asked is told at once, and alone, that the bot cannot post there.
  if (run.failure?.code === 'channel_unreachable') return undefined;
  if (run.status === 'failed') return new RegExp(`^${failureWords(run)}[^]*Nothing was changed`);
  if (run.status !== 'completed' || add + reactivate + deactivate === 0) return undefined;
  const rest = `${users(deactivate)} deactivated, ${users(unchanged)} unchanged.`;
  if (run.reverts !== null) {
    return exactly(
      `Rollback of run ${run.reverts} completed successfully! ${users(reactivate)} reactivated, ${rest}`,
    );
  }
  const again = reactivate > 0 ? `, ${users(reactivate)} reactivated` : '';
  return exactly(`Sync completed successfully! ${users(add)} added${again}, ${rest}`);
}

/** The words of the contract, section 1, and of the README. */
function failureWords({ failure }: RunRow): string {
  switch (failure?.code) {
    case 'login_failed':
      return 'Failed to login to external API: ';
    case 'fetch_failed':
      return 'Failed to fetch users from external API: ';
    case 'invalid_response':
      return 'Invalid response format: ';
    case 'list_moved':
      return 'The user list changed while it was read';
    case 'list_empty':
      return `${failure.listed === 0 ? 'The .* server lists no users' : 'No user of the .* server can be used'}, but \\d+ users? (is|are) active here`;
    case 'stale':
      return `${failure.total} users? of the plan changed after the preview`;
    case 'not_as_written':
      return `(?=[^]*trigger[^]*keep_status)${failure.total} users? of the plan (was|were) not stored as written`;
    case 'interrupted':
      return 'The run was interrupted';
    default:
      return 'nothing that can happen here: ';
  }
}

function exactly(text: string): RegExp {
  return new RegExp(`^${text.replace(/[.!]/g, '\\$&')}$`);
}

function users(n: number): string {
  return n === 1 ? '1 user' : `${n} users`;
}
