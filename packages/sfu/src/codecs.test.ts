import { describe, expect, it } from 'vitest';
import {
  commonCodecs,
  decodableCodecs,
  publishedCapabilities,
  routerCapabilities,
  toMediasoupCapabilities,
  videoCodecOf,
  withoutCongestionControl,
} from './codecs.ts';

describe('codecs', () => {
  it('offers Opus, VP8, VP9, three profiles of H264, and AV1', () => {
    const codecs = (routerCapabilities.codecs ?? []).filter(({ mimeType }) => !mimeType.endsWith('/rtx'));
    expect(codecs.map(({ mimeType, parameters }) => [mimeType, parameters?.['profile-level-id']])).toEqual([
      ['audio/opus', undefined],
      ['video/VP8', undefined],
      ['video/VP9', undefined],
      ['video/H264', '42e01f'],
      ['video/H264', '4d0032'],
      ['video/H264', '640032'],
      ['video/AV1', undefined],
    ]);
  });

  it('names the codec of a MIME type whatever its case', () => {
    expect(videoCodecOf('video/h264')).toBe('H264');
    expect(videoCodecOf('video/rtx')).toBeUndefined();
  });

  it('finds what a client decodes and what all clients decode', () => {
    expect(decodableCodecs(publishedCapabilities)).toEqual(['VP8', 'VP9', 'H264', 'AV1']);
    expect(decodableCodecs({})).toEqual([]);
    expect(
      commonCodecs([
        ['VP8', 'AV1'],
        ['VP8', 'H264'],
      ]),
    ).toEqual(['VP8']);
    expect(commonCodecs([])).toEqual(['VP8', 'VP9', 'H264', 'AV1']);
  });

  it('drops header extensions that no router knows', () => {
    const { headerExtensions } = toMediasoupCapabilities({
      headerExtensions: [
        { kind: 'video', uri: 'urn:example:unknown', preferredId: 3 },
        { kind: 'video', uri: 'urn:3gpp:video-orientation', preferredId: 4 },
      ],
    });
    expect(headerExtensions?.map(({ uri }) => uri)).toEqual(['urn:3gpp:video-orientation']);
  });

  it('takes congestion control out and leaves loss recovery in', () => {
    const { codecs = [], headerExtensions = [] } = withoutCongestionControl(routerCapabilities);
    const feedback = new Set(codecs.flatMap(({ rtcpFeedback = [] }) => rtcpFeedback.map(({ type }) => type)));
    expect(feedback).toEqual(new Set(['nack', 'ccm']));
    expect(headerExtensions.some(({ uri }) => uri.includes('transport-wide-cc'))).toBe(false);
    expect(headerExtensions.some(({ uri }) => uri === 'urn:ietf:params:rtp-hdrext:sdes:mid')).toBe(true);
  });
});
