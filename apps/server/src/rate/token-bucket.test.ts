import { expect, it } from 'vitest';
import { TokenBucket } from './token-bucket.ts';

it('lets a burst of twice the rate pass, then the rate', () => {
  const bucket = new TokenBucket(5, 0);
  const taken = (now: number, tries: number) =>
    Array.from({ length: tries }, () => bucket.take(now)).filter(Boolean).length;
  expect(taken(0, 20)).toBe(10);
  expect(taken(1000, 20)).toBe(5);
  expect(taken(60_000, 20)).toBe(10);
});
