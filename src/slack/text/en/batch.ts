import { count } from './plan.ts';

function are(n: number): string {
  return n === 1 ? 'is' : 'are';
}

/** The message that sums up a `/usersync all`. */
export const batch = {
  title: 'Sync of All Targets',
  refusedToo: (n: number) =>
    `…and ${count(n, 'more target')} without a preview. Ask for one of them alone to see why.`,
  none: 'There is no preview: the person who asked was told why.',
  more: (n: number) =>
    `…and ${n} more. Each gets a message of its own in this channel once it has been read.`,
  // Without "of 3": while a batch begins, it has only its first run.
  waits: (n: number) => (n === 1 ? '1 is waiting its turn.' : `${n} are waiting their turn.`),
  reading: (n: number) => `${n} ${are(n)} being read.`,
  ready: (n: number) =>
    n === 1
      ? '1 is waiting for confirmation in its own message.'
      : `${n} are waiting for confirmation, each in its own message.`,
  executing: (n: number) => `${n} ${are(n)} being executed.`,
  failed: (n: number) =>
    `${n} failed and changed nothing. ${n === 1 ? 'Its message says' : 'Their messages say'} what to do.`,
  // No more is known: an expired preview may have had changes, and another message may have a newer one.
  done: 'Nothing here is waiting for anybody.',
  button: 'Confirm All That Deactivate Nobody',
  dialog: {
    title: (n: number) => (n === 1 ? 'Confirm This Preview?' : `Confirm ${n} Previews?`),
    /** `planned` is a `state.planned`. */
    text: (n: number, planned: string) =>
      (n === 1
        ? `1 preview deactivates nobody: ${planned}. It is executed `
        : `${n} previews deactivate nobody: ${planned} in all. Each is executed by itself, `) +
      'by the same rules as with its own Confirm & Execute. Those that deactivate anyone wait for their own.',
    confirm: (n: number) => (n === 1 ? 'Execute Sync' : `Execute ${n} Syncs`),
  },
  /** The answer to the person who pressed that button. */
  confirmed: (n: number, total: number) =>
    `${n === total ? count(n, 'preview') : `${n} of ${total} previews`} ${are(n)} being executed. ` +
    `${n === 1 ? 'Its result' : 'The result of each'} appears in its thread.`,
  noneConfirmed: 'Your click executed no preview.',
  approved: (people: number, needed: number) =>
    `your approval counts, ${people} of ${needed}. More admins must confirm it.`,
  notReached: (n: number) =>
    `${count(n, 'preview')} ${n === 1 ? 'was' : 'were'} not checked, because something went wrong. Check each ` +
    "run's message before you press again.",
};
