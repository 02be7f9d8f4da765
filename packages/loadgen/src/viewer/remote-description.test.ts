import type { ConsumerParameters, TransportParameters } from '@spillway/protocol';
import { expect, test } from 'vitest';
import { fingerprintOf, remoteOffer } from './remote-description.ts';

const candidate = {
  foundation: 'f',
  priority: 7,
  ip: '127.0.0.1',
  address: '127.0.0.1',
  type: 'host',
} as const;
const transport: TransportParameters = {
  id: 't',
  iceParameters: { usernameFragment: 'ufrag', password: 'password', iceLite: true },
  iceCandidates: [
    { ...candidate, protocol: 'udp', port: 40_000 },
    { ...candidate, protocol: 'tcp', port: 40_000, tcpType: 'passive' },
  ],
  dtlsParameters: {
    role: 'auto',
    fingerprints: [
      { algorithm: 'sha-1', value: 'AA' },
      { algorithm: 'sha-256', value: 'BB' },
    ],
  },
};
const video: ConsumerParameters = {
  id: 'c',
  producerId: 'p',
  kind: 'video',
  type: 'simple',
  layers: [],
  rtpParameters: {
    codecs: [
      {
        mimeType: 'video/H264',
        payloadType: 105,
        clockRate: 90_000,
        parameters: { 'packetization-mode': 1, 'profile-level-id': '42e01f' },
      },
      { mimeType: 'video/rtx', payloadType: 106, clockRate: 90_000, parameters: { apt: 105 } },
    ],
    encodings: [{ ssrc: 11, rtx: { ssrc: 12 } }],
    rtcp: { cname: 'name' },
  },
};
const audio: ConsumerParameters = {
  ...video,
  kind: 'audio',
  rtpParameters: {
    codecs: [{ mimeType: 'audio/opus', payloadType: 100, clockRate: 48_000, channels: 2 }],
    encodings: [{ ssrc: 13 }],
  },
};

test('describes one bundled section for each consumer', () => {
  const offer = remoteOffer(
    transport,
    [
      { parameters: video, active: true },
      { parameters: audio, active: true },
    ],
    1,
  );
  expect(offer.endsWith('\r\n')).toBe(true);
  expect(offer.split('\r\n')).toEqual(
    expect.arrayContaining([
      'a=ice-lite',
      'a=group:BUNDLE 0 1',
      'm=video 9 UDP/TLS/RTP/SAVPF 105 106',
      'a=rtpmap:105 H264/90000',
      'a=fmtp:105 packetization-mode=1;profile-level-id=42e01f',
      'a=fmtp:106 apt=105',
      'a=ssrc-group:FID 11 12',
      'a=ssrc:12 cname:name',
      'm=audio 9 UDP/TLS/RTP/SAVPF 100',
      'a=rtpmap:100 opus/48000/2',
      'a=ssrc:13 cname:spillway',
      'a=fingerprint:sha-256 BB',
      'a=candidate:f 1 udp 7 127.0.0.1 40000 typ host',
    ]),
  );
  expect(offer).not.toMatch(/ tcp |sha-1 /);
});

test('keeps the section of a consumer that is over', () => {
  const offer = remoteOffer(
    transport,
    [
      { parameters: video, active: false },
      { parameters: video, active: true },
    ],
    2,
  );
  expect(offer.match(/^a=(sendonly|inactive)\r$/gm)).toEqual(['a=inactive\r', 'a=sendonly\r']);
  expect(offer).toContain('o=spillway 1 2 ');
});

test('finds the fingerprint', () => {
  expect(fingerprintOf('v=0\r\na=fingerprint:sha-256 AB:CD\r\n')).toEqual({
    algorithm: 'sha-256',
    value: 'AB:CD',
  });
  expect(() => fingerprintOf('v=0\r\n')).toThrow('no SHA-256 fingerprint');
});
