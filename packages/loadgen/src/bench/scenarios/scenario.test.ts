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

test('a run that fails is made once more, a stopped one is not', async () => {
  let tries = 0;
  const failing = (name: string) =>
    interleave(['a'], 1, async () => {
      tries += 1;
      throw Object.assign(new Error('lost'), { name });
    });
  await expect(failing('Error')).rejects.toThrow('lost');
  expect(tries).toBe(2);
  await expect(failing('AbortError')).rejects.toThrow('lost');
  expect(tries).toBe(3);
  const mended = await interleave(['a'], 1, async () => {
    tries += 1;
    if (tries === 4) throw new Error('lost');
    return tries;
  });
  expect(mended.get('a')).toEqual([5]);
});
