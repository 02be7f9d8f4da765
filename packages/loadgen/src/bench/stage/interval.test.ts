import { expect, test } from 'vitest';
import type { FleetSample } from '../../fleet/sample.ts';
import { Tally } from '../../fleet/tally.ts';
import { LogHistogram } from '../../meter/log-histogram.ts';
import { interval, type Snapshot, timesBetween, totalMicros } from './interval.ts';

function fleetAt(seconds: number, packets: number, lost: number): FleetSample {
  const sample = new Tally().sample(1e6 * seconds, 2 * seconds);
  return { ...sample, video: { ...sample.video, packets, lost } };
}

function snapshot(seconds: number, packets: number, lost: number, cpu: readonly number[]): Snapshot {
  return {
    fleet: fleetAt(seconds, packets, lost),
    node: { cpuSeconds: seconds / 100, memory: 0 },
    workers: cpu.map((cpuSeconds) => ({ cpuSeconds, memory: 0 })),
    machine: { total: 200 * seconds, idle: 100 * seconds, steal: 0 },
  };
}

test('CPU is told a packet of all viewers, though only some count theirs', () => {
  const before = snapshot(10, 1000, 1, [1, 1]);
  const after = snapshot(20, 26_000, 3, [1.5, 1.25]);
  const found = interval(before, after, 4);
  expect(found).toMatchObject({ seconds: 10, packets: 100_000, lost: 2, saturated: false });
  expect(found.workerMicros).toBeCloseTo(7.5);
  expect(found.nodeMicros).toBeCloseTo(1);
  expect(totalMicros(found)).toBeCloseTo(8.5);
  expect(found.workerCores).toBeCloseTo(0.075);
  expect(found.eachWorkerCores.map((cores) => cores.toFixed(3))).toEqual(['0.050', '0.025']);
  expect(found.generatorCores).toBeCloseTo(2);
});

test('times are those of the interval alone', () => {
  const histogram = new LogHistogram();
  for (let count = 0; count < 100; count += 1) histogram.record(50_000);
  const before = histogram.data;
  for (let count = 0; count < 100; count += 1) histogram.record(1000);
  const found = timesBetween(before, histogram.data);
  expect(found.max).toBeLessThan(0.0011);
  expect(found.p50).toBeGreaterThan(0.0009);
  expect(timesBetween(before, before).p50).toBeNaN();
});
