import type { Layer } from '@spillway/protocol';

/** Words for layers whose sizes are not known, lowest first. */
const ORDINALS = ['low', 'medium', 'high', 'highest'] as const;

function sizeName({ width, height, maxBitrate }: Layer, index: number): string {
  if (width !== undefined && height !== undefined) return `${Math.min(width, height)}p`;
  return maxBitrate ? `${(maxBitrate / 1e6).toFixed(1)} Mbps` : (ORDINALS[index] ?? `${index + 1}`);
}

/**
 * Names of layers for a menu, in their order: by their shorter side, as in `720p`, and by their bit rate too where that
 * alone does not tell them apart.
 */
export function layerNames(layers: readonly Layer[]): string[] {
  const names = layers.map(sizeName);
  return layers.map(({ maxBitrate }, index) => {
    const name = names[index] ?? '';
    const ambiguous = names.indexOf(name) !== names.lastIndexOf(name);
    return ambiguous && maxBitrate && name.endsWith('p')
      ? `${name} ${(maxBitrate / 1e6).toFixed(1)} Mbps`
      : name;
  });
}
