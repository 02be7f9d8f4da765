import { compileCheck, RtpParameters } from '@spillway/protocol';
import { describe, expect, it } from 'vitest';
import { offerFixture, offerFixtures } from './fixtures/index.ts';
import { type PublishedTrack, readPublishOffer } from './publish-offer.ts';
import { produce } from './test-support/mediasoup.ts';
import { refusalOf } from './test-support/refusal.ts';
import { serverCapabilities as server } from './test-support/router.ts';

const offers = offerFixtures.filter(({ role, name }) => role === 'publish' && !name.includes('unbundled'));

const read = (name: string) => readPublishOffer(offerFixture(name).sdp, server);

/** `video VP8 96 rtx 97`. */
function codecsOf({ kind, rtpParameters }: PublishedTrack): string {
  const codecs = rtpParameters.codecs.map(
    ({ mimeType, payloadType }) => `${mimeType.slice(kind.length + 1)} ${payloadType}`,
  );
  return `${kind} ${codecs.join(' ')}`;
}

function video(offer: { readonly tracks: readonly PublishedTrack[] }): PublishedTrack {
  const track = offer.tracks.find(({ kind }) => kind === 'video');
  if (!track) throw new Error('no video');
  return track;
}

describe('what programs publish', () => {
  it.each(offers)('mediasoup takes of $name', ({ sdp }) => {
    const { tracks, sections } = readPublishOffer(sdp, server);
    expect(tracks.length).toBeGreaterThan(0);
    expect(sections.map(({ mid }) => mid)).toEqual(tracks.map(({ mid }) => mid));
    for (const track of tracks) {
      expect(compileCheck(RtpParameters)(track.rtpParameters)).toMatchObject({ ok: true });
      expect(produce(track).encodings?.length).toBe(track.rtpParameters.encodings?.length);
    }
  });

  it.each([
    ['aiortc-1.4.0-publish', ['audio opus 96', 'video VP8 97 rtx 98']],
    ['chromium-156-publish', ['audio opus 111', 'video VP8 96 rtx 97']],
    ['chromium-156-publish-h264', ['audio opus 111', 'video H264 108 rtx 109']],
    ['chromium-156-publish-vp9', ['audio opus 111', 'video VP9 98 rtx 99']],
    ['ffmpeg-8.0-publish', ['audio opus 111', 'video H264 106']],
    ['firefox-153-publish', ['audio opus 109', 'video VP8 120 rtx 124']],
    ['gstreamer-1.22.0-publish-h264', ['video H264 96', 'audio opus 97']],
    ['gstreamer-1.22.0-publish-rtx-fec', ['video H264 96 rtx 100', 'audio opus 97']],
    ['libdatachannel-0.24.5-publish', ['video H264 102', 'audio opus 111']],
    ['obs-32.1-publish', ['audio opus 111', 'video H264 96']],
    ['obs-31.0-publish-av1', ['audio opus 111', 'video AV1 96']],
    ['pion-3.1.56-publish', ['video VP8 96 rtx 97', 'audio opus 111']],
    ['safari-18-publish', ['audio opus 111', 'video H264 98 rtx 99']],
  ])('of %s is %j', (name, codecs) => {
    expect(read(name).tracks.map(codecsOf)).toEqual(codecs);
  });

  it('has the SSRCs that the offer names, and its CNAME', () => {
    expect(video(read('chromium-156-publish')).rtpParameters).toMatchObject({
      mid: '1',
      encodings: [{ ssrc: 3116137788, rtx: { ssrc: 3382192336 } }],
      rtcp: { cname: 'a8O3UuO+NCBOi+YJ', reducedSize: true },
    });
    expect(video(read('ffmpeg-8.0-publish')).rtpParameters.encodings).toEqual([{ ssrc: 2236067977 }]);
    expect(video(read('pion-3.1.56-publish')).layers).toEqual([]);
  });

  it('has the feedback that both know', () => {
    const feedback = (name: string) =>
      video(read(name)).rtpParameters.codecs[0]?.rtcpFeedback?.map(({ type, parameter }) =>
        [type, parameter].join(' ').trim(),
      );
    expect(feedback('chromium-156-publish')).toEqual([
      'nack',
      'nack pli',
      'ccm fir',
      'goog-remb',
      'transport-cc',
    ]);
    expect(feedback('obs-32.1-publish')).toEqual(['nack', 'nack pli', 'goog-remb']);
    expect(feedback('ffmpeg-8.0-publish')).toEqual([]);
  });

  it('has the header extensions that mediasoup reads, with the ids of the offer', () => {
    const { headerExtensions = [] } = video(read('chromium-156-publish')).rtpParameters;
    expect(headerExtensions.map(({ id, uri }) => `${id} ${uri.replace(/.*[:/]/, '')}`)).toEqual([
      '14 toffset',
      '2 abs-send-time',
      '13 video-orientation',
      '3 draft-holmer-rmcat-transport-wide-cc-extensions-01',
      '5 playout-delay',
      '4 mid',
      '10 rtp-stream-id',
      '11 repaired-rtp-stream-id',
    ]);
  });

  it('of which the server cannot tell the packets is refused', () => {
    const offer = offerFixture('chromium-156-publish').sdp.replaceAll(/^a=ssrc.*\r\n/gm, '');
    expect(video(readPublishOffer(offer, server)).rtpParameters.encodings).toEqual([{}]);
    const noMid = offer.replaceAll(/^a=extmap:4 .*\r\n/gm, '');
    expect(refusalOf(() => readPublishOffer(noMid, server))).toMatch(
      /^not-acceptable: SDP, line 8: its packets could not be told apart; add a=ssrc or/,
    );
  });

  it('is refused when two m-sections name one SSRC', () => {
    const offer = offerFixture('ffmpeg-8.0-publish').sdp.replaceAll('1732050807', '2236067977');
    expect(refusalOf(() => readPublishOffer(offer, server))).toMatch(
      /^malformed: SDP, line \d+: an SSRC is that of another/,
    );
  });
});

