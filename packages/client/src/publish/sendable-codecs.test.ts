import type { types } from 'mediasoup-client';
import { describe, expect, it } from 'vitest';
import { sendableCodecs } from './sendable-codecs.ts';

const h264 = (profile: string, mode: number): types.RtpCodecCapability => ({
  kind: 'video',
  mimeType: 'video/H264',
  clockRate: 90_000,
  preferredPayloadType: 100,
  parameters: { 'profile-level-id': profile, 'packetization-mode': mode },
});

describe('sendableCodecs', () => {
  it('takes constrained baseline in packetization mode 1 among the profiles of H264', () => {
    const codecs = [h264('42001f', 1), h264('42e01f', 0), h264('42e01f', 1), h264('640c1f', 1)];
    const chosen = sendableCodecs({ codecs }).get('H264');
    expect(chosen?.parameters).toEqual({ 'profile-level-id': '42e01f', 'packetization-mode': 1 });
  });

  it('passes over audio and retransmission', () => {
    const codecs: types.RtpCodecCapability[] = [
      { kind: 'audio', mimeType: 'audio/opus', clockRate: 48_000, channels: 2, preferredPayloadType: 111 },
      { kind: 'video', mimeType: 'video/rtx', clockRate: 90_000, preferredPayloadType: 97 },
      { kind: 'video', mimeType: 'video/VP8', clockRate: 90_000, preferredPayloadType: 96 },
    ];
    expect([...sendableCodecs({ codecs }).keys()]).toEqual(['VP8']);
  });
});
