import type { Deployment } from '../../config/commands.ts';
import { en, type Texts } from './en.ts';
import { id } from './id.ts';

const CATALOGUES = { en, id } as const satisfies Readonly<Record<string, Texts>>;

/** A language that the bot speaks (`BOT_LANGUAGE`). */
export type Language = keyof typeof CATALOGUES;

export const LANGUAGES: readonly Language[] = ['en', 'id'];

/**
 * The texts for a reader whose Slack is set to `locale`, such as `id-ID` or `en-GB`; those of `fallback` where the locale is
 * not known, or of another language. English decides nothing: Slack's own interface does not exist in Indonesian, so a reader
 * of Indonesian has mostly an English one. They name the command of `deployment`.
 */
export function textsFor(locale: string | undefined, fallback: Language, deployment?: Deployment): Texts {
  const [spoken = ''] = (locale ?? '').toLowerCase().split(/[-_]/);
  const texts =
    CATALOGUES[LANGUAGES.find((language) => language === spoken && language !== 'en') ?? fallback];
  return deployment === undefined ? texts : { ...texts, deployment };
}
