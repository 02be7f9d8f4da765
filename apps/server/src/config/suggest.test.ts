import { describe, expect, it } from 'vitest';
import { nearest } from './suggest.ts';

const keys = ['port', 'host', 'trustProxy', 'corsOrigins'];

describe('nearest', () => {
  it.each([
    ['prot', 'port'],
    ['hots', 'host'],
    ['trust_proxy', 'trustProxy'],
    ['CORS-origin', 'corsOrigins'],
    ['httpPort', 'port'],
  ])('%s means %s', (word, meant) => expect(nearest(word, keys)).toBe(meant));

  it('says nothing when nothing is near', () => {
    expect(nearest('banana', keys)).toBeUndefined();
    expect(nearest('', keys)).toBeUndefined();
    expect(nearest('x'.repeat(10_000), keys)).toBeUndefined();
  });
});
