import { count } from './count.ts';

function are(n: number): string {
  return n === 1 ? 'is' : 'are';
}

/** Words of the message that sums up a `/usersync all`. */
export const batch = {
  title: 'Sync of All Targets',
  refusedAlike: (n: number) => `…and the same for ${count(n, 'more target')}.`,
  none: 'There is no preview: the person who asked was told why.',
  more: (n: number) => `…and ${n} more. Each gets a message of its own in this channel once it was read.`,
  waits: (n: number, total: number) =>
    `${n} of ${total} ${n === 1 ? 'waits for its turn' : 'wait for their turn'}.`,
  reading: (n: number, total: number) => `${n} of ${total} ${are(n)} being read.`,
  ready: (n: number, total: number) =>
    `${n} of ${total} ${n === 1 ? 'waits' : 'wait'} to be confirmed, each in its own message.`,
  executing: (n: number, total: number) => `${n} of ${total} ${are(n)} being executed.`,
  failed: (n: number, total: number) =>
    `${n} of ${total} failed and changed nothing. ${n === 1 ? 'Its message says' : 'Their messages say'} what to do.`,
  done: 'Nothing is left to do.',
};
