import { SpillwayError } from '@spillway/protocol';
import { SdpError } from '@spillway/sdp';
import { expect, it } from 'vitest';
import { counterTo, takesOffer } from './counter.ts';

it.each([
  [undefined, true],
  ['*/*', true],
  ['application/*', true],
  ['application/sdp', true],
  ['application/sdp, application/problem+json', true],
  ['application/problem+json, application/sdp', false],
  ['application/problem+json, */*;q=0.1', false],
  ['application/problem+json', false],
  ['application/json', false],
  ['text/html', false],
])('a client that accepts %s takes an offer: %s', (accept, expected) => {
  expect(takesOffer(accept)).toBe(expected);
});

it('counters only what is not acceptable, and what it can', async () => {
  const taken = new SdpError('not-acceptable', 'no');
  const counter = async () => 'offer';
  expect(await counterTo(taken, undefined, counter)).toBe('offer');
  expect(await counterTo(new SpillwayError('not-acceptable', 'no'), undefined, counter)).toBe('offer');
  await expect(counterTo(taken, 'application/problem+json', counter)).rejects.toBe(taken);
  const malformed = new SdpError('malformed', 'no');
  await expect(counterTo(malformed, undefined, counter)).rejects.toBe(malformed);
  const full = async () => {
    throw new SpillwayError('unavailable', 'full');
  };
  await expect(counterTo(taken, undefined, full)).rejects.toBe(taken);
});
