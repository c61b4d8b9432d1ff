import type { z } from 'zod';
import { ConfigError } from './config.ts';
import type { Deployment } from './deployment.ts';
import { type Environment, settings } from './settings.ts';
import type { Transport } from './slack.ts';

/** `DATABASE_URL` alone, for commands that need nothing else. Throws `ConfigError`. */
export function databaseUrlOf({ DATABASE_URL }: Environment): string {
  return orThrow(settings.pick({ DATABASE_URL: true }).safeParse({ DATABASE_URL })).DATABASE_URL;
}

const OF_MANIFEST = { SLACK_COMMAND: true, DEPLOYMENT_LABEL: true, SLACK_MODE: true } as const;

/** The settings that the manifest of the Slack app depends on, before the app is there. Throws `ConfigError`. */
export function manifestSettings(environment: Environment): Deployment & { mode: Transport['mode'] } {
  const env = Object.fromEntries(Object.entries(environment).filter(([, value]) => value?.trim()));
  const values = orThrow(settings.pick(OF_MANIFEST).safeParse(env));
  const secretAlone = env['SLACK_SIGNING_SECRET'] !== undefined && env['SLACK_APP_TOKEN'] === undefined;
  const { SLACK_COMMAND: command, DEPLOYMENT_LABEL: label, SLACK_MODE: mode } = values;
  return { command, label, mode: mode ?? (secretAlone ? 'http' : 'socket') };
}

function orThrow<T>(parsed: z.ZodSafeParseResult<T>): T {
  if (parsed.success) return parsed.data;
  const { issues } = parsed.error;
  throw new ConfigError(issues.map(({ path, message }) => ({ setting: path.join('.'), problem: message })));
}
