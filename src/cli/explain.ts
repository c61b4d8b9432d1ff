import { ConfigError } from '../config/config.ts';
import { problemLine } from '../config/conflicts.ts';
import { DatabaseRefusalError } from '../database/schema/single-connection.ts';
import { MissingScopesError, OrgWideInstallError, SlackLoginError } from '../slack/connect/connection.ts';
import { databaseRemedy } from './doctor/database-remedy.ts';
import { oneLine, sentence } from './doctor/finding.ts';
import { NEW_TOKEN, noAnswer, ONE_WORKSPACE, REINSTALL } from './doctor/slack-reply.ts';

/** The first steps for a new operator. */
const FIRST_STEPS = [
  'usersync is not set up yet. What to do:',
  '  npm run demo      shows the whole job on this machine, without any account',
  '  manifest.yml      creates the Slack app: https://api.slack.com/apps, "Create New App", "From a manifest"',
  '  npm run setup     asks for each setting, tests it, and writes .env',
  '  npm run doctor    checks everything and says what is still missing',
  '  npm start         starts the bot (after npm run build)',
  '',
];

/** Explains to the operator why a command cannot go on, and what to do. Without stack and secrets. */
export function explain(error: unknown, databaseUrl: string | undefined): readonly string[] {
  if (error instanceof ConfigError) {
    return [
      ...(error.untouched ? FIRST_STEPS : []),
      'usersync cannot start. Set these in the environment or in .env (see .env.example):',
      ...error.problems.map((each) => `  ${problemLine(each)}`),
    ];
  }
  if (error instanceof DatabaseRefusalError && databaseUrl !== undefined) {
    const remedy = databaseRemedy(error, databaseUrl);
    return [oneLine(`The database at DATABASE_URL cannot be used: ${sentence(error.message)} ${remedy}`)];
  }
  if (error instanceof SlackLoginError) {
    const { setting, reply } = error;
    const { detail, todo } = noAnswer(reply, NEW_TOKEN[setting]);
    return [oneLine(`${reply.outcome === 'refused' ? `${setting}: ` : ''}${sentence(detail)} ${todo}`)];
  }
  if (error instanceof OrgWideInstallError) return [`${error.message}. ${ONE_WORKSPACE}`];
  if (error instanceof MissingScopesError) return [`${error.message}. ${REINSTALL}`];
  return [error instanceof Error ? error.message : String(error)];
}
