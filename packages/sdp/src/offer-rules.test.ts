import { describe, expect, it } from 'vitest';
import { offerFixture } from './fixtures/index.ts';
import { readPlayOffer } from './play-offer.ts';
import { readPublishOffer } from './publish-offer.ts';
import { refusalOf } from './test-support/refusal.ts';
import { serverCapabilities as server } from './test-support/router.ts';

/* What holds for every offer, tried on one of Chromium that is changed in one place. */

const publish = offerFixture('chromium-156-publish').sdp;
const play = offerFixture('chromium-156-play').sdp;
const dataChannel = [
  'm=application 9 UDP/DTLS/SCTP webrtc-datachannel',
  'c=IN IP4 0.0.0.0',
  'a=mid:data',
  'a=sctp-port:5000',
  '',
].join('\r\n');

const refusePublish = (sdp: string) => refusalOf(() => readPublishOffer(sdp, server));
const refusePlay = (sdp: string) => refusalOf(() => readPlayOffer(sdp, server));

/** Without the lines that match. */
const without = (sdp: string, line: RegExp) => sdp.replaceAll(new RegExp(`^${line.source}.*\r\n`, 'gm'), '');
const videoOf = (sdp: string) => sdp.slice(sdp.indexOf('m=video'));

describe('m-sections', () => {
  it('are at most one audio and one video', () => {
    const another = videoOf(publish).replace('a=mid:1', 'a=mid:2');
    expect(refusePublish(publish.replace('BUNDLE 0 1', 'BUNDLE 0 1 2') + another)).toMatch(
      /^not-acceptable: SDP, line \d+: a second video; a room has at most one, offer one$/,
    );
    expect(refusePlay(`${play}${videoOf(play).replace('a=mid:1', 'a=mid:2')}`)).toMatch(
      /^not-acceptable.*second video/,
    );
  });

  it('are in one BUNDLE', () => {
    const message = /^not-acceptable: SDP.* audio and video are not in one BUNDLE .* max-bundle$/;
    expect(refusePublish(without(publish, /a=group/))).toMatch(message);
    expect(refusePublish(publish.replace('BUNDLE 0 1', 'BUNDLE 0'))).toMatch(message);
    expect(refusePublish(publish.replace('BUNDLE 0 1', 'BUNDLE 0\r\na=group:BUNDLE 1'))).toMatch(message);
    expect(refusePlay(publish.replace('a=group:BUNDLE', 'a=group:LS'))).toMatch(/^not-acceptable/);
    expect(refusePublish(offerFixture('gstreamer-1.22.0-publish-unbundled-candidates').sdp)).toMatch(message);
  });

  it('need no BUNDLE when there is one', () => {
    expect(refusePlay(without(offerFixture('chromium-156-play-video-only').sdp, /a=group/))).toBe('taken');
  });

  it('have MIDs of their own', () => {
    expect(refusePublish(without(publish, /a=mid:1/))).toMatch(
      /^not-acceptable|^malformed: .* has no a=mid$/,
    );
    expect(refusePublish(publish.replace('a=mid:1', 'a=mid:0'))).toMatch(
      /^malformed: SDP, line \d+: the MID "0" is that of another m-section too$/,
    );
    expect(refusePublish(publish.replaceAll('a=mid:1', `a=mid:${'x'.repeat(33)}`))).toMatch(
      /^malformed.*no token/,
    );
    expect(refusePublish(publish.replaceAll('a=mid:1', 'a=mid:a b'))).toMatch(/^malformed.*no token/);
  });

  it('share a port with RTCP', () => {
    expect(refusePublish(without(publish, /a=rtcp-mux/))).toMatch(
      /^not-acceptable: SDP, line \d+: RTCP has no port of its own here; add "a=rtcp-mux"$/,
    );
  });

  it('are DTLS-SRTP', () => {
    for (const protocol of ['RTP/AVP', 'RTP/AVPF', 'UDP/RTP/AVPF', 'UDP/TLS/UDPTL']) {
      expect(refusePublish(publish.replaceAll('UDP/TLS/RTP/SAVPF', protocol))).toMatch(
        /^not-acceptable: SDP, line \d+: .* is not taken; offer UDP\/TLS\/RTP\/SAVPF/,
      );
    }
    for (const protocol of ['UDP/TLS/RTP/SAVP', 'RTP/SAVPF', 'TCP/DTLS/RTP/SAVPF']) {
      expect(refusePublish(publish.replaceAll('UDP/TLS/RTP/SAVPF', protocol))).toBe('taken');
    }
  });

  it('of a publisher send', () => {
    for (const direction of ['recvonly', 'inactive']) {
      expect(refusePublish(publish.replaceAll('a=sendonly', `a=${direction}`))).toMatch(
        `it is ${direction}; to publish it must be sendonly or sendrecv`,
      );
    }
    expect(refusePublish(publish.replaceAll('a=sendonly', 'a=sendrecv'))).toBe('taken');
    expect(refusePublish(without(publish, /a=sendonly/))).toBe('taken');
  });

  it('of a player receive', () => {
    expect(refusePlay(play.replaceAll('a=recvonly', 'a=sendonly'))).toMatch(
      /^not-acceptable: SDP, line \d+: it is sendonly; to play it must be recvonly or sendrecv$/,
    );
    expect(refusePlay(play.replaceAll('a=recvonly', 'a=inactive'))).toMatch(
      /^not-acceptable: SDP: it has no audio and no video to play; add an m-section with recvonly$/,
    );
    expect(refusePlay(play.replaceAll('a=recvonly', 'a=sendrecv'))).toBe('taken');
  });

  it('go one way', () => {
    expect(refusePlay(play.replace('a=recvonly', 'a=recvonly\r\na=sendonly'))).toMatch(
      /^malformed: SDP, line \d+: it is both sendonly and recvonly; leave one$/,
    );
  });

  it('without a medium are refused of a publisher, and turned down in their place of a player', () => {
    expect(refusePublish(publish + dataChannel)).toMatch(
      /^not-acceptable: .*"application" is not taken.*leave out data channels$/,
    );
    const { sections, rejected } = readPlayOffer(play.replace('m=audio', `${dataChannel}m=audio`), server);
    expect(sections.map(({ mid }) => mid)).toEqual(['0', '1']);
    expect(rejected).toEqual([
      {
        index: 0,
        mid: 'data',
        media: 'application',
        protocol: 'UDP/DTLS/SCTP',
        format: 'webrtc-datachannel',
      },
    ]);
    const inactive = readPlayOffer(play.replace('a=recvonly', 'a=inactive'), server);
    expect(inactive.rejected).toMatchObject([{ index: 0, mid: '0', media: 'audio' }]);
    expect(inactive.mids).toEqual({ video: '1' });
  });

  it('of port 0 are off unless they are bundle-only', () => {
    const off = play.replace('m=audio 9', 'm=audio 0');
    expect(readPlayOffer(off, server).mids).toEqual({ video: '1' });
    expect(readPlayOffer(off.replace('a=mid:0', 'a=mid:0\r\na=bundle-only'), server).mids).toEqual({
      audio: '0',
      video: '1',
    });
  });
});

