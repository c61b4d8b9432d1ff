import { parse } from 'dotenv';
import type { Environment } from '../../config/settings.ts';
import { givenIn } from '../../config/shapes.ts';
import { locationNames, openInspection } from '../../database/schema/inspect.ts';
import { migrate, pendingMigrations } from '../../database/schema/migrate.ts';
import { ENV_EXAMPLE, MIGRATIONS } from '../../process/runtime.ts';
import { readSettings } from '../doctor/settings-checks.ts';
import { explain } from '../remedies.ts';
import { fillLocations, loginQuestion, refusedTargets, targetQuestion } from './depot-questions.ts';
import {
  type Answers,
  readText,
  remarks,
  replaceFile,
  requireReplaceable,
  withSettings,
} from './env-file.ts';
import { DATABASE, SLACK_QUESTIONS } from './fixed-questions.ts';
import { askWhether, type Question, settle, type Terminal } from './interview.ts';

export type SetupOptions = {
  /** The environment of the process, without the settings of the file. */
  readonly environment: Environment;
  /** The `.env` to write. */
  readonly file: string;
  /** Closed after the last question. */
  readonly terminal: Terminal & { close(): void };
};

/**
 * Asks for the settings that have no usable default, checks each answer as doctor does, and writes `.env` at the end. Migrates if
 * the person wants that, and fills an empty table `locations`. Throws if the file cannot be written.
 */
export async function runSetup(options: SetupOptions): Promise<void> {
  const { environment, file, terminal } = options;
  await requireReplaceable(file);
  const present = await readText(file);
  const text = present ?? (await readText(ENV_EXAMPLE)) ?? '';
  terminal.say(`The settings of usersync go into ${file}. Enter takes what stands in brackets.`);
  terminal.say('Ctrl-C ends this at any time, and that file is as it was then.');

  const known = givenIn({ ...environment, ...givenIn(parse(present ?? '')) });
  const { given, migrated } = await interview(known, terminal);
  const changed = withSettings(text, given);
  terminal.say('');
  const writing = await askWhether(terminal, `Write these settings into ${file}?`, true);
  terminal.close();
  if (!writing) return terminal.say('No settings were written.');
  await replaceFile(file, changed);
  terminal.say(`Written, readable by you alone: ${file}`);

  const http = given['SLACK_MODE'] === 'http';
  const { command } = readSettings({ ...known, ...given }).config.deployment;
  const lines = [...remarks(changed, given, environment), '', ...nextSteps({ migrated, http, command })];
  for (const line of lines) terminal.say(line);
}

/** Asks for every setting without a usable default, and checks each answer. */
async function interview(
  known: Answers,
  terminal: Terminal,
): Promise<{ readonly given: Answers; readonly migrated: boolean }> {
  let given: Answers = {};
  const take = async (question: Question) => {
    const settled = await settle(question, { ...known, ...given }, terminal);
    given = { ...given, ...settled.given };
    return settled.findings;
  };
  for (const question of SLACK_QUESTIONS) await take(question);
  await take(DATABASE);
  const databaseUrl = given['DATABASE_URL'] ?? '';
  const migrated = await offerMigrations(terminal, databaseUrl);
  const locations = await namesOfLocations(databaseUrl);
  await take(targetQuestion(locations));
  if (locations?.length === 0) {
    await fillLocations(terminal, databaseUrl, readSettings({ ...known, ...given }).config.targets);
  }
  for (const target of refusedTargets(await take(loginQuestion()))) {
    const own = await askWhether(terminal, `Has ${target} a login of its own?`, true);
    if (own) await take(loginQuestion(target));
  }
  return { given, migrated };
}

/** Offers to apply the missing migrations. Returns whether the database has all of them afterwards. */
async function offerMigrations(terminal: Terminal, databaseUrl: string): Promise<boolean> {
  const pending = await pendingMigrations(databaseUrl, MIGRATIONS).catch(() => undefined);
  // The check of the database has shown its problems already.
  if (pending === undefined) return false;
  if (pending.length === 0) return true;
  if (!(await askToMigrate(terminal, pending))) return false;
  try {
    const { say } = terminal;
    await terminal.finish((stop) => migrate({ databaseUrl, directory: MIGRATIONS, log: say, stop }));
    return true;
  } catch (error) {
    for (const line of explain(error, databaseUrl)) terminal.say(line);
    return false;
  }
}

function askToMigrate(terminal: Terminal, pending: readonly string[]): Promise<boolean> {
  terminal.say('');
  const lacking = pending.length === 1 ? 'a migration' : `${pending.length} migrations`;
  terminal.say(`The database lacks ${lacking}: ${pending.join(', ')}.`);
  terminal.say(
    'They add tables of their own, and leave users and locations as they are. Make a backup first.',
  );
  return askWhether(terminal, 'Apply them now?', false);
}

/** The names in `locations`; undefined if they cannot be read. */
async function namesOfLocations(databaseUrl: string): Promise<readonly string[] | undefined> {
  try {
    const inspection = await openInspection(databaseUrl);
    return await locationNames(inspection).finally(() => inspection.close());
  } catch {
    // The names only help the person. The check of the database has shown its problems already.
    return undefined;
  }
}

/** The next steps after setup. `command` is the slash command (`SLACK_COMMAND`). */
function nextSteps(of: { migrated: boolean; http: boolean; command: string }): readonly string[] {
  const { migrated, http, command } = of;
  return [
    'What to do next:',
    ...(migrated ? [] : ['  npm run migrate    after a backup of the database']),
    '  npm run doctor     looks at everything once more',
    ...(http ? ['  manifest.yml       says which addresses the Slack app needs in http mode'] : []),
    '  npm run build && npm start',
    `  /invite @${command.slice(1)}  in the channel, then ${command} help`,
  ];
}
