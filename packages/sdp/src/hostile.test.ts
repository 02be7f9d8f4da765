import { compileCheck, RtpCapabilities, RtpParameters } from '@spillway/protocol';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { writePlayAnswer, writePublishAnswer } from './answers.ts';
import { counterCapabilities, readPlayAnswer } from './counter-offer.ts';
import { readDescription } from './description.ts';
import { iceFragmentFixtures, offerFixtures } from './fixtures/index.ts';
import { readIceFragment } from './ice-fragment.ts';
import { MAX_BYTES } from './limits.ts';
import { readPlayOffer } from './play-offer.ts';
import { readPublishOffer } from './publish-offer.ts';
import { SdpError } from './sdp-error.ts';
import { consume, produce } from './test-support/mediasoup.ts';
import { serverCapabilities as server, transportParameters } from './test-support/router.ts';

/* Whatever comes, it is refused with an SdpError of bounded length, or what is read can be used. */

const checkParameters = compileCheck(RtpParameters);
const checkCapabilities = compileCheck(RtpCapabilities);

/** Bytes of an answer: as much as an offer may have, and the server's own part for each section. */
const MOST = MAX_BYTES + 16_384;

function tryPublish(text: string): void {
  const offer = readPublishOffer(text, server);
  for (const track of offer.tracks) {
    expect(checkParameters(track.rtpParameters)).toMatchObject({ ok: true });
    produce(track);
  }
  checkAnswer(writePublishAnswer(offer, transportParameters));
}

function tryPlay(text: string): void {
  const offer = readPlayOffer(text, server);
  expect(checkCapabilities(offer.capabilities)).toMatchObject({ ok: true });
  for (const { tracks } of publishers) for (const track of tracks) consume(produce(track), offer);
  checkAnswer(writePlayAnswer(offer, transportParameters, { audio: 1, video: 2 }));
}

function checkAnswer(text: string): void {
  expect(text.length).toBeLessThan(MOST);
  readDescription(text);
}

const publishers = offerFixtures
  .filter(({ name }) => ['chromium-156-publish', 'obs-31.0-publish'].includes(name))
  .map(({ sdp }) => readPublishOffer(sdp, server));

const offered = counterCapabilities(server);
const readers = [
  tryPublish,
  tryPlay,
  (text: string) => readPlayAnswer(text, offered),
  (text: string) => readIceFragment(text),
];

function survives(text: string): void {
  for (const read of readers) {
    try {
      read(text);
    } catch (error) {
      if (!(error instanceof SdpError)) throw error;
      expect(error.message.length).toBeLessThan(300);
      expect(error.message).not.toMatch(/\p{Cc}/u);
    }
  }
}

const texts = [...offerFixtures.map(({ sdp }) => sdp), ...iceFragmentFixtures.map(({ text }) => text)];
const allLines = [...new Set(texts.flatMap((text) => text.split('\r\n')))].filter((line) =>
  /^[am]=/.test(line),
);
const anyText = fc.oneof(fc.constantFrom(...texts));
const anyLine = fc.constantFrom(...allLines);
const oddValue = fc.constantFrom(
  ...[
    '',
    '0',
    '-1',
    '1e9',
    '4294967296',
    '99999999999999999999',
    'NaN',
    '__proto__',
    '*',
    ';',
    '~',
    ' ',
    ':',
    '=',
    ',',
    '/',
  ],
);

/** What a line may be made. */
const change = fc.oneof(
  fc.constant((lines: string[], at: number) => lines.splice(at, 1)),
  anyLine.map((line) => (lines: string[], at: number) => lines.splice(at, 0, line)),
  anyLine.map((line) => (lines: string[], at: number) => lines.splice(at, 1, line)),
  fc.nat(60).map((count) => (lines: string[], at: number) => {
    lines.splice(at, 0, ...Array.from({ length: count }, () => lines[at] ?? ''));
  }),
  fc.tuple(oddValue, fc.nat(20)).map(([value, word]) => (lines: string[], at: number) => {
    const words = (lines[at] ?? '').split(/(?=[ ;:=,/])/);
    words[word % words.length] = value;
    lines[at] = words.join('');
  }),
  fc.nat().map((to) => (lines: string[], at: number) => {
    const [line = ''] = lines.splice(at, 1);
    lines.splice(to % (lines.length + 1), 0, line);
  }),
);

const changed = fc
  .tuple(
    anyText,
    fc.array(fc.tuple(change, fc.nat()), { minLength: 1, maxLength: 6 }),
    fc.constantFrom('\r\n', '\n'),
  )
  .map(([text, changes, end]) => {
    const lines = text.split('\r\n');
    for (const [apply, at] of changes) apply(lines, at % Math.max(lines.length, 1));
    return lines.join(end);
  });

describe('hostile text', () => {
  it('of any characters is refused', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 2000 }), survives), { numRuns: 200 });
  });

  it('of lines of real offers, in any order, is survived', () => {
    const lines = fc
      .array(anyLine, { maxLength: 200 })
      .map((all) => `v=0\r\no=- 1 1 IN IP4 0.0.0.0\r\ns=-\r\n${all.join('\r\n')}`);
    fc.assert(fc.property(lines, survives), { numRuns: 200 });
  });

  it('that is nearly a real offer is survived', () => {
    fc.assert(fc.property(changed, survives), { numRuns: 1500 });
  });

  it.each([
    ['ten thousand candidates', 'a=candidate:1 1 udp 1 192.0.2.1 9 typ host\r\n', 10_000],
    ['a thousand groups', 'a=group:BUNDLE 0 1\r\n', 1000],
    ['a thousand formats', 'a=rtpmap:96 VP8/90000\r\n', 1000],
    ['a thousand m-sections', 'm=video 9 UDP/TLS/RTP/SAVPF 96\r\n', 1000],
    ['a thousand feedbacks', 'a=rtcp-fb:* nack\r\n', 1000],
    ['a thousand extensions', 'a=extmap:1 urn:x\r\n', 1000],
    ['a thousand RIDs', 'a=rid:a send\r\n', 1000],
    ['a thousand SSRCs', 'a=ssrc:1 cname:x\r\n', 1000],
    ['a thousand fingerprints', 'a=fingerprint:sha-256 AB\r\n', 1000],
    ['a long line of blanks', `a=mid:${' '.repeat(2000)}x\r\n`, 20],
    ['a long line of semicolons', `a=fmtp:96 ${';'.repeat(2000)}\r\n`, 20],
    ['a megabyte', `a=${'x'.repeat(1000)}\r\n`, 1000],
  ])('with %s is survived', (_, line, count) => {
    for (const { sdp } of offerFixtures.filter(
      ({ program }) => program === 'chromium' || program === 'obs',
    )) {
      survives(sdp + line.repeat(count));
      survives(sdp.replace('t=0 0\r\n', `t=0 0\r\n${line.repeat(count)}`));
    }
  });

  it('does not reach the answer as lines of its own', () => {
    const odd = fc.string({ unit: 'grapheme', maxLength: 60 });
    fc.assert(
      fc.property(odd, fc.constantFrom(...offerFixtures), (value, { role, sdp }) => {
        const text = sdp.replace(/^a=fmtp:(\d+) .*$/m, (_, payloadType) => `a=fmtp:${payloadType} ${value}`);
        try {
          (role === 'publish' ? tryPublish : tryPlay)(text);
        } catch (error) {
          if (!(error instanceof SdpError)) throw error;
        }
      }),
      { numRuns: 300 },
    );
  });
});
