import { describe, expect, it } from 'vitest';
import { decodableCodecs, routerCapabilities, videoCodecOf } from './codecs.ts';
import { publishedCapabilities } from './conversions.ts';

describe('codecs', () => {
  it('offers Opus, G.711, VP8, VP9, three profiles of H264, and AV1', () => {
    const codecs = (routerCapabilities.codecs ?? []).filter(({ mimeType }) => !mimeType.endsWith('/rtx'));
    expect(codecs.map(({ mimeType, parameters }) => [mimeType, parameters?.['profile-level-id']])).toEqual([
      ['audio/opus', undefined],
      ['audio/PCMU', undefined],
      ['audio/PCMA', undefined],
      ['video/VP8', undefined],
      ['video/VP9', undefined],
      ['video/H264', '42e01f'],
      ['video/H264', '4d0032'],
      ['video/H264', '640032'],
      ['video/AV1', undefined],
    ]);
  });

  it('keeps Opus first and gives G.711 the payload types of RFC 3551', () => {
    const audio = routerCapabilities.codecs?.filter(({ kind }) => kind === 'audio');
    expect(audio?.map(({ preferredPayloadType, clockRate }) => [preferredPayloadType, clockRate])).toEqual([
      [100, 48_000],
      [0, 8000],
      [8, 8000],
    ]);
  });

  it('names the codec of a MIME type whatever its case', () => {
    expect(videoCodecOf('video/h264')).toBe('H264');
    expect(videoCodecOf('video/rtx')).toBeUndefined();
  });

  it('finds what a client decodes', () => {
    expect(decodableCodecs(publishedCapabilities)).toEqual(['VP8', 'VP9', 'H264', 'AV1']);
    expect(decodableCodecs({})).toEqual([]);
  });
});
