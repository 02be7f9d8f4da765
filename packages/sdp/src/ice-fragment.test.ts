import { describe, expect, it } from 'vitest';
import { iceFragmentFixtures, offerFixture } from './fixtures/index.ts';
import { readIceFragment, writeIceFragment } from './ice-fragment.ts';
import { MAX_BYTES } from './limits.ts';
import { readPlayOffer } from './play-offer.ts';
import { refusalOf } from './test-support/refusal.ts';
import { serverCapabilities as server, transportParameters } from './test-support/router.ts';

const candidate = 'a=candidate:1 1 udp 2122260223 192.0.2.1 61764 typ host generation 0 ufrag EsAw';
const credentials = ['a=ice-ufrag:EsAw', 'a=ice-pwd:P2uYro0UCOQ4zxjKXaWCBui1'];
const read = (...lines: string[]) => readIceFragment(lines.join('\r\n'));

describe('an ICE fragment (RFC 8840)', () => {
  it.each(iceFragmentFixtures)('$name is read', ({ text, offer, purpose }) => {
    const { ice, candidates } = readIceFragment(text);
    expect(ice).toEqual(readPlayOffer(offer.sdp, server).ice);
    if (purpose === 'trickle') expect(candidates).toBeGreaterThan(0);
  });

  it('of RFC 9725 is read', () => {
    const fragment = read(
      ...credentials,
      'm=audio 9 UDP/TLS/RTP/SAVPF 0',
      'a=mid:0',
      candidate,
      candidate,
      'a=end-of-candidates',
    );
    expect(fragment).toEqual({
      ice: { usernameFragment: 'EsAw', password: 'P2uYro0UCOQ4zxjKXaWCBui1' },
      mid: '0',
      candidates: 2,
      endOfCandidates: true,
    });
  });

  it('may have credentials alone, candidates alone, or only their end', () => {
    expect(read(...credentials)).toMatchObject({ candidates: 0, endOfCandidates: false });
    expect(read(candidate)).toEqual({
      ice: undefined,
      mid: undefined,
      candidates: 1,
      endOfCandidates: false,
    });
    expect(read('a=end-of-candidates')).toMatchObject({ endOfCandidates: true });
  });

  it('may have candidates that cannot be used', () => {
    for (const text of [
      'a=candidate:1 1 tcp 1 192.0.2.1 9 typ host tcptype active',
      'a=candidate:1 1 udp 1 f4b1-11.local 9 typ host',
      'a=candidate:1 2 sctp 1 unknown.example 9 typ other',
    ]) {
      expect(read(text).candidates).toBe(1);
    }
  });

  it.each([
    [[''], /^malformed: SDP: it has neither candidates nor/],
    [['a=ice-ufrag:EsAw'], /^malformed: SDP, line 1: a=ice-pwd is missing beside this/],
    [[credentials[1] ?? ''], /^malformed: SDP, line 1: a=ice-ufrag is missing beside this/],
    [['a=ice-ufrag:a"b!', credentials[1] ?? ''], /line 1: a=ice-ufrag is not made of/],
    [[...credentials, 'a=ice-ufrag:another'], /line 3: a second a=ice-ufrag that contradicts the first/],
    [['v=0', ...credentials], /line 1: a "v=" line does not belong in a fragment/],
    [['a=candidate:1 1 udp'], /line 1: "1 1 udp" is no candidate/],
    [['a=candidate:1 1 udp 1 192.0.2.1 9 host'], /is no candidate/],
    [[`a=candidate:1 1 udp 1 ${'x'.repeat(300)} 9 typ host`], /line 1: "1 1 udp 1 x+…" is no candidate/],
    [[candidate, 'a=mid:0\ra=mid:1'], /line 2: it holds a control character/],
    [[candidate, `a=mid:${'x'.repeat(33)}`], /line 2: the MID is longer than 32 characters/],
    [[candidate, ...Array.from({ length: 17 }, () => 'm=audio 9 RTP/AVP 0')], /more than 16 "m=" lines/],
    [Array.from({ length: 257 }, () => candidate), /line 257: more than 256 candidates/],
    [['x'.repeat(MAX_BYTES + 1)], /longer than 65536 bytes/],
    [['{"candidate": null}'], /line 1: .* is not of the form letter=value/],
  ])('%j is refused', (lines, refusal) => {
    expect(refusalOf(() => read(...lines))).toMatch(refusal);
  });
});

describe('the answer to an ICE restart', () => {
  it('has what the answer to the offer had, with the new credentials', () => {
    const { sections } = readPlayOffer(offerFixture('chromium-156-play-before-restart').sdp, server);
    const iceParameters = { usernameFragment: 'newfragment', password: 'newpassword0123456789012' };
    const text = writeIceFragment(sections, { ...transportParameters, iceParameters });
    expect(text.split('\r\n').slice(0, 7)).toEqual([
      'a=ice-lite',
      'a=ice-options:trickle',
      'a=group:BUNDLE 0 1',
      'm=audio 9 UDP/TLS/RTP/SAVPF 111',
      'a=mid:0',
      'a=ice-ufrag:newfragment',
      'a=ice-pwd:newpassword0123456789012',
    ]);
    expect(readIceFragment(text)).toEqual({
      ice: iceParameters,
      mid: '0',
      candidates: 4,
      endOfCandidates: true,
    });
  });
});
