import { expect, it } from 'vitest';
import { meterLevel } from './level-meter.ts';

const tone = (amplitude: number) =>
  Float32Array.from({ length: 1024 }, (_, i) => amplitude * Math.sin(i / 5));

it('is empty in silence, full when loud, and rises between', () => {
  expect(meterLevel(tone(0))).toBe(0);
  expect(meterLevel(tone(1))).toBe(1);
  const quiet = meterLevel(tone(0.01));
  const spoken = meterLevel(tone(0.1));
  expect(quiet).toBeGreaterThan(0.1);
  expect(spoken).toBeGreaterThan(quiet);
  expect(spoken).toBeLessThan(1);
  expect(meterLevel(new Float32Array())).toBe(0);
});
