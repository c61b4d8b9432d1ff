import { fileURLToPath } from 'node:url';
import { config as loadEnvFile } from 'dotenv';
import { startApp } from './app.ts';
import { ConfigError, databaseUrlOf, parseConfig } from './config.ts';
import { openDatabase } from './database/client.ts';
import { migrate, pendingMigrations } from './database/migrate.ts';
import { MigrationError } from './database/migrations.ts';
import { verifyAudit } from './database/verify-audit.ts';
import { runDoctor } from './doctor.ts';
import { createLogger } from './logger.ts';
import { keepHeapSmall } from './memory.ts';
import { SlackLoginError } from './slack/app.ts';
import { outliveStrayRejections } from './unhandled.ts';

const MIGRATIONS = fileURLToPath(new URL('../prisma/migrations', import.meta.url));

const say = (line: string) => process.stdout.write(`${line}\n`);

/** Ends the process with what an operator has to do, one line each. */
function giveUp(lines: readonly string[]): never {
  process.stderr.write(`${lines.join('\n')}\n`);
  process.exit(1);
}

async function runMigrations(): Promise<void> {
  const databaseUrl = databaseUrlOf(process.env);
  const { applied } = await migrate({ databaseUrl, directory: MIGRATIONS, log: say });
  say(applied.length === 0 ? 'The database is up to date.' : `${applied.length} migrations applied.`);
}

async function runBot(): Promise<void> {
  keepHeapSmall();
  const config = parseConfig(process.env);
  const logger = createLogger(config.logLevel, { pretty: process.stdout.isTTY });
  outliveStrayRejections(logger);
  const missing = await pendingMigrations(config.databaseUrl, MIGRATIONS);
  if (missing.length > 0) {
    giveUp([`The database lacks the migrations ${missing.join(', ')}. Run: npm run migrate`]);
  }
  const starting = startApp(config, logger);
  let stopping = false;
  // From the beginning: a signal that comes while the bot starts ends it as soon as it has started.
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.on(signal, () => {
      if (stopping) return;
      stopping = true;
      logger.info({ signal }, 'stopping');
      const stopped = starting.then((app) => app.stop());
      stopped.then(
        () => process.exit(0),
        (error: unknown) => {
          logger.error({ err: error }, 'the stop went wrong');
          process.exit(1);
        },
      );
    });
  }
  await starting;
}

async function runAuditVerification(): Promise<void> {
  const db = openDatabase(databaseUrlOf(process.env));
  try {
    const verdict = await verifyAudit(db);
    if (verdict.outcome === 'broken') {
      giveUp([`BROKEN at row ${verdict.seq} of audit_logs: ${verdict.why}. Compare with a backup.`]);
    }
    say(`The audit chain is whole: ${verdict.rows} rows.`);
  } finally {
    await db.$disconnect();
  }
}

/** What an operator is told of an error at the start. */
function explain(error: unknown): readonly string[] {
  if (error instanceof ConfigError) {
    return [
      'usersync cannot start. Set these in the environment or in .env (see .env.example):',
      ...error.problems.map((problem) => `  ${problem}`),
    ];
  }
  if (error instanceof MigrationError) return [error.message];
  if (error instanceof SlackLoginError) {
    return [`Slack does not accept SLACK_BOT_TOKEN, or cannot be reached: ${error.message}`];
  }
  const message = error instanceof Error ? error.message : String(error);
  const database = typeof error === 'object' && error !== null && 'sqlState' in error;
  return [database ? `The database at DATABASE_URL cannot be used: ${message.split('\n')[0]}` : message];
}

const COMMANDS: Readonly<Record<string, () => Promise<void>>> = {
  start: runBot,
  migrate: runMigrations,
  'audit:verify': runAuditVerification,
  doctor: async () => {
    const options = { environment: process.env, migrations: MIGRATIONS, args: process.argv.slice(3), say };
    process.exit((await runDoctor(options)) ? 0 : 1);
  },
};

loadEnvFile({ quiet: true });
const command = COMMANDS[process.argv[2] ?? 'start'];
if (command === undefined) giveUp([`Unknown command. Known: ${Object.keys(COMMANDS).join(', ')}`]);
command().catch((error: unknown) => giveUp(explain(error)));
