import type { RtpCapabilities as ClientCapabilities, VideoCodec } from '@spillway/protocol';
import * as ortc from 'mediasoup/ortc';
import type { RouterRtpCodecCapability, RtpCapabilities } from 'mediasoup/types';

/** The sound of cameras (ITU-T G.711). RFC 3551 fixes its payload types. */
const g711 = (name: 'PCMU' | 'PCMA', preferredPayloadType: number): RouterRtpCodecCapability => ({
  kind: 'audio',
  mimeType: `audio/${name}`,
  clockRate: 8000,
  preferredPayloadType,
  rtcpFeedback: [{ type: 'transport-cc' }],
});

const h264 = (profileLevelId: string, preferredPayloadType: number): RouterRtpCodecCapability => ({
  kind: 'video',
  mimeType: 'video/H264',
  clockRate: 90_000,
  preferredPayloadType,
  parameters: {
    'packetization-mode': 1,
    'profile-level-id': profileLevelId,
    'level-asymmetry-allowed': 1,
  },
});

/**
 * Codecs of every router. mediasoup matches H264 by profile, not by level, so one entry stands for a profile:
 * constrained baseline, main, high. Payload types are fixed so that all routers have the same capabilities.
 */
export const routerCodecs: readonly RouterRtpCodecCapability[] = [
  {
    kind: 'audio',
    mimeType: 'audio/opus',
    clockRate: 48_000,
    channels: 2,
    preferredPayloadType: 100,
    parameters: { useinbandfec: 1 },
    rtcpFeedback: [{ type: 'nack' }, { type: 'transport-cc' }],
  },
  g711('PCMU', 0),
  g711('PCMA', 8),
  { kind: 'video', mimeType: 'video/VP8', clockRate: 90_000, preferredPayloadType: 101 },
  {
    kind: 'video',
    mimeType: 'video/VP9',
    clockRate: 90_000,
    preferredPayloadType: 103,
    parameters: { 'profile-id': 0 },
  },
  h264('42e01f', 105),
  h264('4d0032', 107),
  h264('640032', 109),
  { kind: 'video', mimeType: 'video/AV1', clockRate: 90_000, preferredPayloadType: 111 },
];

/** Capabilities of every router: the same on every worker, so clients may cache them. */
export const routerCapabilities: RtpCapabilities = ortc.generateRouterRtpCapabilities([...routerCodecs]);

/** Video codecs a room carries, in the router's order. */
export const videoCodecs: readonly VideoCodec[] = ['VP8', 'VP9', 'H264', 'AV1'];

/** The video codec of a MIME type such as `video/H264`; undefined for others. */
export function videoCodecOf(mimeType: string): VideoCodec | undefined {
  const name = mimeType.toLowerCase();
  return videoCodecs.find((codec) => name === `video/${codec.toLowerCase()}`);
}

/** Which of the room's video codecs a client can decode. */
export function decodableCodecs(capabilities: ClientCapabilities): VideoCodec[] {
  const mimeTypes = new Set(capabilities.codecs?.map((codec) => codec.mimeType.toLowerCase()));
  return videoCodecs.filter((codec) => mimeTypes.has(`video/${codec.toLowerCase()}`));
}