describe('the H264 of', () => {
  it.each([
    ['ffmpeg-8.0-publish', '42e01f'],
    ['ffmpeg-8.0-publish-copied-constrained-baseline', '42e01f'],
    ['gstreamer-1.22.0-publish-h264', /^42/],
    ['obs-31.0-publish', '42e01f'],
    ['safari-18-publish', '42e01f'],
  ])('%s is of a profile of the server', (name, profile) => {
    const { parameters } = video(read(name)).rtpParameters.codecs[0] ?? {};
    expect(parameters).toMatchObject({
      'packetization-mode': 1,
      'profile-level-id': expect.stringMatching(profile),
    });
  });

  it.each([
    ['without a packetization mode', 'profile-level-id=640028'],
    ['of packetization mode 0', 'packetization-mode=0;profile-level-id=640028'],
    ['of a level that nobody knows', 'packetization-mode=1;profile-level-id=6400ff'],
    ['of constrained high', 'packetization-mode=1;profile-level-id=640c1f'],
  ])('an offer %s is taken', (_, fmtp) => {
    const offer = offerFixture('obs-31.0-publish').sdp.replace(/^a=fmtp:96 .*/m, `a=fmtp:96 ${fmtp}`);
    const publish = readPublishOffer(offer, server);
    expect(publish.sections[1]?.formats).toMatchObject([{ payloadType: 96, fmtp }]);
    expect(produce(video(publish)).codecs[0]).toMatchObject({ mimeType: 'video/H264', payloadType: 109 });
  });

  it('an offer without any parameter is constrained baseline', () => {
    const offer = offerFixture('obs-31.0-publish').sdp.replace(/^a=fmtp:96 .*\r\n/m, '');
    expect(produce(video(readPublishOffer(offer, server))).codecs[0]?.payloadType).toBe(105);
  });
});

