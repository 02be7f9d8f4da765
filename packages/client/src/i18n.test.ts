import { expect, test } from 'vitest';
import { preferredLanguage, translator } from './i18n.ts';

const dictionary = {
  en: { hello: 'Hello {name}, {name}', plain: 'Plain' },
  zh: { hello: '你好，{name}', plain: '纯' },
};

test.each([
  [['zh-Hans-CN', 'en'], 'zh'],
  [['fr', 'zh-TW', 'en'], 'zh'],
  [['en-GB', 'zh'], 'en'],
  [['fr', 'de'], 'en'],
  [[], 'en'],
])('of %j the language is %s', (wanted, language) => {
  expect(preferredLanguage(wanted)).toBe(language);
});

test('fills places with values', () => {
  expect(translator(dictionary, 'en')('hello', { name: 'Ada' })).toBe('Hello Ada, Ada');
  expect(translator(dictionary, 'zh')('hello', { name: 'Ada' })).toBe('你好，Ada');
  expect(translator(dictionary, 'en')('hello')).toBe('Hello {name}, {name}');
});
