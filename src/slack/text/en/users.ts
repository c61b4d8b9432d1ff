import type { UserStatus } from '../../../sync/change.ts';
import { count } from './count.ts';

type Found = {
  readonly total: number;
  readonly target: string | undefined;
  readonly status: UserStatus | undefined;
  readonly text: string | undefined;
};

/** Words of the list of users. */
export const users = {
  title: 'Users',
  found: ({ total, target, status, text }: Found) => {
    const whom = count(total, status === undefined ? 'user' : `${status} user`);
    const where = target === undefined ? 'at all targets' : `at ${target}`;
    return `${whom} ${where}${text === undefined ? '' : ` with ${text} in the email`}`;
  },
  none: 'Nobody is found. Type the command with fewer words to see more users.',
  more: (n: number) => `…and ${n} more. The CSV file has them all.`,
  active: 'active',
  inactive: 'inactive',
  leftAlone: 'left alone: neither active nor inactive',
  inactiveSince: (day: string) => `inactive since ${day}`,
  file: (found: string) => `The list that you asked for: ${found}.`,
  exported: (runId: number, location: string, standing: string) =>
    `Every line of the plan of run ${runId}. ${location}: ${standing}.`,
};
