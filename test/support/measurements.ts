import { appendFileSync } from 'node:fs';
import { artifactFile } from './artifacts.ts';

/** Something that was measured. No test passes or fails by it: the machine may be busy. */
interface Measurement {
  readonly what: string;
  readonly value: number;
  readonly unit: 'ms' | 'cores' | 'MB';
  /** ISO 8601. */
  readonly at: string;
}

const file = artifactFile('measurements', 'jsonl');

/** Prints what was measured, and adds it to `test/artifacts/measurements.jsonl`. */
export function keepMeasurement(what: string, value: number, unit: Measurement['unit']): void {
  const rounded = unit === 'cores' ? Math.round(value * 1000) / 1000 : Math.round(value);
  process.stdout.write(`      ${what}: ${rounded} ${unit}\n`);
  const measurement: Measurement = { what, value: rounded, unit, at: new Date().toISOString() };
  appendFileSync(file, `${JSON.stringify(measurement)}\n`);
}

/** Milliseconds since it was made. */
export function stopwatch(): () => number {
  const start = performance.now();
  return () => performance.now() - start;
}
