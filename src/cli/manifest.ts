import { manifestSettings } from '../config/config.ts';
import type { Environment } from '../config/settings.ts';
import { manifestOf } from '../slack/connect/manifest.ts';

export const MANIFEST_USAGE =
  'manifest knows one option: --address https://bot.example.com, where Slack reaches the bot in http mode';

/**
 * The manifest of the Slack app for these settings; all of them may still be missing. Undefined for unknown options. Throws
 * `ConfigError`.
 */
export function manifestFor(environment: Environment, args: readonly string[]): string | undefined {
  const [option, address = '', ...others] = args;
  const settings = manifestSettings(environment);
  if (option === undefined) return manifestOf({ ...settings, address: undefined });
  if (option !== '--address' || others.length > 0 || !/^https:\/\/[^\s/]+\/?$/.test(address))
    return undefined;
  return manifestOf({ ...settings, mode: 'http', address: address.replace(/\/$/, '') });
}
