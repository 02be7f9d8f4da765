import { expect, test } from 'vitest';
import { freeSubnet, staleNamespaces } from './veth-names.ts';

test('a network that the machine has already is left out', () => {
  expect(freeSubnet(259, [])).toMatchObject({ near: '198.18.3.1', far: '198.18.3.2' });
  expect(freeSubnet(259, [{ address: '198.18.3.1' }])).toMatchObject({ near: '198.18.4.1' });
});

test('the names of devices are short enough for the kernel', () => {
  const { device, peer } = freeSubnet(4_194_304, []);
  expect(Math.max(device.length, peer.length)).toBeLessThanOrEqual(15);
});

test('only what a benchmark left that has ended is stale', () => {
  const names = ['spillway-bench-1', 'spillway-bench-2', 'spillway-bench-x', 'other', ''];
  expect(staleNamespaces(names, (pid) => pid === 2)).toEqual(['spillway-bench-1']);
});
