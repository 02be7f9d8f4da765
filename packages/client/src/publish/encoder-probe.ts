import type { VideoCodec } from '@spillway/protocol';
import type { types } from 'mediasoup-client';
import { scalabilityMode, usesSvc, videoSending } from './encodings.ts';
import { type QualityName, qualities } from './quality.ts';

/** What the device says about its encoders at one quality. */
export interface EncoderAbilities {
  /** Codecs that it encodes in real time. */
  smooth: VideoCodec[];
  /** Codecs that it encodes with the scalability mode that they are sent in. */
  svc: VideoCodec[];
}

/**
 * Asks the browser (Media Capabilities, type `webrtc`) what it encodes in real time. A browser that does not answer is
 * taken to do VP8 and H264, as WebRTC demands of all (RFC 7742).
 */
export async function probeEncoders(
  codecs: ReadonlyMap<VideoCodec, types.RtpCodecCapability>,
  quality: QualityName,
): Promise<EncoderAbilities> {
  const abilities: EncoderAbilities = { smooth: [], svc: [] };
  for (const [codec, capability] of codecs) {
    const info = await encodingInfo(codec, capability, quality);
    if (info ? info.supported && info.smooth : !usesSvc(codec)) abilities.smooth.push(codec);
    if (usesSvc(codec) && info?.supported) abilities.svc.push(codec);
  }
  return abilities;
}

async function encodingInfo(
  codec: VideoCodec,
  capability: types.RtpCodecCapability,
  quality: QualityName,
): Promise<MediaCapabilitiesEncodingInfo | undefined> {
  const { width, height, frameRate } = qualities[quality];
  const { encodings } = videoSending({ codec, quality, captured: { width, height } });
  const video: VideoConfiguration = {
    contentType: contentType(capability),
    width,
    height,
    framerate: frameRate,
    bitrate: encodings.at(-1)?.maxBitrate ?? qualities[quality].bitrate,
    ...(usesSvc(codec) ? { scalabilityMode: scalabilityMode(codec, quality) } : {}),
  };
  try {
    return await navigator.mediaCapabilities.encodingInfo({ type: 'webrtc', video });
  } catch {
    return undefined;
  }
}

/** The codec as a MIME type with its parameters, as `RTCRtpCodec` and its `sdpFmtpLine` have it. */
function contentType({ mimeType, parameters = {} }: types.RtpCodecCapability): string {
  const known = Object.entries(parameters).filter(([name]) => !name.startsWith('x-google-'));
  return [mimeType, ...known.map(([name, value]) => `${name}=${value}`)].join(';');
}
