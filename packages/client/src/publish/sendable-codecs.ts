import type { VideoCodec } from '@spillway/protocol';
import type { types } from 'mediasoup-client';

const names: Readonly<Record<string, VideoCodec>> = {
  'video/vp8': 'VP8',
  'video/vp9': 'VP9',
  'video/h264': 'H264',
  'video/av1': 'AV1',
};

/**
 * The video codecs of `capabilities`, each with the entry to send it by: for H264 constrained baseline in packetization
 * mode 1, which every browser decodes, before other profiles; for VP9 profile 0.
 */
export function sendableCodecs(
  capabilities: types.RtpCapabilities,
): Map<VideoCodec, types.RtpCodecCapability> {
  const best = new Map<VideoCodec, types.RtpCodecCapability>();
  for (const codec of capabilities.codecs ?? []) {
    const name = names[codec.mimeType.toLowerCase()];
    if (!name) continue;
    const known = best.get(name);
    if (!known || rank(codec) > rank(known)) best.set(name, codec);
  }
  return best;
}

function rank({ parameters = {} }: types.RtpCodecCapability): number {
  const profile = String(parameters['profile-level-id'] ?? '').toLowerCase();
  const vp9Profile = Number(parameters['profile-id'] ?? 0);
  const constrainedBaseline = profile.startsWith('42e0') || profile.startsWith('42c0') ? 2 : 0;
  const packetization = Number(parameters['packetization-mode'] ?? 0) === 1 ? 1 : 0;
  return constrainedBaseline + packetization - vp9Profile;
}
