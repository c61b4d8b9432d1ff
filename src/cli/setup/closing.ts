import { parse } from 'dotenv';
import type { Environment } from '../../config/settings.ts';
import { readSettings } from '../doctor/settings-check.ts';
import type { Answers } from './terminal.ts';

/** The problems that are left once `.env` is written, one line each. `text` is the text of the file. */
export function remarks(text: string, given: Answers, environment: Environment): readonly string[] {
  const shadowed = Object.entries(given).filter(
    ([name, value]) => environment[name] && environment[name] !== value,
  );
  const wrong = readSettings({ ...parse(text), ...environment }).findings.filter(
    ({ status }) => status === 'fail',
  );
  return [
    ...shadowed.map(
      ([name]) => `${name} is set in the environment as well, which goes before .env: unset it there.`,
    ),
    ...wrong.map(({ detail }) => `Not right yet: ${detail}`),
  ];
}

/** The next steps after setup. */
export function nextSteps({
  migrated,
  http,
  command,
}: {
  readonly migrated: boolean;
  readonly http: boolean;
  /** The slash command (`SLACK_COMMAND`). */
  readonly command: string;
}): readonly string[] {
  return [
    'What to do next:',
    ...(migrated ? [] : ['  npm run migrate    after a backup of the database']),
    '  npm run doctor     looks at everything once more',
    ...(http ? ['  manifest.yml       says which addresses the Slack app needs in http mode'] : []),
    '  npm run build && npm start',
    `  /invite @${command.slice(1)}  in the channel, then ${command} help`,
  ];
}
