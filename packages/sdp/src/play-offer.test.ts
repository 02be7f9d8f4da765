import { compileCheck, RtpCapabilities } from '@spillway/protocol';
import { describe, expect, it } from 'vitest';
import { offerFixture, offerFixtures } from './fixtures/index.ts';
import { type PlayOffer, readPlayOffer } from './play-offer.ts';
import { readPublishOffer } from './publish-offer.ts';
import { consume, produce } from './test-support/mediasoup.ts';
import { serverCapabilities as server } from './test-support/router.ts';

const offers = offerFixtures.filter(({ role }) => role === 'play');
const read = (name: string) => readPlayOffer(offerFixture(name).sdp, server);

/** `VP8 96`. */
function codecsOf({ capabilities }: PlayOffer): string {
  return (capabilities.codecs ?? [])
    .map(
      ({ kind, mimeType, preferredPayloadType }) =>
        `${mimeType.slice(kind.length + 1)} ${preferredPayloadType}`,
    )
    .join(', ');
}

const published = {
  VP8: readPublishOffer(offerFixture('chromium-156-publish').sdp, server),
  H264: readPublishOffer(offerFixture('obs-31.0-publish').sdp, server),
};

/** How a client of this offer would get the video of that. */
function watch(play: PlayOffer, codec: keyof typeof published) {
  const track = published[codec].tracks.find(({ kind }) => kind === 'video');
  return track && consume(produce(track), play);
}

describe('what players offer', () => {
  it.each(offers)('mediasoup can send to $name', (fixture) => {
    const play = readPlayOffer(fixture.sdp, server);
    expect(compileCheck(RtpCapabilities)(play.capabilities)).toMatchObject({ ok: true });
    const names = new Set(codecsOf(play).match(/VP8|H264/g));
    expect(names.size).toBeGreaterThan(0);
    for (const name of ['VP8', 'H264'] as const) {
      expect(watch(play, name)?.codecs[0]?.mimeType).toBe(names.has(name) ? `video/${name}` : undefined);
    }
  });

  it.each([
    ['aiortc-1.4.0-play', 'opus 96, PCMU 0, PCMA 8, VP8 97, H264 101'],
    ['chromium-156-play', 'opus 111, PCMU 0, PCMA 8, VP8 96, VP9 98, H264 108, H264 116, AV1 45'],
    ['chromium-156-play-video-only', 'VP8 96, VP9 98, H264 108, H264 116, AV1 45'],
    ['firefox-153-play-h264', 'opus 109, PCMU 0, PCMA 8, VP8 120, VP9 121, H264 126, AV1 99'],
    ['gstreamer-1.22.0-play-h264', 'H264 102, opus 97'],
    ['gstreamer-1.22.0-play-h264-bare', 'H264 96, opus 97'],
    ['libdatachannel-0.24.5-play-several-codecs', 'opus 111, H264 102, VP8 96, VP9 98, AV1 45'],
    ['pion-4.0-play', 'opus 111, PCMU 0, PCMA 8, VP8 96, H264 106, H264 127, AV1 45, VP9 98, H264 112'],
    ['safari-18-play', 'opus 111, PCMU 0, PCMA 8, H264 96, H264 98, VP8 106, VP9 108, AV1 45'],
  ])('of %s is %s, in its order', (name, codecs) => {
    expect(codecsOf(read(name))).toBe(codecs);
  });

  it('has the MIDs of its sections', () => {
    expect(read('chromium-156-play').mids).toEqual({ audio: '0', video: '1' });
    expect(read('chromium-156-play-video-only').mids).toEqual({ video: '0' });
  });

  it('has the SSRC as the only way to a medium in libdatachannel with two', () => {
    expect(read('libdatachannel-0.24.5-play').routesBySsrc).toBe(true);
    expect(read('libdatachannel-0.24.5-play-vp8').routesBySsrc).toBe(false);
    expect(read('pion-3.1.56-play').routesBySsrc).toBe(true);
    for (const name of [
      'chromium-156-play',
      'firefox-153-play',
      'gstreamer-1.22.0-play',
      'aiortc-1.4.0-play',
    ]) {
      expect(read(name).routesBySsrc, name).toBe(false);
    }
  });

  it('is sent again on the same SSRC, without RTX', () => {
    const parameters = watch(read('chromium-156-play'), 'VP8');
    expect(parameters?.codecs.map(({ mimeType }) => mimeType)).toEqual(['video/VP8']);
    expect(parameters?.codecs[0]?.rtcpFeedback).toContainEqual({ type: 'nack', parameter: '' });
    expect(parameters?.encodings?.[0]?.rtx).toBeUndefined();
  });
});

