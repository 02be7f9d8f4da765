import { createSocket } from 'node:dgram';
import { expect, test } from 'vitest';
import { PortAllocator } from './port-allocator.ts';

const HERE = '127.0.0.1';

test('gives even ports with their successors, each once, and goes round', async () => {
  const ports = new PortAllocator({ first: 21_101, last: 21_106 });
  expect(await ports.allocate(HERE)).toEqual({ port: 21_102, rtcpPort: 21_103 });
  ports.release({ port: 21_102, rtcpPort: 21_103 });
  expect(await ports.allocate(HERE)).toEqual({ port: 21_104, rtcpPort: 21_105 });
  expect(await ports.allocate(HERE)).toEqual({ port: 21_102, rtcpPort: 21_103 });
  await expect(ports.allocate(HERE)).rejects.toThrow('No free pair of UDP ports from 21102 to 21106');
});

test('leaves out ports that something is bound to, be it the RTCP port', async () => {
  const ports = new PortAllocator({ first: 21_110, last: 21_113 });
  const socket = createSocket('udp4');
  await new Promise<void>((resolve) => socket.bind(21_111, HERE, resolve));
  try {
    expect((await ports.allocate(HERE)).port).toBe(21_112);
    await expect(ports.allocate('0.0.0.0')).rejects.toThrow();
  } finally {
    socket.close();
  }
});

test('reserves what is in its range and not taken, before anyone who asked in the same turn', async () => {
  const ports = new PortAllocator({ first: 21_120, last: 21_123 });
  const any = ports.allocate(HERE);
  expect(ports.reserve({ port: 21_120, rtcpPort: 21_121 })).toBe(true);
  expect((await any).port).toBe(21_122);
  expect(ports.reserve({ port: 21_120, rtcpPort: 21_121 })).toBe(false);
  expect(ports.reserve({ port: 21_124, rtcpPort: 21_125 })).toBe(false);
  expect(ports.reserve({ port: 21_121, rtcpPort: 21_122 })).toBe(false);
});

test.each([
  { first: 0, last: 10 },
  { first: 5000, last: 70_000 },
  { first: 5001, last: 5002 },
  { first: 6000, last: 5000 },
])('%j is no range', (range) => {
  expect(() => new PortAllocator(range)).toThrow(RangeError);
});
