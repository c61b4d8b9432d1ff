import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'dotenv';
import { partsOf } from '../../src/cli/setup/fixed-questions.ts';
import { runSetup } from '../../src/cli/setup/setup.ts';
import type { Environment } from '../../src/config/settings.ts';
import { type DoctorWorld, startDoctorWorld } from '../integration/cli/support/doctor-world.ts';
import { type Script, scriptedTerminal } from './scripted-terminal.ts';

/** What is answered to setup, in its order; each part takes one step, or two. */
export type Parts = Readonly<
  Record<'token' | 'delivery' | 'people' | 'database' | 'targets' | 'login' | 'write', Script>
>;

export type SetupWorld = DoctorWorld & {
  /** The `.env` that is written; there is none at first. */
  readonly file: string;
  /** Right answers, from nothing to the written file. */
  readonly right: Parts;
  /** Goes through setup by a script. Returns what stood on the terminal. Throws where another question came. */
  follow(script: Script, environment?: Environment): Promise<string>;
  /** The same with the right answers, but for some of them. */
  answer(otherwise?: Partial<Parts>, environment?: Environment): Promise<string>;
  /** The settings that were written. */
  written(): Promise<Record<string, string>>;
  /** Removes the file. */
  forget(): Promise<void>;
};

/** Everything that setup asks for, in order, and a folder of its own. */
export async function startSetupWorld(): Promise<SetupWorld> {
  const world = await startDoctorWorld();
  const folder = await mkdtemp(join(tmpdir(), 'usersync-setup-'));
  const file = join(folder, '.env');
  const right = rightAnswers(world);
  const follow: SetupWorld['follow'] = async (script, environment = {}) => {
    const terminal = scriptedTerminal(script);
    const known = { SLACK_API_URL: world.slack.apiUrl, ...environment };
    await runSetup({ environment: known, file, terminal });
    if (terminal.left() > 0) throw new Error(`${terminal.left()} answers were not asked for`);
    return terminal.transcript();
  };
  return {
    ...world,
    file,
    right,
    follow,
    answer: (otherwise = {}, environment) =>
      follow(Object.values({ ...right, ...otherwise }).flat(), environment),
    written: async () => parse(await readFile(file, 'utf8')),
    forget: () => rm(file, { force: true }),
    stop: async () => {
      await rm(folder, { recursive: true });
      await world.stop();
    },
  };
}

function rightAnswers({ slack, database }: DoctorWorld): Parts {
  return {
    token: [['SLACK_BOT_TOKEN (hidden)', slack.botToken]],
    delivery: [
      ['SLACK_MODE [socket]', ''],
      ['SLACK_APP_TOKEN (hidden)', slack.appToken],
    ],
    people: [
      ['SLACK_CHANNEL_IDS:', 'C0DEVSUP01'],
      ['SLACK_ADMIN_USER_IDS:', 'U0ADMIN001, U0ADMIN002'],
    ],
    database: databaseAnswers(database.url),
    targets: [['SYNC_TARGETS [dev,test,prod]', '']],
    login: [
      ['EXTERNAL_API_EMAIL:', 'admin@example.com'],
      ['EXTERNAL_API_PASSWORD (hidden)', 'correct_password'],
    ],
    write: [['Write these settings', '']],
  };
}

/** The answers that make this URL. */
export function databaseAnswers(url: string): Script {
  const { host, port, database, user, password } = partsOf(url);
  return [
    ['Host [127.0.0.1]', host],
    ['Port [3306]', port],
    ['Database [laravel]', database],
    ['User [usersync]', user],
    ['Password (- for none) (hidden)', password],
  ];
}

/** Answers to the question that follows a wrong answer. */
export const AGAIN: Script = [['Keep it all the same? [y/N]', '']];
export const KEPT: Script = [['Keep it all the same? [y/N]', 'y']];