describe('header extensions', () => {
  const offer = offerFixture('chromium-156-play').sdp;
  const mid = 'urn:ietf:params:rtp-hdrext:sdes:mid';
  const absSendTime = 'http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time';
  const transportCc = 'http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01';
  /** The same offer with these extensions instead of its own. */
  const withExtensions = (...lines: string[]) => {
    const bare = offer.replaceAll(/^a=extmap:.*\r\n/gm, '');
    return bare.replaceAll(
      /^a=recvonly\r\n/gm,
      `a=recvonly\r\n${lines.map((line) => `a=extmap:${line}\r\n`).join('')}`,
    );
  };
  const kept = (sdp: string) => {
    const { headerExtensions = [] } = readPlayOffer(sdp, server).capabilities;
    return headerExtensions.filter(({ kind }) => kind === 'video').map(({ preferredId }) => preferredId);
  };
  const feedback = (sdp: string) => {
    const { codecs = [] } = readPlayOffer(sdp, server).capabilities;
    return codecs.find(({ mimeType }) => mimeType === 'video/VP8')?.rtcpFeedback?.map(({ type }) => type);
  };

  it('are those whose id and URI are the server’s', () => {
    expect(kept(offer)).toEqual([]);
    expect(kept(withExtensions(`1 ${mid}`, `4 ${absSendTime}`, `6 ${transportCc}`))).toEqual([1, 4]);
    expect(kept(withExtensions(`1/recvonly ${mid}`, `4/sendonly ${absSendTime}`))).toEqual([1]);
  });

  it('are not those that would mean something else in another section', () => {
    const [first = '', second = ''] = withExtensions(`1 ${mid}`, `4 ${absSendTime}`).split('m=video');
    expect(kept(`${first.replace(absSendTime, 'urn:other')}m=video${second}`)).toEqual([1]);
    expect(
      readPlayOffer(offerFixture('aiortc-1.4.0-play').sdp, server).capabilities.headerExtensions,
    ).toEqual([
      { kind: 'audio', uri: mid, preferredId: 1 },
      { kind: 'video', uri: mid, preferredId: 1 },
    ]);
  });

  it('have no MID that is longer than 8 bytes', () => {
    const long = withExtensions(`1 ${mid}`)
      .replaceAll('a=mid:1', 'a=mid:nine-char')
      .replace('BUNDLE 0 1', 'BUNDLE 0 nine-char');
    expect(kept(long)).toEqual([]);
  });

  it('bring the feedback on congestion that speaks about them', () => {
    expect(feedback(offer)).toEqual(['nack', 'nack', 'ccm']);
    expect(feedback(withExtensions(`4 ${absSendTime}`))).toEqual(['nack', 'nack', 'ccm', 'goog-remb']);
    expect(feedback(withExtensions(`4 ${absSendTime}`, `5 ${transportCc}`))).toEqual([
      'nack',
      'nack',
      'ccm',
      'transport-cc',
    ]);
  });
});

describe('H264 to play', () => {
  const bare = offerFixture('gstreamer-1.22.0-play-h264-bare').sdp;
  const formats = (...fmtps: (string | undefined)[]) => {
    const lines = fmtps.flatMap((fmtp, index) => [
      `a=rtpmap:${100 + index} H264/90000\r\n`,
      ...(fmtp === undefined ? [] : [`a=fmtp:${100 + index} ${fmtp}\r\n`]),
    ]);
    const sdp = bare
      .replace(/^(m=video \d+ \S+) .*\r\n/m, `$1 ${fmtps.map((_, index) => 100 + index).join(' ')}\r\n`)
      .replace(/^a=rtpmap:96 .*\r\n/m, lines.join(''));
    return readPlayOffer(sdp, server);
  };

  it('is of mode 1 beside mode 0', () => {
    const play = formats(
      'packetization-mode=0;profile-level-id=640032',
      'packetization-mode=1;profile-level-id=42e01f',
    );
    expect(codecsOf(play)).toBe('H264 101, opus 97');
  });

  it('of mode 0 alone, or of none, is taken for mode 1 and answered as offered', () => {
    for (const fmtp of [
      'packetization-mode=0;profile-level-id=42e01f',
      'profile-level-id=42e01f',
      undefined,
    ]) {
      const play = formats(fmtp);
      expect(watch(play, 'H264')?.codecs[0]?.mimeType).toBe('video/H264');
      expect(play.sections[0]?.formats).toMatchObject([{ payloadType: 100, fmtp }]);
    }
  });

  it('is of each profile once', () => {
    const play = formats(
      'packetization-mode=1;profile-level-id=42001f',
      'packetization-mode=1;profile-level-id=42e01f',
      'packetization-mode=1;profile-level-id=42e034',
      'packetization-mode=1;profile-level-id=640c1f',
      'packetization-mode=1;profile-level-id=f4001f',
    );
    expect(codecsOf(play)).toBe('H264 101, H264 103, opus 97');
  });
});
