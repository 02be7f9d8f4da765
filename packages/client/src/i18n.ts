/** Languages of the pages and the player. */
export type Language = 'en' | 'zh';

/** The same texts in every language. `{name}` in a text is a place for a value. */
export type Dictionary<Key extends string> = Record<Language, Record<Key, string>>;

/** Gives the text of a key, its places filled with `values`. */
export type Translate<Key extends string> = (key: Key, values?: Record<string, string | number>) => string;

/** The first of the wanted languages (BCP 47 tags, best first) that there are texts in; English otherwise. */
export function preferredLanguage(wanted: readonly string[] = navigator.languages): Language {
  for (const tag of wanted) {
    const [language] = tag.toLowerCase().split('-');
    if (language === 'zh' || language === 'en') return language;
  }
  return 'en';
}

/**
 * A function that gives the texts of a dictionary in one language.
 *
 * @example
 * const t = translator({ en: { hello: 'Hello {name}' }, zh: { hello: '你好，{name}' } });
 * t('hello', { name: 'Ada' });
 */
export function translator<Key extends string>(
  dictionary: Dictionary<Key>,
  language: Language = preferredLanguage(),
): Translate<Key> {
  const texts = dictionary[language];
  return (key, values = {}) =>
    texts[key].replace(/\{(\w+)\}/g, (place, name: string) => String(values[name] ?? place));
}
