import { describe, expect, it } from 'vitest';
import { writePlayAnswer, writePublishAnswer } from './answers.ts';
import { type Description, type MediaSection, readDescription } from './description.ts';
import { offerFixture, offerFixtures } from './fixtures/index.ts';
import type { Offer } from './peer.ts';
import { readPlayOffer } from './play-offer.ts';
import { readPublishOffer } from './publish-offer.ts';
import { readPeer } from './read-peer.ts';
import { serverCapabilities as server, transportParameters } from './test-support/router.ts';

const offers = offerFixtures.filter(({ name }) => !name.includes('unbundled'));

function answer(role: 'publish' | 'play', sdp: string): { offer: Offer; text: string; answer: Description } {
  const publish = () => {
    const offer = readPublishOffer(sdp, server);
    return { offer, text: writePublishAnswer(offer, transportParameters) };
  };
  const play = () => {
    const offer = readPlayOffer(sdp, server);
    return { offer, text: writePlayAnswer(offer, transportParameters) };
  };
  const written = role === 'publish' ? publish() : play();
  return { ...written, answer: readDescription(written.text) };
}

const ofFixture = (name: string) => {
  const { role, sdp } = offerFixture(name);
  return answer(role, sdp);
};

const one = ({ attributes }: MediaSection, name: string) => attributes.one(name)?.value;
const all = ({ attributes }: MediaSection, name: string) => attributes.all(name).map(({ value }) => value);

describe('the answer (RFC 9429, section 5.3.1)', () => {
  it.each(offers)('to $name fits the offer', ({ role, sdp }) => {
    const { text, answer: written, offer } = answer(role, sdp);
    const offered = readDescription(sdp);
    expect(text.replaceAll('\r\n', '')).not.toMatch(/[\r\n]/);
    expect(written.sections.map(({ media, protocol }) => ({ media, protocol }))).toEqual(
      offered.sections.map(({ media, protocol }) => ({ media, protocol })),
    );
    expect(written.session.one('group')?.value).toBe(
      `BUNDLE ${offer.sections.map(({ mid }) => mid).join(' ')}`,
    );
    expect(written.session.has('ice-lite')).toBe(true);
    expect(written.session.has('extmap-allow-mixed')).toBe(offered.session.has('extmap-allow-mixed'));
    written.sections.forEach((section, index) => {
      const original = offered.sections[index];
      if (!original) throw new Error('a section too many');
      expect(one(section, 'mid')).toBe(one(original, 'mid'));
      expect(section.attributes.has(role === 'publish' ? 'recvonly' : 'sendonly')).toBe(true);
      expect(section.attributes.has('rtcp-mux')).toBe(true);
      expect(section.attributes.has('rtcp-rsize')).toBe(original.attributes.has('rtcp-rsize'));
      expect(original.formats).toEqual(expect.arrayContaining([...section.formats]));
      for (const name of ['rtcp-fb', 'fmtp']) {
        const trimmed = all(original, name).map((value) => value.trim());
        expect(trimmed).toEqual(expect.arrayContaining(all(section, name)));
      }
      const idsAndUris = (of: MediaSection) => all(of, 'extmap').map((value) => value.replace(/\/\w+/, ''));
      expect(idsAndUris(original)).toEqual(expect.arrayContaining(idsAndUris(section)));
    });
  });

  it.each([
    ['chromium-156-publish', 'passive', 'client'],
    ['ffmpeg-8.0-publish', 'active', 'server'],
  ])('to %s is %s in DTLS', (name, setup, role) => {
    const { answer: written, offer } = ofFixture(name);
    expect(written.sections.map((section) => one(section, 'setup'))).toEqual([setup, setup]);
    expect(offer.dtlsParameters.role).toBe(role);
  });

  it('has the server’s ICE credentials and fingerprint, which the reader finds', () => {
    const { answer: written } = ofFixture('ffmpeg-8.0-publish');
    const peer = readPeer(
      written,
      { taken: [], rejected: [], transport: written.sections, line: 1 },
      'answer',
    );
    expect(peer.ice).toEqual({ usernameFragment: 'serverfragment', password: 'serverpassword0123456789' });
    expect(peer.dtlsParameters.fingerprints).toEqual(
      transportParameters.dtlsParameters.fingerprints.filter(({ algorithm }) => algorithm === 'sha-256'),
    );
  });

  it('has all candidates in its first section: UDP first, IPv4 first, loopback last', () => {
    const { answer: written } = ofFixture('ffmpeg-8.0-publish');
    const [first, second] = written.sections.map((section) => all(section, 'candidate'));
    expect(first).toEqual([
      '1 1 udp 1076302077 192.0.2.1 40000 typ host',
      '2 1 udp 1076302078 127.0.0.1 40000 typ host',
      '3 1 udp 1076302079 2001:db8::1 40000 typ host',
      '4 1 tcp 1076276479 192.0.2.1 40000 typ host tcptype passive',
    ]);
    expect(second).toEqual([]);
    expect(written.sections.map(({ attributes }) => attributes.has('end-of-candidates'))).toEqual([
      true,
      false,
    ]);
  });

  it('can be read by FFmpeg, which begins at the first "udp" of a line and takes the first candidate', () => {
    const { text } = ofFixture('ffmpeg-8.0-publish');
    const [line = ''] = text
      .split('\r\n')
      .filter((each) => each.startsWith('a=candidate:') && /udp/i.test(each));
    expect(line.slice(line.search(/udp/i))).toMatch(/^udp \d+ 192\.0\.2\.1 40000 typ host$/);
  });

  it('turns sections down in their place', () => {
    const { sdp } = offerFixture('chromium-156-play');
    const channel = 'm=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\na=mid:d\r\n';
    const { answer: written } = answer(
      'play',
      `${sdp.replace('m=audio', `${channel}m=audio`)}${channel.replace('mid:d', 'mid:e')}`,
    );
    expect(written.sections.map(({ media, port }) => `${media} ${port}`)).toEqual([
      'application 0',
      'audio 9',
      'video 9',
      'application 0',
    ]);
    expect(written.sections.map((section) => one(section, 'mid'))).toEqual(['d', '0', '1', 'e']);
    expect(written.session.one('group')?.value).toBe('BUNDLE 0 1');
    expect(written.sections.map((section) => all(section, 'candidate').length)).toEqual([0, 4, 0, 0]);
  });

  it('has another session id for another transport, and the same for the same', () => {
    const offer = readPlayOffer(offerFixture('chromium-156-play').sdp, server);
    const idOf = (id: string) =>
      /^o=- (\d+) 1 /m.exec(writePlayAnswer(offer, { ...transportParameters, id }))?.[1];
    expect(idOf('a')).toBe(idOf('a'));
    expect(idOf('a')).not.toBe(idOf('b'));
  });

  it('is exclusive about RTCP', () => {
    for (const role of ['play', 'publish'] as const) {
      const { text } = answer(role, offerFixture(`chromium-156-${role}`).sdp);
      expect(text.match(/^a=rtcp-mux-only\r$/gm)).toHaveLength(2);
    }
  });
});

