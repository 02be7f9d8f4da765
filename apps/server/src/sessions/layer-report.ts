import type { BroadcastTrack } from '@spillway/sfu';

/** A layer as the WHEP extension tells of it. One without bitrate is not sent now. */
interface ReportedLayer {
  readonly rid?: string;
  /** The lowest is 0. */
  readonly spatialLayerId: number;
  /** Bits per second now. */
  readonly bitrate?: number;
  /** Bits per second at most. */
  readonly targetBitrate?: number;
  readonly width?: number;
  readonly height?: number;
}

/** The layers of a video, highest first. */
export interface LayerReport {
  readonly layers: readonly ReportedLayer[];
  /** The same for reports that differ in their bitrates only. */
  readonly key: string;
}

/** What is known of the layers of a video; no layers where there is one. */
export async function reportLayers(track: BroadcastTrack | undefined): Promise<LayerReport> {
  const bitrates = track && track.layers.length > 0 ? await bitratesOf(track) : [];
  const layers = (track?.layers ?? []).map(({ rid, maxBitrate, width, height }, index): ReportedLayer => {
    const bitrate = bitrates[index];
    return {
      ...(rid === undefined ? {} : { rid }),
      spatialLayerId: index,
      ...(bitrate ? { bitrate } : {}),
      ...(maxBitrate === undefined ? {} : { targetBitrate: maxBitrate }),
      ...(width === undefined ? {} : { width }),
      ...(height === undefined ? {} : { height }),
    };
  });
  const key = JSON.stringify(
    layers.map(({ bitrate, ...rest }) => ({ ...rest, sent: bitrate !== undefined })),
  );
  return { layers: layers.reverse(), key };
}

/** Bits per second of each layer, as far as they are known. */
async function bitratesOf({ producer, layers }: BroadcastTrack): Promise<(number | undefined)[]> {
  // It may go meanwhile, or its worker.
  const stats = await producer.getStats().catch(() => []);
  const encodings = producer.rtpParameters.encodings ?? [];
  // In SVC all layers are one stream, whose bitrate is that of the highest.
  if (encodings.length < layers.length) return layers.map(() => stats[0]?.bitrate);
  return encodings.map(
    ({ rid, ssrc }) => stats.find((stat) => (rid ? stat.rid === rid : stat.ssrc === ssrc))?.bitrate,
  );
}
