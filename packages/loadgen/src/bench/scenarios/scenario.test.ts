import { expect, test } from 'vitest';
import { interleave } from './scenario.ts';

test('variants run in turns, forwards and backwards', async () => {
  const order: string[] = [];
  const results = await interleave(['a', 'b'], 3, async (variant, round) => {
    order.push(variant);
    return `${variant}${round}`;
  });
  expect(order.join('')).toBe('abbaab');
  expect(results.get('a')).toEqual(['a0', 'a1', 'a2']);
});