describe('ICE and DTLS', () => {
  it('are read in the session or in an m-section', () => {
    const lines = /^a=(ice-ufrag|ice-pwd|fingerprint|setup):.*\r\n/gm;
    const block = [...new Set(publish.match(lines))].join('');
    const moved = publish.replaceAll(lines, '').replace('t=0 0\r\n', `t=0 0\r\n${block}`);
    const one = readPublishOffer(publish, server);
    expect(readPublishOffer(moved, server)).toMatchObject({
      ice: one.ice,
      dtlsParameters: one.dtlsParameters,
    });
    // RFC 9429, section 5.2.1: sections that are bundle-only leave out what the first one says.
    const first = publish.slice(0, publish.indexOf('m=video'));
    const bare =
      first + videoOf(publish).replaceAll(lines, '').replace('a=mid:1', 'a=mid:1\r\na=bundle-only');
    expect(readPublishOffer(bare, server)).toMatchObject({
      ice: one.ice,
      dtlsParameters: one.dtlsParameters,
    });
  });

  it('are those of the first section of the BUNDLE', () => {
    const offer = offerFixture('aiortc-1.4.0-play').sdp;
    const [ufrag] = /(?<=a=ice-ufrag:).+(?=\r)/.exec(offer) ?? [];
    expect(readPlayOffer(offer, server).ice.usernameFragment).toBe(ufrag);
    const swapped = offer.replace(/a=group:BUNDLE (\S+) (\S+)/, 'a=group:BUNDLE $2 $1');
    expect(readPlayOffer(swapped, server).ice.usernameFragment).not.toBe(ufrag);
  });

  it.each([
    ['actpass', 'client'],
    ['active', 'client'],
    ['passive', 'server'],
  ])('with a=setup:%s the client will be the DTLS %s', (setup, role) => {
    expect(readPublishOffer(publish.replaceAll('actpass', setup), server).dtlsParameters.role).toBe(role);
  });

  it.each(['holdconn', 'both', ''])('with a=setup:%s cannot be had', (setup) => {
    expect(refusePublish(publish.replaceAll('a=setup:actpass', `a=setup:${setup}`))).toMatch(
      /^unprocessable: SDP, line \d+: this a=setup cannot be had; write "a=setup:actpass"$/,
    );
  });

  it('are refused when they are missing or wrong', () => {
    expect(refusePublish(without(publish, /a=ice-/))).toMatch(/^malformed.*no a=ice-ufrag and a=ice-pwd/);
    expect(refusePublish(without(publish, /a=ice-pwd/))).toMatch(
      /^malformed.*a=ice-pwd is missing beside this/,
    );
    expect(refusePublish(publish.replaceAll(/a=ice-ufrag:.*/g, 'a=ice-ufrag:abc'))).toMatch(
      /^malformed.*a=ice-ufrag is not/,
    );
    expect(refusePublish(publish.replaceAll(/a=ice-pwd:.*/g, 'a=ice-pwd:short'))).toMatch(
      /^malformed.*a=ice-pwd is not/,
    );
    expect(refusePublish(publish.replaceAll(/a=ice-pwd:.*/g, `a=ice-pwd:${'x'.repeat(257)}`))).toMatch(
      /^malformed/,
    );
    expect(refusePublish(without(publish, /a=fingerprint/))).toMatch(/^malformed.*no a=fingerprint/);
    expect(refusePublish(publish.replaceAll(/a=fingerprint:sha-256 ../g, 'a=fingerprint:sha-256 '))).toMatch(
      /^malformed.*sha-256 AB/,
    );
    expect(refusePublish(publish.replaceAll('a=fingerprint:sha-256', 'a=fingerprint:sha-1'))).toMatch(
      /^malformed/,
    );
    expect(refusePublish(publish.replaceAll('a=fingerprint:sha-256', 'a=fingerprint:md5'))).toMatch(
      /^not-acceptable.*add one of sha-256/,
    );
    expect(
      refusePublish(
        publish.replaceAll(/(a=fingerprint:sha-256 )(..)(.*)/g, '$1$2$3\r\na=fingerprint:sha-256 00$3'),
      ),
    ).toMatch(/^malformed.*contradicts/);
  });

  it('take several fingerprints, that of SHA-256 first, in capitals', () => {
    const sha1 = Array.from({ length: 20 }, () => 'ab').join(':');
    const offer = publish.replaceAll('a=fingerprint', `a=fingerprint:sha-1 ${sha1}\r\na=fingerprint`);
    const { fingerprints } = readPublishOffer(offer, server).dtlsParameters;
    expect(fingerprints.map(({ algorithm }) => algorithm)).toEqual(['sha-256', 'sha-1']);
    expect(fingerprints[1]?.value).toBe(sha1.toUpperCase());
  });
});

