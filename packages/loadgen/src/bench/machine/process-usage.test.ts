import { expect, test } from 'vitest';
import { descriptorsOf, residentBytes, usageOf } from './process-usage.ts';

test('CPU time and memory of this process agree with what it knows of itself', () => {
  const before = usageOf(process.pid);
  const own = process.cpuUsage();
  let spun = 0;
  while (process.cpuUsage(own).user < 50_000) spun += 1;
  expect(spun).toBeGreaterThan(0);
  const after = usageOf(process.pid);
  const { user, system } = process.cpuUsage(own);
  expect(after.cpuSeconds - before.cpuSeconds).toBeGreaterThan(0.02);
  expect(after.cpuSeconds - before.cpuSeconds).toBeLessThan((user + system) / 1e6 + 0.1);
  expect(after.memory / process.memoryUsage().rss).toBeGreaterThan(0.5);
  expect(after.memory / process.memoryUsage().rss).toBeLessThan(2);
});

test('descriptors are counted', () => {
  const { all, sockets } = descriptorsOf(process.pid);
  expect(all).toBeGreaterThan(2);
  expect(sockets).toBeLessThanOrEqual(all);
});

test("resident memory is read from the kernel's text", () => {
  expect(residentBytes('Name:\tnode\nVmRSS:\t    2048 kB\nThreads:\t3\n')).toBe(2 * 2 ** 20);
  expect(residentBytes('Name:\tkthread\n')).toBeNaN();
});
