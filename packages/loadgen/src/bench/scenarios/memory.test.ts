import { expect, test } from 'vitest';
import { type Holding, type MemoryRun, memoryResult } from './memory.ts';

function holding(
  viewers: number,
  part: { heap?: number; descriptors?: number; transports?: number } = {},
): Holding {
  const { heap = 50e6 + 30_000 * viewers, descriptors = 30 + viewers, transports = 1 + viewers } = part;
  return {
    viewers,
    node: 200e6,
    workers: 20e6 + 100_000 * viewers,
    descriptors,
    probe: {
      heap,
      external: 1e6,
      handles: { TCPSocketWrap: viewers },
      mediasoup: { workers: 1, routers: 1, transports, producers: 1, consumers: viewers },
    },
  };
}

function run(after: Holding): MemoryRun {
  return {
    kind: 'spillway',
    empty: holding(0),
    steps: [50, 100, 200].map((viewers) => holding(viewers)),
    after,
  };
}

test('a viewer takes what grows with viewers, in Node and the worker together', () => {
  const [perViewer, back] = memoryResult([run(holding(0))]).targets;
  expect(perViewer).toMatchObject({ measured: '130 kB', met: true });
  expect(back?.met).toBe(true);
});

test.each([
  ['heap', holding(0, { heap: 60e6 })],
  ['descriptors', holding(0, { descriptors: 31 })],
  ['transports', holding(0, { transports: 2 })],
])('%s that do not come back are told', (_, after) => {
  expect(memoryResult([run(after)]).targets[1]?.met).toBe(false);
});

test('a result needs the server', () => {
  expect(() => memoryResult([])).toThrow(/not measured/);
});
