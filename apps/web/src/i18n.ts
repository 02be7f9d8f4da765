import { type Dictionary, preferredLanguage, type Translate, translator } from '@spillway/client';

/** The language of this page: the browser's, as far as there are texts in it. */
export const language = preferredLanguage();

document.documentElement.lang = language;

/**
 * Texts of a page in its language. Each page has a dictionary of its own, `texts.ts` in its folder.
 *
 * @example
 * export const t = pageTexts({ en: { title: 'Studio' }, zh: { title: '直播间' } });
 */
export function pageTexts<Key extends string>(dictionary: Dictionary<Key>): Translate<Key> {
  return translator(dictionary, language);
}
