import type { Deployment } from '../../config/commands.ts';
import { en, type Texts } from './en.ts';
import { id } from './id.ts';

const CATALOGUES = { en, id } as const satisfies Readonly<Record<string, Texts>>;

/** A language of the bot (`BOT_LANGUAGE`). */
export type Language = keyof typeof CATALOGUES;

export const LANGUAGES: readonly Language[] = ['en', 'id'];

/**
 * The texts for a reader whose Slack is set to `locale`, such as `id-ID` or `en-GB`; in `fallback` where the locale is English,
 * unknown, or of another language. An English locale tells nothing: Slack's own interface has no Indonesian, so most readers of
 * Indonesian use it in English. The texts name the command of `deployment`.
 */
export function textsFor(locale: string | undefined, fallback: Language, deployment?: Deployment): Texts {
  const [spoken = ''] = (locale ?? '').toLowerCase().split(/[-_]/);
  const texts =
    CATALOGUES[LANGUAGES.find((language) => language === spoken && language !== 'en') ?? fallback];
  return deployment === undefined ? texts : { ...texts, deployment };
}
