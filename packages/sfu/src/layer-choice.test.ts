import fc from 'fast-check';
import { expect, it } from 'vitest';
import { firstChoice, type LayerChoice, nextChoice, type PathSample } from './layer-choice.ts';

const good: PathSample = { sent: 300, lost: 0, roundTripTime: 30 };
const lossy: PathSample = { sent: 300, lost: 45, roundTripTime: 30 };

/** Plays samples, one every two seconds, and gives the layer after each. */
function play(samples: readonly PathSample[], from: LayerChoice = firstChoice(2, 0), start = 0) {
  let choice = from;
  const layers = samples.map((sample, index) => {
    choice = nextChoice(choice, sample, 2, start + (index + 1) * 2000);
    return choice.layer;
  });
  return { choice, layers };
}

const times = (count: number, sample: PathSample) => Array.from({ length: count }, () => sample);

it('stays at the top of a good path', () => {
  expect(new Set(play(times(100, good)).layers)).toEqual(new Set([2]));
});

it('goes down one layer at a time while packets are lost, and stays at the lowest', () => {
  expect(play(times(6, lossy)).layers).toEqual([2, 1, 1, 0, 0, 0]);
});

it('goes to the lowest at once when a third is lost', () => {
  expect(play(times(3, { sent: 300, lost: 150, roundTripTime: 30 })).layers).toEqual([2, 0, 0]);
});

it('goes down when the queue grows, before anything is lost', () => {
  const full = { ...good, roundTripTime: 600 };
  expect(play([good, full, full]).layers).toEqual([2, 1, 1]);
});

it('takes a long way for what it is', () => {
  const far = { ...good, roundTripTime: 700 };
  expect(new Set(play(times(50, far)).layers)).toEqual(new Set([2]));
});

it('tries the next layer after the path was good for a while, each time more patiently', () => {
  const down = play(times(4, lossy)).choice;
  expect(down.layer).toBe(0);
  const firstTry = play(times(10, good), down, 8000);
  expect(firstTry.layers).toEqual([0, 0, 0, 1, 1, 1, 1, 2, 2, 2]);
  const regretted = play([lossy], firstTry.choice, 28_000).choice;
  expect(regretted).toMatchObject({ layer: 1, patience: 16_000 });
  expect(play(times(8, good), regretted, 30_000).layers.lastIndexOf(1)).toBe(6);
});

it('neither goes up nor down at losses that can be mended', () => {
  const down = play(times(2, lossy)).choice;
  const mended = { sent: 300, lost: 12, roundTripTime: 30 };
  expect(new Set(play(times(100, mended), down, 4000).layers)).toEqual(new Set([1]));
});

it('concludes nothing from silence', () => {
  expect(new Set(play(times(50, { sent: 0, lost: 0, roundTripTime: undefined })).layers)).toEqual(
    new Set([2]),
  );
});

it('never leaves the layers that there are', () => {
  const sample = fc.record({
    sent: fc.nat(1000),
    lost: fc.nat(1000),
    roundTripTime: fc.option(fc.nat(2000), { nil: undefined }),
  });
  fc.assert(
    fc.property(fc.array(sample, { maxLength: 100 }), fc.integer({ min: 0, max: 3 }), (samples, highest) => {
      let choice = firstChoice(highest, 0);
      for (const [index, each] of samples.entries()) {
        choice = nextChoice(choice, each, highest, index * 2000);
        expect(choice.layer).toBeGreaterThanOrEqual(0);
        expect(choice.layer).toBeLessThanOrEqual(highest);
      }
    }),
  );
});
