import type { Deployment } from '../../config/commands.ts';
import { en, type Texts } from './en.ts';
import { id } from './id.ts';

const CATALOGUES = { en, id } as const satisfies Readonly<Record<string, Texts>>;

/** A language of the bot (`BOT_LANGUAGE`). */
export type Language = keyof typeof CATALOGUES;

export const LANGUAGES: readonly Language[] = ['en', 'id'];

/**
 * The texts for a reader's `locale`, such as `id-ID`; in `fallback` where it is English, unknown, or another: Slack's own interface
 * has no Indonesian, so an English one tells nothing. The texts name the command of `deployment`.
 */
export function textsFor(locale: string | undefined, fallback: Language, deployment?: Deployment): Texts {
  const [spoken = ''] = (locale ?? '').toLowerCase().split(/[-_]/);
  const texts =
    CATALOGUES[LANGUAGES.find((language) => language === spoken && language !== 'en') ?? fallback];
  return deployment === undefined ? texts : { ...texts, deployment };
}