describe('the answer to a publisher', () => {
  it('names one codec and its retransmissions', () => {
    const [audio, video] = ofFixture('chromium-156-publish').answer.sections;
    expect(audio?.formats).toEqual(['111']);
    expect(video?.formats).toEqual(['96', '97']);
    expect(video && all(video, 'rtpmap')).toEqual(['96 VP8/90000', '97 rtx/90000']);
    expect(video && all(video, 'fmtp')).toEqual(['97 apt=96']);
  });

  it('takes the layers of a simulcast in their order (RFC 8853)', () => {
    const [, video] = ofFixture('obs-32.1-publish-simulcast').answer.sections;
    expect(video && all(video, 'rid')).toEqual(['0 recv', '1 recv', '2 recv']);
    expect(video && one(video, 'simulcast')).toBe('recv 0;1;2');
  });

  it('keeps what the offer says of a layer', () => {
    const { sdp } = offerFixture('chromium-156-publish-simulcast');
    const limited = sdp
      .replace('a=rid:q send', 'a=rid:q send pt=96;max-width=320')
      .replace(/a=simulcast:send .*/, 'a=simulcast:send ~q;h,f');
    const [, video] = answer('publish', limited).answer.sections;
    expect(video && all(video, 'rid')).toEqual(['q recv max-width=320', 'h recv']);
    expect(video && one(video, 'simulcast')).toBe('recv ~q;h');
  });

  it('turns round the direction of a header extension', () => {
    const { sdp } = offerFixture('chromium-156-publish');
    const [, video] = answer('publish', sdp.replaceAll('a=extmap:4 ', 'a=extmap:4/sendonly ')).answer
      .sections;
    expect(video && all(video, 'extmap')).toContain('4/recvonly urn:ietf:params:rtp-hdrext:sdes:mid');
  });
});

describe('the answer to a player', () => {
  it('is one MediaStream, and names no SSRC', () => {
    const { text, answer: written } = ofFixture('chromium-156-play');
    expect(written.sections.map((section) => one(section, 'msid'))).toEqual([
      'spillway audio',
      'spillway video',
    ]);
    expect(text).not.toMatch('a=ssrc');
  });

  it('names SSRCs to those who need them', () => {
    const offer = readPlayOffer(offerFixture('libdatachannel-0.24.5-play').sdp, server);
    const written = readDescription(writePlayAnswer(offer, transportParameters, { audio: 11, video: 12 }));
    expect(written.sections.map((section) => all(section, 'ssrc'))).toEqual([
      ['11 cname:spillway', '11 msid:spillway audio'],
      ['12 cname:spillway', '12 msid:spillway video'],
    ]);
  });

  it('has every codec that both know, and no RTX', () => {
    const { text, answer: written } = ofFixture('chromium-156-play');
    expect(written.sections.map(({ formats }) => formats.join(' '))).toEqual(['111 0 8', '96 98 108 116 45']);
    expect(text).not.toMatch('rtx');
  });
});
