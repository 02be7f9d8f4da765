import { SpillwayError } from '@spillway/protocol';
import { describe, expect, it } from 'vitest';
import { clientKey } from './client-key.ts';
import { RequestRate } from './request-rate.ts';

function outcomes(rate: RequestRate, addresses: readonly string[], now = 0): string[] {
  return addresses.map((address) => {
    try {
      rate.take(address, now);
      return 'taken';
    } catch (error) {
      if (!(error instanceof SpillwayError)) throw error;
      return `${error.code} after ${error.retryAfter}`;
    }
  });
}

describe('RequestRate', () => {
  it('bounds one address, and leaves the others what they have', () => {
    const rate = new RequestRate({ perSecond: 100, perAddressPerSecond: 1 }, 0);
    expect(outcomes(rate, ['10.0.0.1', '10.0.0.1', '10.0.0.1', '10.0.0.2'])).toEqual([
      'taken',
      'taken',
      'too-many after 1',
      'taken',
    ]);
    expect(outcomes(rate, ['10.0.0.1'], 1000)).toEqual(['taken']);
  });

  it('bounds all addresses together', () => {
    const rate = new RequestRate({ perSecond: 1, perAddressPerSecond: 10 }, 0);
    expect(outcomes(rate, ['10.0.0.1', '10.0.0.2', '10.0.0.3'])).toEqual([
      'taken',
      'taken',
      'unavailable after 1',
    ]);
  });

  it('remembers a bounded number of addresses', () => {
    const rate = new RequestRate({ perSecond: 100_000, perAddressPerSecond: 1 }, 0);
    const addresses = Array.from({ length: 20_000 }, (_, n) => `10.${n >> 16}.${(n >> 8) & 255}.${n & 255}`);
    expect(new Set(outcomes(rate, addresses))).toEqual(new Set(['taken']));
    expect(rate.size).toBe(10_000);
  });
});

describe('clientKey', () => {
  it('is the address of IPv4 and the network of IPv6', () => {
    expect(clientKey('192.0.2.1')).toBe('192.0.2.1');
    expect(clientKey('::ffff:192.0.2.1')).toBe('192.0.2.1');
    expect(clientKey('2001:db8:1:2:3:4:5:6')).toBe('2001:db8:1:2');
    expect(clientKey('2001:DB8:1:2::9')).toBe('2001:db8:1:2');
    expect(clientKey('2001:db8::9')).toBe('2001:db8:0:0');
    expect(clientKey('fe80::1%eth0')).toBe('fe80:0:0:0');
    expect(clientKey('::1')).toBe('0:0:0:0');
    expect(clientKey('::')).toBe('0:0:0:0');
  });
});
