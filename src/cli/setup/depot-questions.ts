import { nameForTarget } from '../../config/shapes.ts';
import type { Finding } from '../doctor/finding.ts';
import type { Question } from './question.ts';
import { askFor, askForSecret } from './terminal.ts';

const DEFAULT_TARGETS = 'dev,test,prod';

/**
 * `locations` are the rows of that table, as people read them; undefined where they cannot be read. Where there are none, the
 * rows are asked for next.
 */
export function targetQuestion(locations: readonly string[] | undefined): Question {
  return {
    title: 'What the command accepts',
    where: [
      'Names, each the location_code of its row in locations, or prod=sby where the code is another',
      ...(locations === undefined || locations.length === 0 ? [] : [`There are: ${locations.join(', ')}`]),
    ],
    ask: async (terminal, known) => ({
      SYNC_TARGETS: await askFor(terminal, 'SYNC_TARGETS', known['SYNC_TARGETS'] || DEFAULT_TARGETS),
    }),
    judges: locations?.length === 0 ? [] : [{ topic: 'location' }],
  };
}

function loginQuestion(
  title: string,
  where: string,
  names: { email: string; password: string },
  target?: string,
): Question {
  return {
    title,
    where: [where],
    ask: async (terminal, known) => ({
      [names.email]: await askFor(terminal, names.email, known[names.email]),
      [names.password]: await askForSecret(terminal, names.password, known[names.password]),
    }),
    judges: [{ topic: 'depot', target }],
  };
}

export const LOGIN = loginQuestion(
  'The login at the depot servers',
  'The account that the web page for user syncs logs in with; ask whoever runs the depot servers',
  { email: 'EXTERNAL_API_EMAIL', password: 'EXTERNAL_API_PASSWORD' },
);

/** The login at one depot server that differs from the others. */
export function ownLoginQuestion(target: string): Question {
  const names = {
    email: nameForTarget('EXTERNAL_API_EMAIL', target),
    password: nameForTarget('EXTERNAL_API_PASSWORD', target),
  };
  return loginQuestion(`The login at the depot server of ${target}`, 'Ask whoever runs it', names, target);
}

/** The targets whose depot servers refuse a login that others take. */
export function refusedTargets(findings: readonly Finding[]): readonly string[] {
  const taken = findings.some(({ status }) => status === 'pass');
  if (!taken) return [];
  return findings.flatMap((finding) =>
    finding.status === 'fail' && finding.loginRefused && finding.target !== undefined ? [finding.target] : [],
  );
}
