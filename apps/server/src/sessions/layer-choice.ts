import { type Layer, SpillwayError } from '@spillway/protocol';
import { type Static, Type } from 'typebox';

const index = (description: string) => Type.Optional(Type.Integer({ minimum: 0, maximum: 15, description }));
const pixels = (description: string) =>
  Type.Optional(Type.Integer({ minimum: 1, maximum: 16_384, description }));

/** What a client of the WHEP extension for layers asks for. Without any wish, the server chooses. */
export const LayerWish = Type.Object({
  mediaId: Type.Optional(
    Type.String({
      maxLength: 64,
      description: 'Index of the m-line in the offer. Default: that of the video.',
    }),
  ),
  rid: Type.Optional(Type.String({ maxLength: 64, description: 'Name of the layer.' })),
  spatialLayerId: index('Which layer, the lowest being 0.'),
  temporalLayerId: index('Which temporal layer, the lowest being 0.'),
  maxSpatialLayerId: index('The highest layer to send.'),
  maxTemporalLayerId: index('The highest temporal layer to send.'),
  maxWidth: pixels('Pixels at most.'),
  maxHeight: pixels('Pixels at most.'),
});
export type LayerWish = Static<typeof LayerWish>;

/** The highest layers to forward; null for all that the network carries. */
export interface LayerChoice {
  readonly spatialLayer: number | null;
  readonly temporalLayer: number | null;
}

function unprocessable(reason: string): SpillwayError {
  return new SpillwayError('unprocessable', `${reason}; the event 'layers' tells what there is`);
}

/** The layer that a client names; undefined when it names none. */
function named({ rid, spatialLayerId }: LayerWish, layers: readonly Layer[]): number | undefined {
  const highest = Math.max(0, layers.length - 1);
  const byRid = layers.findIndex((layer) => layer.rid === rid);
  if (rid !== undefined && byRid < 0)
    throw unprocessable(`rid: there is no layer ${JSON.stringify(rid)} now`);
  if (spatialLayerId !== undefined && spatialLayerId > highest) {
    throw unprocessable(`spatialLayerId: the highest layer now is ${highest}`);
  }
  if (rid !== undefined && spatialLayerId !== undefined && byRid !== spatialLayerId) {
    throw unprocessable('rid and spatialLayerId name different layers');
  }
  return rid === undefined ? spatialLayerId : byRid;
}

/** The highest layer that fits; the lowest when none does. Layers whose size nobody knows fit. */
function fitting({ maxWidth, maxHeight }: LayerWish, layers: readonly Layer[]): number {
  const fits = ({ width = 0, height = 0 }: Layer) =>
    width <= (maxWidth ?? Number.POSITIVE_INFINITY) && height <= (maxHeight ?? Number.POSITIVE_INFINITY);
  return Math.max(0, layers.findLastIndex(fits));
}

/**
 * Which layers a wish means.
 *
 * @param layers of the video that is live, lowest first; empty when there is one
 * @param videoLine index of the m-line of the video; -1 without one
 * @throws {SpillwayError} `unprocessable` when it cannot be had
 */
export function chooseLayers(wish: LayerWish, layers: readonly Layer[], videoLine: number): LayerChoice {
  if (videoLine < 0) throw unprocessable('the session has no video');
  if (wish.mediaId !== undefined && wish.mediaId !== `${videoLine}`) {
    throw unprocessable(`mediaId: the video is m-line ${videoLine}`);
  }
  const bounds = [named(wish, layers), wish.maxSpatialLayerId];
  if (wish.maxWidth !== undefined || wish.maxHeight !== undefined) bounds.push(fitting(wish, layers));
  const temporal = [wish.temporalLayerId, wish.maxTemporalLayerId];
  return { spatialLayer: lowest(bounds), temporalLayer: lowest(temporal) };
}

function lowest(bounds: readonly (number | undefined)[]): number | null {
  const given = bounds.filter((bound) => bound !== undefined);
  return given.length > 0 ? Math.min(...given) : null;
}
