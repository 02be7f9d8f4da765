import { compileCheck, RtpCapabilities, type TransportParameters } from '@spillway/protocol';
import * as ortc from 'mediasoup/ortc';
import type { RouterRtpCodecCapability } from 'mediasoup/types';

const h264 = (profileLevelId: string, preferredPayloadType: number): RouterRtpCodecCapability => ({
  kind: 'video',
  mimeType: 'video/H264',
  clockRate: 90_000,
  preferredPayloadType,
  parameters: { 'packetization-mode': 1, 'profile-level-id': profileLevelId, 'level-asymmetry-allowed': 1 },
});

/** Capabilities of a router with every codec that rooms carry, as mediasoup makes them. */
export const routerCapabilities = ortc.generateRouterRtpCapabilities([
  {
    ...{ kind: 'audio', mimeType: 'audio/opus', clockRate: 48_000, channels: 2, preferredPayloadType: 100 },
    parameters: { useinbandfec: 1 },
  },
  { kind: 'audio', mimeType: 'audio/PCMU', clockRate: 8000, preferredPayloadType: 0 },
  { kind: 'audio', mimeType: 'audio/PCMA', clockRate: 8000, preferredPayloadType: 8 },
  { kind: 'video', mimeType: 'video/VP8', clockRate: 90_000, preferredPayloadType: 101 },
  {
    ...{ kind: 'video', mimeType: 'video/VP9', clockRate: 90_000, preferredPayloadType: 103 },
    parameters: { 'profile-id': 0 },
  },
  h264('42e01f', 105),
  h264('4d0032', 107),
  h264('640032', 109),
  { kind: 'video', mimeType: 'video/AV1', clockRate: 90_000, preferredPayloadType: 111 },
]);

const checked = compileCheck(RtpCapabilities)(routerCapabilities);
if (!checked.ok) throw new Error(checked.error);

/** The same as the protocol has them. */
export const serverCapabilities = checked.value;

/** Of a WebRTC transport of mediasoup on two addresses, in its order. */
export const transportParameters: TransportParameters = {
  id: '6f1d7a52-0001-4f3e-9f5e-0123456789ab',
  iceParameters: { usernameFragment: 'serverfragment', password: 'serverpassword0123456789', iceLite: true },
  iceCandidates: [
    {
      ...{ foundation: 'udpcandidate', priority: 1076302079, protocol: 'udp', port: 40_000, type: 'host' },
      ...{ ip: '2001:db8::1', address: '2001:db8::1' },
    },
    {
      ...{ foundation: 'tcpcandidate', priority: 1076276479, protocol: 'tcp', port: 40_000, type: 'host' },
      ...{ ip: '192.0.2.1', address: '192.0.2.1', tcpType: 'passive' },
    },
    {
      ...{ foundation: 'udpcandidate', priority: 1076302078, protocol: 'udp', port: 40_000, type: 'host' },
      ...{ ip: '127.0.0.1', address: '127.0.0.1' },
    },
    {
      ...{ foundation: 'udpcandidate', priority: 1076302077, protocol: 'udp', port: 40_000, type: 'host' },
      ...{ ip: '192.0.2.1', address: '192.0.2.1' },
    },
  ],
  dtlsParameters: {
    role: 'auto',
    fingerprints: [
      { algorithm: 'sha-1', value: Array.from({ length: 20 }, () => '0A').join(':') },
      { algorithm: 'sha-256', value: Array.from({ length: 32 }, () => '0B').join(':') },
    ],
  },
};
