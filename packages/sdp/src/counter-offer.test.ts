import type { RtpCapabilities, TransportParameters } from '@spillway/protocol';
import { describe, expect, it } from 'vitest';
import { counterCapabilities, readPlayAnswer, writePlayOffer } from './counter-offer.ts';
import { SdpError } from './sdp-error.ts';

const video = { kind: 'video', clockRate: 90_000 } as const;
const server: RtpCapabilities = {
  codecs: [
    {
      ...{ kind: 'audio', mimeType: 'audio/opus', preferredPayloadType: 100, clockRate: 48_000, channels: 2 },
      ...{ parameters: { useinbandfec: 1 }, rtcpFeedback: [{ type: 'nack' }, { type: 'transport-cc' }] },
    },
    {
      ...{ ...video, mimeType: 'video/VP8', preferredPayloadType: 101 },
      rtcpFeedback: [{ type: 'nack' }, { type: 'nack', parameter: 'pli' }, { type: 'goog-remb' }],
    },
    { ...video, mimeType: 'video/rtx', preferredPayloadType: 102, parameters: { apt: 101 } },
    {
      ...{ ...video, mimeType: 'video/H264', preferredPayloadType: 105 },
      parameters: { 'packetization-mode': 1, 'profile-level-id': '42e01f', 'level-asymmetry-allowed': 1 },
    },
  ],
  headerExtensions: [
    { kind: 'audio', uri: 'urn:ietf:params:rtp-hdrext:sdes:mid', preferredId: 1 },
    { kind: 'video', uri: 'urn:ietf:params:rtp-hdrext:sdes:mid', preferredId: 1 },
    { kind: 'video', uri: 'urn:3gpp:video-orientation', preferredId: 11 },
  ],
};
const offered = counterCapabilities(server);
const transport: TransportParameters = {
  id: 'transport',
  iceParameters: { usernameFragment: 'serverfragment', password: 'x'.repeat(32), iceLite: true },
  iceCandidates: [],
  dtlsParameters: {
    role: 'auto',
    fingerprints: [{ algorithm: 'sha-256', value: Array.from({ length: 32 }, () => 'AB').join(':') }],
  },
};
const { sdp, sections } = writePlayOffer(offered, transport);

/** What a client that takes all of the offer answers. */
const answer = sdp
  .replaceAll('a=sendonly', 'a=recvonly')
  .replaceAll('a=setup:actpass', 'a=setup:active')
  .replaceAll('a=ice-ufrag:serverfragment', 'a=ice-ufrag:client')
  .replaceAll(/^a=(msid|ice-lite|ssrc).*\r\n/gm, '');

function refusalOf(text: string): string {
  try {
    readPlayAnswer(text, offered);
    return 'taken';
  } catch (error) {
    if (error instanceof SdpError) return `${error.fault}: ${error.message}`;
    throw error;
  }
}

describe("the server's offer", () => {
  it('has every codec, and nothing that a client might not have', () => {
    expect(sections.map(({ formats }) => formats.map(({ payloadType }) => payloadType))).toEqual([
      [100],
      [101, 105],
    ]);
    expect(sdp).toMatch(/^a=group:BUNDLE 0 1\r$/m);
    expect(sdp).toMatch(/^a=rtpmap:100 opus\/48000\/2\r$/m);
    expect(sdp).toMatch(/^a=rtpmap:105 H264\/90000\r$/m);
    expect(sdp).toMatch(
      /^a=fmtp:105 packetization-mode=1;profile-level-id=42e01f;level-asymmetry-allowed=1\r$/m,
    );
    expect(sdp.match(/^a=setup:actpass\r$/gm)).toHaveLength(2);
    expect(sdp).toMatch(/^a=rtcp-fb:101 nack pli\r$/m);
    expect(sdp).not.toMatch(/rtx|transport-cc|goog-remb|video-orientation/);
  });
});

describe('the answer to it', () => {
  it('says what is taken', () => {
    const read = readPlayAnswer(answer, offered);
    expect(read.ice.usernameFragment).toBe('client');
    expect(read.dtlsParameters.role).toBe('client');
    expect([...read.payloadTypes].sort()).toEqual([100, 101, 105]);
  });

  it('may take less', () => {
    const less = answer
      .replace(/^(m=video 9 UDP\/TLS\/RTP\/SAVPF) 101 105/m, '$1 105')
      .replace(/^m=audio 9/m, 'm=audio 0')
      .replace('BUNDLE 0 1', 'BUNDLE 1');
    expect([...readPlayAnswer(less, offered).payloadTypes]).toEqual([105]);
  });

  it('is refused when it is none', () => {
    expect(refusalOf('hello')).toMatch(/^malformed/);
    expect(refusalOf(answer.replaceAll('a=recvonly', 'a=sendonly'))).toMatch(/^not-acceptable/);
    expect(refusalOf(answer.replaceAll('a=setup:active', 'a=setup:actpass'))).toMatch(/^unprocessable/);
    expect(refusalOf(answer.replaceAll('a=mid:1', 'a=mid:v').replace('BUNDLE 0 1', 'BUNDLE 0 v'))).toMatch(
      /^malformed: SDP, line \d+: the video of the offer is a=mid:1/,
    );
    const renumbered = answer.replaceAll('101', '96').replaceAll('105', '97').replaceAll('100', '98');
    expect(refusalOf(renumbered)).toMatch(/none of the payload types of the offer/);
  });
});
