import { expect, test } from 'vitest';
import { intervalWith } from '../test-support/intervals.ts';
import { feedbackResult } from './feedback.ts';

test('variants are compared with the first one, round by round', () => {
  const round = (workerMicros: number) => ({ measured: intervalWith({ workerMicros }), memory: 150_000 });
  const { tables } = feedbackResult([
    { name: 'RTX', rounds: [round(8), round(16)] },
    { name: 'transport-cc, RTX', rounds: [round(12), round(24)] },
  ]);
  expect(tables[0]?.rows).toEqual([
    ['RTX', '12.0', '1.00', '150 kB'],
    ['transport-cc, RTX', '18.0', '1.50', '150 kB'],
  ]);
});
