import { expect, it } from 'vitest';
import { failureWords, problemWords } from './problem-words.ts';
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

it('has words for failures, known or not', () => {
  expect(failureWords('not-found')).toBe('failNotFound');
  expect(failureWords('something new')).toBe('failOther');
});
