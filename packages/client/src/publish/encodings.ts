import type { Layer, VideoCodec } from '@spillway/protocol';
import { type QualityName, qualities } from './quality.ts';

/** One encoding of a video sender, as `RTCRtpEncodingParameters` (WebRTC, WebRTC-SVC). */
export interface VideoEncoding {
  /** Bits per second. */
  maxBitrate: number;
  /** The captured picture divided by this is what is sent; 1 or more. */
  scaleResolutionDownBy: number;
  /** SVC layers of this encoding (WebRTC-SVC). Without it: simulcast's default. */
  scalabilityMode?: string;
}

/** How one video track is sent. */
export interface VideoSending {
  /** Simulcast: one per layer, lowest first. SVC: one. */
  encodings: VideoEncoding[];
  /** Layers that viewers choose from, lowest first; empty when there is one. */
  layers: Layer[];
}

/** A picture's size in pixels. */
export interface PictureSize {
  width: number;
  height: number;
}

/** What `videoSending` plans for. */
export interface SendingPlan {
  codec: VideoCodec;
  /** Pictures larger than this are scaled down to it. */
  quality: QualityName;
  /** Size of the captured picture; upright pictures have a height above their width. */
  captured: PictureSize;
  /** Whether the browser encodes VP9 and AV1 with a scalability mode. Default true. */
  svc?: boolean;
}

/** Bits that a codec needs for the picture that VP8 and H264 need 1 for. */
const bitrateFactor: Readonly<Record<VideoCodec, number>> = { VP8: 1, H264: 1, VP9: 0.8, AV1: 0.7 };

/** Half the width and height costs about a quarter: small pictures compress worse. */
const LAYER_BITRATE_FACTOR = 0.27;

/** Whether a codec is sent in one encoding with a scalability mode (SVC) rather than in several (simulcast). */
export function usesSvc(codec: VideoCodec): boolean {
  return codec === 'VP9' || codec === 'AV1';
}

/**
 * The scalability mode (WebRTC-SVC) of VP9 and AV1: VP9 in spatial layers that depend on each other in key frames only,
 * AV1 in temporal layers only. Browsers decode spatial layers of AV1 only by the dependency descriptor, which mediasoup
 * does not pass on.
 */
export function scalabilityMode(codec: VideoCodec, quality: QualityName): string {
  return codec === 'AV1' ? 'L1T3' : `L${qualities[quality].layers}T3_KEY`;
}

/** Encodings and layers for a track: VP8 and H264 as simulcast, VP9 and AV1 as SVC. */
export function videoSending({ codec, quality, captured, svc = true }: SendingPlan): VideoSending {
  const { height, bitrate, layers: several } = qualities[quality];
  const hasLayers = !usesSvc(codec) || (codec === 'VP9' && svc);
  const shortSide = Math.max(1, Math.min(captured.width, captured.height));
  const scale = Math.max(1, shortSide / height);
  const full = roundBitrate(bitrate * bitrateFactor[codec] * areaShare(shortSide / scale / height));
  const count = hasLayers ? several : 1;
  const planned = Array.from({ length: count }, (_, index) => {
    const steps = count - 1 - index;
    return { scale: scale * 2 ** steps, maxBitrate: roundBitrate(full * LAYER_BITRATE_FACTOR ** steps) };
  });
  const layers = planned.map((layer) => ({
    width: Math.max(1, Math.round(captured.width / layer.scale)),
    height: Math.max(1, Math.round(captured.height / layer.scale)),
    maxBitrate: layer.maxBitrate,
  }));
  const encodings = usesSvc(codec)
    ? [
        {
          maxBitrate: planned.reduce((sum, layer) => sum + layer.maxBitrate, 0),
          scaleResolutionDownBy: scale,
          ...(svc ? { scalabilityMode: scalabilityMode(codec, quality) } : {}),
        },
      ]
    : planned.map((layer) => ({
        maxBitrate: layer.maxBitrate,
        scaleResolutionDownBy: layer.scale,
        scalabilityMode: 'L1T3',
      }));
  return { encodings, layers: hasLayers ? layers : [] };
}

/** A camera that gives less than the quality's height needs fewer bits, though not in full proportion. */
function areaShare(ratio: number): number {
  return ratio >= 1 ? 1 : Math.max(0.1, ratio ** 1.5);
}

function roundBitrate(bitsPerSecond: number): number {
  return Math.max(50_000, Math.round(bitsPerSecond / 10_000) * 10_000);
}