describe('simulcast', () => {
  it.each([
    ['chromium-156-publish-simulcast', ['q', 'h', 'f']],
    ['firefox-153-publish-simulcast', ['q', 'h', 'f']],
    ['safari-18-publish-simulcast', ['q', 'h', 'f']],
    ['obs-32.1-publish-simulcast', ['2', '1', '0']],
    ['obs-32.1-publish-simulcast-four-newer-library', ['3', '2', '1', '0']],
  ])('of %s is read with the lowest layer first', (name, rids) => {
    const { rtpParameters, layers } = video(read(name));
    expect(rtpParameters.encodings).toEqual(rids.map((rid) => ({ rid })));
    expect(layers.map(({ rid }) => rid)).toEqual(rids);
  });

  it('is of VP8 or H264, whatever is offered before', () => {
    const sdp = offerFixture('chromium-156-publish-simulcast').sdp.replace(
      /^(m=video \d+ \S+) .*/m,
      '$1 98 99 45 46 108 109 96 97',
    );
    expect(codecsOf(video(readPublishOffer(sdp, server)))).toBe('video H264 108 rtx 109');
    const vp9 = sdp.replace(/^(m=video \d+ \S+) .*/m, '$1 98 99');
    expect(refusalOf(() => readPublishOffer(vp9, server))).toMatch(
      /^not-acceptable: SDP, line \d+: simulcast is taken with VP8 and H264 only/,
    );
  });

  it('is of a codec that every layer may have', () => {
    const offer = offerFixture('chromium-156-publish-simulcast').sdp;
    const only = (payloadType: number) =>
      offer.replaceAll(/^a=rid:(\w) send/gm, `a=rid:$1 send pt=${payloadType}`);
    expect(codecsOf(video(readPublishOffer(only(108), server)))).toBe('video H264 108 rtx 109');
    expect(refusalOf(() => readPublishOffer(only(120), server))).toMatch(
      /^not-acceptable: SDP, line \d+: no codec .* of every RID/,
    );
  });

  it('says how large a layer may be', () => {
    const offer = offerFixture('chromium-156-publish-simulcast').sdp.replace(
      'a=rid:h send',
      'a=rid:h send max-width=640;max-height=360;max-br=500000',
    );
    const { layers } = video(readPublishOffer(offer, server));
    expect(layers).toEqual([
      { rid: 'q' },
      { rid: 'h', width: 640, height: 360, maxBitrate: 500_000 },
      { rid: 'f' },
    ]);
  });

  it('needs the header extension that names the layer', () => {
    const offer = offerFixture('chromium-156-publish-simulcast').sdp.replaceAll(
      /^a=extmap:\d+ \S+:rtp-stream-id\r\n/gm,
      '',
    );
    expect(refusalOf(() => readPublishOffer(offer, server))).toMatch(
      /^not-acceptable: .*layers need "a=extmap:… .*rtp-stream-id"/,
    );
  });

  it('may name its layers by SSRCs, as browsers did', () => {
    const groups = ['SIM 11 12 13', 'FID 11 21', 'FID 12 22', 'FID 13 23']
      .map((group) => `a=ssrc-group:${group}\r\n`)
      .join('');
    const ssrcs = [11, 12, 13, 21, 22, 23].map((ssrc) => `a=ssrc:${ssrc} cname:c\r\n`).join('');
    const { sdp } = offerFixture('chromium-156-publish');
    const head = sdp.slice(0, sdp.indexOf('a=ssrc-group'));
    const { rtpParameters, layers } = video(readPublishOffer(head + groups + ssrcs, server));
    expect(rtpParameters.encodings).toEqual([
      { ssrc: 11, rtx: { ssrc: 21 } },
      { ssrc: 12, rtx: { ssrc: 22 } },
      { ssrc: 13, rtx: { ssrc: 23 } },
    ]);
    expect(layers).toEqual([{}, {}, {}]);
  });
});