describe('formats', () => {
  it.each([
    [/^(m=video \d+ \S+) 96/m, '$1 96 96', /^malformed: SDP, line \d+: payload type 96 is listed twice$/],
    [/^(m=video \d+ \S+) 96/m, '$1 128 96', /^malformed.*"128" is no payload type from 0 to 127/],
    [/^(m=video \d+ \S+) 96/m, '$1 9e9 96', /^malformed.*"9e9" is no payload type/],
    [
      /^a=rtpmap:96 /m,
      'a=rtpmap:96 H264/90000\r\na=rtpmap:96 ',
      /^malformed.*a second a=rtpmap of payload type 96/,
    ],
    [/^a=rtpmap:96 .*/m, 'a=rtpmap:96 VP8/99999999999', /^malformed.*not of the form "name\/clock rate"/],
    [/^a=rtpmap:96 .*/m, 'a=rtpmap:96 VP8/0', /^malformed.*not of the form "name\/clock rate"/],
    [/^a=rtpmap:96 .*/m, 'a=rtpmap:96', /^malformed.*not of the form "a=rtpmap:96 …"/],
    [/^a=fmtp:97 /m, 'a=fmtp:97 apt=98\r\na=fmtp:97 ', /^malformed.*a second a=fmtp of payload type 97/],
    [/^a=fmtp:97 .*/m, `a=fmtp:97 ${'a=1;'.repeat(40)}`, /^malformed.*more than 32 parameters/],
    [/^a=rtcp-fb:96 .*/m, 'a=rtcp-fb:nack', /^malformed.*not of the form "a=rtcp-fb:96 nack"/],
    [/^a=extmap:4 .*/m, 'a=extmap:4', /^malformed.*not of the form "a=extmap:1 uri"/],
    [/^a=extmap:4 /m, 'a=extmap:300 ', /^malformed.*id from 1 to 255/],
    [
      /^a=extmap:4 /m,
      'a=extmap:4 urn:other\r\na=extmap:4 ',
      /^malformed.*header extension 4 is given two meanings/,
    ],
  ])('with %s made %s are refused', (from, to, refusal) => {
    expect(publish).toMatch(from);
    expect(refusePublish(publish.replace(from, to))).toMatch(refusal);
  });

  it('are bounded', () => {
    const many = Array.from({ length: 97 }, (_, index) => index).join(' ');
    expect(refusePublish(publish.replace(/^(m=video \d+ \S+) .*/m, `$1 ${many}`))).toMatch(
      /more than 96 payload types/,
    );
    const extensions = Array.from(
      { length: 33 },
      (_, index) => `a=extmap:${index + 20} urn:x:${index}\r\n`,
    ).join('');
    expect(refusePublish(publish.replace('a=extmap', `${extensions}a=extmap`))).toMatch(
      /more than 32 header extensions/,
    );
  });

  it('of audio and video do not share a payload type', () => {
    const clash = publish
      .replace(/^(m=video \d+ \S+) 96/m, '$1 111')
      .replaceAll(/^a=(rtpmap|rtcp-fb):96/gm, 'a=$1:111');
    expect(refusePublish(clash)).toMatch(
      /^malformed.*payload type 111 stands for a codec of audio and one of video/,
    );
  });

  it('are refused when the server has none of them', () => {
    const h265 = publish
      .replace(/^(m=video \d+ \S+) .*/m, '$1 96')
      .replace(/^a=rtpmap:96 .*/m, 'a=rtpmap:96 H265/90000');
    expect(refusePublish(h265)).toMatch(
      /^not-acceptable: SDP, line \d+: it offers "H265"; this server takes VP8, VP9, H264, AV1$/,
    );
  });
});
