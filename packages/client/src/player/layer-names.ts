import type { Layer } from '@spillway/protocol';

/** Words for layers whose sizes are not known. */
export interface LayerWords {
  readonly low: string;
  readonly medium: string;
  readonly high: string;
}

const megabits = (bitrate: number) => `${(bitrate / 1e6).toFixed(1)} Mbps`;

/** By its place: low, medium, high; of several in the middle `medium 1`, `medium 2`. */
function placeName(index: number, count: number, { low, medium, high }: LayerWords): string {
  if (index === count - 1) return high;
  if (index === 0) return low;
  return count > 3 ? `${medium} ${index}` : medium;
}

/**
 * Names of layers for a menu, in their order: by their shorter side, as in `720p`, and by their bit rate too where that
 * alone does not tell them apart; in words where nobody knows their sizes.
 */
export function layerNames(layers: readonly Layer[], words: LayerWords): string[] {
  const sizes = layers.map(({ width, height }) =>
    width === undefined || height === undefined ? undefined : `${Math.min(width, height)}p`,
  );
  return layers.map(({ maxBitrate }, index) => {
    const size = sizes[index];
    if (size === undefined) return placeName(index, layers.length, words);
    const ambiguous = sizes.indexOf(size) !== sizes.lastIndexOf(size);
    return ambiguous && maxBitrate ? `${size} ${megabits(maxBitrate)}` : size;
  });
}
