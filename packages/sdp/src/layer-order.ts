import type { Writer } from './writer.ts';

/** A layer as an offer names it. */
export interface NamedLayer {
  readonly rid: string;
  readonly width?: number;
  readonly height?: number;
  readonly maxBitrate?: number;
}

/** Names that say which is lower. */
const families = [
  ['q', 'h', 'f'],
  ['l', 'm', 'h'],
  ['low', 'mid', 'high'],
  ['low', 'medium', 'high'],
  ['lo', 'hi'],
  ['low', 'high'],
];

/**
 * Sorts the layers of a simulcast, lowest first. An offer does not say which is which unless it limits them. Browsers
 * list the lowest first where the page does not say otherwise; OBS lists the highest first, as "0", "1", "2".
 *
 * @param writer of the offer; OBS uses libdatachannel
 */
export function lowestFirst<T extends NamedLayer>(layers: readonly T[], writer: Writer | undefined): T[] {
  for (const limit of ['width', 'height', 'maxBitrate'] as const) {
    const limits = layers.flatMap((layer) => layer[limit] ?? []);
    if (limits.length === layers.length && new Set(limits).size === layers.length) {
      return layers.toSorted((one, other) => (one[limit] ?? 0) - (other[limit] ?? 0));
    }
  }
  const family = families.find((names) => layers.every(({ rid }) => names.includes(rid)));
  if (family) return layers.toSorted((one, other) => family.indexOf(one.rid) - family.indexOf(other.rid));
  const counted = layers.every(({ rid }, index) => rid === String(index));
  return writer === 'libdatachannel' && counted ? layers.toReversed() : [...layers];
}
