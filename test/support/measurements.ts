import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { artifactFile } from './artifacts.ts';

/** Something that was measured. No test passes or fails by it: the machine may be busy. */
interface Measurement {
  readonly what: string;
  readonly value: number;
  readonly unit: 'ms' | 'cores' | 'MB';
}

const file = artifactFile('source-times', 'json');

/** Prints what was measured of a source, and keeps the latest value of it in `test/artifacts/source-times.json`. */
export function keepMeasurement(what: string, value: number, unit: Measurement['unit']): void {
  const rounded = unit === 'cores' ? Math.round(value * 1000) / 1000 : Math.round(value);
  process.stdout.write(`      ${what}: ${rounded} ${unit}\n`);
  // Files run one after the other, each in a process of its own.
  const kept: Measurement[] = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : [];
  const others = kept.filter((each) => each.what !== what);
  writeFileSync(file, `${JSON.stringify([...others, { what, value: rounded, unit }], null, 2)}\n`);
}

/** Milliseconds since it was made. */
export function stopwatch(): () => number {
  const start = performance.now();
  return () => performance.now() - start;
}
