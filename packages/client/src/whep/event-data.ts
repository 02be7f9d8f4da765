import type { Layer } from '@spillway/protocol';

/** Beyond these, layers are cut off. */
const MAX_LAYERS = 4;

/** A layer of a WHEP server, and how to ask for it. */
export interface WhepLayer {
  layer: Layer;
  /** What to send to the server's layer selection. */
  selection: { mediaId: string; rid?: string; spatialLayerId?: number };
}

/**
 * Reads the event `layers`: the layers of the first medium that has some, lowest first. Temporal layers of one picture
 * size count as one layer. What is malformed is passed over.
 */
export function readLayers(data: string): WhepLayer[] {
  for (const [mediaId, entries] of Object.entries(fieldsOf(parse(data)))) {
    if (!Array.isArray(entries)) continue;
    const found = new Map<string, WhepLayer & { order: number }>();
    for (const entry of entries.slice(0, 64)) {
      const one = readLayer(mediaId, fieldsOf(entry));
      if (!one) continue;
      const key = `${one.selection.spatialLayerId} ${one.selection.rid}`;
      const known = found.get(key);
      if (!known || one.order > known.order) found.set(key, one);
    }
    if (found.size === 0) continue;
    return [...found.values()]
      .sort((one, other) => one.order - other.order)
      .slice(0, MAX_LAYERS)
      .map(({ layer, selection }) => ({ layer, selection }));
  }
  return [];
}

function readLayer(
  mediaId: string,
  { rid, spatialLayerId, width, height, bitrate, targetBitrate }: Record<string, unknown>,
): (WhepLayer & { order: number }) | undefined {
  const hasRid = typeof rid === 'string' && rid !== '' && rid.length <= 64;
  const spatial = whole(spatialLayerId, 0, 15);
  if (!hasRid && spatial === undefined) return undefined;
  const size = { width: whole(width, 1, 16_384), height: whole(height, 1, 16_384) };
  const maxBitrate = whole(targetBitrate, 1, 1e9) ?? whole(bitrate, 1, 1e9);
  return {
    layer: {
      ...(size.width !== undefined && size.height !== undefined
        ? { width: size.width, height: size.height }
        : {}),
      ...(maxBitrate === undefined ? {} : { maxBitrate }),
    },
    selection: {
      mediaId,
      ...(hasRid ? { rid } : {}),
      ...(spatial === undefined ? {} : { spatialLayerId: spatial }),
    },
    // By size, then by bit rate, then as the server numbers them.
    order: (size.height ?? 0) * 1e11 + (maxBitrate ?? 0) * 16 + (spatial ?? 0),
  };
}

/** How many watch, of the event `viewercount`; undefined when it is malformed. */
export function readViewerCount(data: string): number | undefined {
  return whole(fieldsOf(parse(data)).viewercount, 0, Number.MAX_SAFE_INTEGER);
}

/** Where the event `reconnect` sends the viewer: another endpoint, or undefined for the same one. */
export function readReconnectUrl(data: string, base: URL): URL | undefined {
  const { url } = fieldsOf(parse(data));
  if (typeof url !== 'string' || !URL.canParse(url, base)) return undefined;
  const target = new URL(url, base);
  return /^https?:$/.test(target.protocol) ? target : undefined;
}

function parse(data: string): unknown {
  try {
    return JSON.parse(data);
  } catch {
    return undefined;
  }
}

function fieldsOf(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {};
}

function whole(value: unknown, least: number, most: number): number | undefined {
  return typeof value === 'number' && value >= least && value <= most ? Math.round(value) : undefined;
}
