import { expect, it } from 'vitest';
import { whipUrlFault } from './destination.ts';

it.each([
  ['', 'https:', 'whipUrlEmpty'],
  ['demo', 'https:', 'whipUrlInvalid'],
  ['rtmp://host/live', 'https:', 'whipUrlInvalid'],
  ['https://', 'https:', 'whipUrlInvalid'],
  ['http://host/whip/demo', 'https:', 'whipUrlInsecure'],
  ['http://localhost:8889/demo/whip', 'https:', undefined],
  ['http://host/whip/demo', 'http:', undefined],
  ['https://host/rtc/v1/whip/?app=live&stream=x', 'https:', undefined],
])('%s on a page of %s: %s', (url, protocol, fault) => {
  expect(whipUrlFault(url, protocol)).toBe(fault);
});
