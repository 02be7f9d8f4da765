import { expect, it } from 'vitest';
import { failureWords, problemWords, spokenProblems } from './problem-words.ts';
import type { StageProblem } from './stage.ts';

const problems: StageProblem[] = [
  'denied',
  'dismissed',
  'busy',
  'missing',
  'over-constrained',
  'insecure',
  'unsupported',
  'failed',
  'lost',
];

it('says what is wrong and how to mend it, for everything that can be', () => {
  for (const capture of ['camera', 'microphone', 'screen'] as const) {
    for (const problem of problems) {
      const words = problemWords(capture, problem);
      expect(words.title).not.toBe(words.mend);
    }
  }
  expect(problemWords('camera', 'denied').title).toBe('cameraDenied');
  expect(problemWords('microphone', 'busy').title).toBe('microphoneBusy');
  expect(problemWords('camera', 'insecure').title).toBe('insecureTitle');
});

it('says once what camera and microphone have in common', () => {
  const titles = (camera: StageProblem, microphone: StageProblem) =>
    spokenProblems(
      new Map([
        ['camera', camera],
        ['microphone', microphone],
      ]),
    ).map(({ words }) => words.title);
  expect(titles('denied', 'denied')).toEqual(['bothDenied']);
  expect(titles('insecure', 'insecure')).toEqual(['insecureTitle']);
  expect(titles('denied', 'missing')).toEqual(['cameraDenied', 'microphoneMissing']);
});

it('has words for failures, known or not', () => {
  expect(failureWords('not-found')).toBe('failNotFound');
  expect(failureWords('something new')).toBe('failOther');
});
