import type { Layer } from '@spillway/protocol';

/**
 * Names of layers for a menu, in their order: by their shorter side, as in `720p`, and by their bit rate too where that
 * alone does not tell them apart.
 */
export function layerNames(layers: readonly Layer[]): string[] {
  const heights = layers.map(({ width, height }) => `${Math.min(width, height)}p`);
  return layers.map(({ maxBitrate }, index) => {
    const name = heights[index] ?? '';
    const ambiguous = heights.indexOf(name) !== heights.lastIndexOf(name);
    return ambiguous && maxBitrate ? `${name} ${(maxBitrate / 1e6).toFixed(1)} Mbps` : name;
  });
}
