import type { RtpCapabilities } from '@spillway/protocol';
import * as ortc from 'mediasoup/ortc';
import { expect, it } from 'vitest';
import { publishedCapabilities } from './conversions.ts';
import {
  covers,
  layoutCapabilities,
  layoutCodecs,
  originLayout,
  payloadLayout,
  relabel,
  routableLayout,
} from './payload-layout.ts';

type Codec = NonNullable<RtpCapabilities['codecs']>[number];

const feedback = [{ type: 'nack' }, { type: 'nack', parameter: 'pli' }];
const video = (name: string, preferredPayloadType: number, parameters: Codec['parameters'] = {}): Codec => ({
  kind: 'video',
  mimeType: `video/${name}`,
  clockRate: 90_000,
  preferredPayloadType,
  parameters,
  rtcpFeedback: feedback,
});
const h264 = (preferredPayloadType: number, profile: string) =>
  video('H264', preferredPayloadType, { 'packetization-mode': 1, 'profile-level-id': profile });
const opus: Codec = {
  kind: 'audio',
  mimeType: 'audio/opus',
  clockRate: 48_000,
  channels: 2,
  preferredPayloadType: 109,
};

const numbers = (codecs: readonly Codec[]) =>
  Object.fromEntries(
    payloadLayout({ codecs: [...codecs] })
      .entries()
      .map(([key, { payloadType }]) => [key, payloadType]),
  );

it('takes the payload types of the client for the codecs of the room', () => {
  expect(numbers([opus, video('VP8', 120), video('VP9', 121), video('H265', 49)])).toEqual({
    'audio/opus': 109,
    'video/vp8': 120,
    'video/vp9': 121,
  });
});

it('takes a profile of H264 under its own payload type, and others under the next best', () => {
  expect(numbers([h264(102, '42001f'), h264(106, '42e01f'), h264(112, '64001f')])).toEqual({
    'video/h264/42': 106,
    'video/h264/4d': 112,
    'video/h264/64': 112,
  });
  expect(numbers([h264(96, '42e01f')])).toEqual({
    'video/h264/42': 96,
    'video/h264/4d': 96,
    'video/h264/64': 96,
  });
});

it('leaves out what only looks alike', () => {
  const mono = { ...opus, channels: 1 };
  const deep = video('VP9', 98, { 'profile-id': 2 });
  expect(numbers([mono, deep])).toEqual({});
});

it('covers those who want less of the same', () => {
  const all = payloadLayout({ codecs: [opus, video('VP8', 120), h264(126, '42e01f')] });
  expect(covers(all, payloadLayout({ codecs: [video('VP8', 120)] }))).toBe(true);
  expect(covers(all, payloadLayout({ codecs: [video('VP8', 96)] }))).toBe(false);
  expect(covers(all, payloadLayout({ codecs: [video('VP9', 121)] }))).toBe(false);
  // The same number, but another profile than the client was promised.
  expect(covers(all, payloadLayout({ codecs: [h264(126, '64001f')] }))).toBe(false);
  expect(covers(originLayout, payloadLayout(publishedCapabilities))).toBe(true);
});

it('makes codecs that a router takes, and under which it takes a producer of any profile', () => {
  const layout = payloadLayout({ codecs: [opus, video('VP8', 100), h264(99, '42001f'), video('AV1', 45)] });
  const codecs = layoutCodecs(layout);
  expect(codecs.map(({ preferredPayloadType }) => preferredPayloadType)).toEqual([109, 100, 45, 99]);
  const router = ortc.generateRouterRtpCapabilities(codecs);
  const high = {
    mimeType: 'video/H264',
    payloadType: 109,
    clockRate: 90_000,
    parameters: { 'packetization-mode': 1, 'profile-level-id': '640032' },
    rtcpFeedback: [{ type: 'nack', parameter: 'pli' }],
  };
  const codec = relabel(layout, high);
  expect(codec?.parameters).toMatchObject({ 'profile-level-id': '42001f', 'packetization-mode': 1 });
  if (!codec) throw new Error('There is no such codec');
  const parameters = { codecs: [codec], encodings: [{ ssrc: 1 }], rtcp: {}, headerExtensions: [] };
  const mapping = ortc.getProducerRtpParametersMapping(parameters, router);
  expect(mapping.codecs).toEqual([{ payloadType: 109, mappedPayloadType: 99 }]);
  expect(
    relabel(layout, { ...high, mimeType: 'video/VP9', parameters: { 'profile-id': 0 } }),
  ).toBeUndefined();
});

it('tells a router what a client takes: without RTX, with the feedback of its offer', () => {
  const rtx = video('rtx', 121, { apt: 120 });
  const client = { codecs: [video('VP8', 120), rtx] };
  expect(layoutCapabilities(payloadLayout(client), client).codecs).toEqual([
    expect.objectContaining({ mimeType: 'video/VP8', preferredPayloadType: 120, rtcpFeedback: feedback }),
  ]);
});

it('whatever the payload types are, one router has nearly all of them, and what is live', () => {
  const dynamic = [...Array(32).keys()].map((index) => 96 + index);
  const lost: string[] = [];
  for (const vp8 of dynamic) {
    for (const h264Type of dynamic.filter((payloadType) => payloadType !== vp8)) {
      const layout = payloadLayout({ codecs: [video('VP8', vp8), h264(h264Type, '42e01f')] });
      for (const live of ['video/VP8', 'video/H264']) {
        const routable = routableLayout(layout, [{ mimeType: live }]);
        expect(() => ortc.generateRouterRtpCapabilities(layoutCodecs(routable))).not.toThrow();
        const names = [...routable.values()].map(({ codec }) => codec.mimeType);
        expect(names).toContain(live);
        if (new Set(names).size < 2) lost.push(`${vp8}, ${h264Type}`);
      }
    }
  }
  expect(new Set(lost)).toEqual(new Set(['100, 101', '101, 100']));
});
