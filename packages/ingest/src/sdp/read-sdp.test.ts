import { describe, expect, test } from 'vitest';
import { type ReadSdpOptions, readSdp } from './read-sdp.ts';
import { SdpError } from './sdp-error.ts';
import { writeSdp } from './write-sdp.ts';

const options: ReadSdpOptions = {
  listen: 'loopback',
  forbidden: [
    { first: 8080, last: 8080, what: "the server's HTTP port" },
    { first: 42_000, last: 42_999, what: 'the ports of other sources' },
  ],
};

const sdp = (...lines: string[]) =>
  ['v=0', 'o=- 0 0 IN IP4 127.0.0.1', 's=x', 't=0 0', ...lines, ''].join('\r\n');
const h264 = ['m=video 51000 RTP/AVP 96', 'a=rtpmap:96 H264/90000'];

describe('an SDP', () => {
  test("of FFmpeg's is written anew with what is of use", () => {
    const text = [
      'SDP:',
      'v=0',
      'o=- 0 0 IN IP4 127.0.0.1',
      's=No Name',
      't=0 0',
      'a=tool:libavformat 59.27.100',
      'm=video 51000 RTP/AVP 96',
      'c=IN IP4 192.0.2.7',
      'b=AS:1500',
      'a=rtpmap:96 H264/90000',
      'a=fmtp:96 packetization-mode=1; sprop-parameter-sets=Z0LAHtkAoD2hAAADAAEAAAMAPA8WLkg=,aMuDyyA=; profile-level-id=42C01E; x-evil=$(reboot)',
      'm=audio 51002 RTP/AVP 97',
      'c=IN IP4 192.0.2.7',
      'a=rtpmap:97 MPEG4-GENERIC/48000/2',
      'a=fmtp:97 profile-level-id=1;mode=AAC-hbr;sizelength=13;indexlength=3;indexdeltalength=3; config=119056E500',
      'm=application 51004 RTP/AVP 98',
    ].join('\n');
    expect(writeSdp(readSdp(text, options), '127.0.0.1').split('\r\n')).toEqual([
      'v=0',
      'o=- 0 0 IN IP4 127.0.0.1',
      's=-',
      'c=IN IP4 127.0.0.1',
      't=0 0',
      'm=video 51000 RTP/AVP 96',
      'c=IN IP4 127.0.0.1',
      'a=rtpmap:96 H264/90000',
      'a=fmtp:96 packetization-mode=1;sprop-parameter-sets=Z0LAHtkAoD2hAAADAAEAAAMAPA8WLkg=,aMuDyyA=;profile-level-id=42C01E',
      'm=audio 51002 RTP/AVP 97',
      'c=IN IP4 127.0.0.1',
      'a=rtpmap:97 MPEG4-GENERIC/48000/2',
      'a=fmtp:97 profile-level-id=1;mode=AAC-hbr;sizelength=13;indexlength=3;indexdeltalength=3;config=119056E500',
      '',
    ]);
  });

  test('may name static payload types, several codecs of which the first is taken, and RTCP', () => {
    const media = readSdp(
      sdp('m=audio 51002 RTP/AVP 0 8', 'm=video 0 RTP/AVP 96', 'm=video 51000 RTP/AVPF 33', 'a=rtcp:51001'),
      options,
    );
    expect(media.map(({ kind, port, payloadType, rtpmap }) => [kind, port, payloadType, rtpmap])).toEqual([
      ['video', 51_000, 33, undefined],
      ['audio', 51_002, 0, undefined],
    ]);
  });

  test('may name a multicast group where the network may push', () => {
    const text = sdp('c=IN IP4 239.1.2.3/16', ...h264);
    const media = readSdp(text, { ...options, listen: 'network' });
    expect(media[0]?.group).toEqual({ address: '239.1.2.3', ttl: 16 });
    expect(writeSdp(media, '0.0.0.0')).toContain('c=IN IP4 239.1.2.3/16\r\n');
  });

  test('that is longer than its bounds is refused at once', () => {
    const long = performance.now();
    for (const text of [
      `v=0\n${'a=x\n'.repeat(4000)}`,
      `v=0\n${'\n'.repeat(300)}`,
      `v=0\na=${'x'.repeat(5000)}`,
      sdp('m=video 51000 RTP/AVP 96', `a=rtpmap:96 ${'H'.repeat(4000)}`),
      sdp(...h264, `a=fmtp:96 ${'='.repeat(4000)}`),
      sdp('m=video 51000 RTP/AVP 96', `a=rtpmap:96 H264/90000${' '.repeat(3900)}x`),
      sdp(...h264, `a=fmtp:96 sprop-parameter-sets=${'A,'.repeat(1900)}`),
      sdp(...Array.from({ length: 100 }, () => 'm=video 51000 RTP/AVP 96')),
    ]) {
      try {
        readSdp(text, options);
      } catch (error) {
        expect(error).toBeInstanceOf(SdpError);
      }
    }
    // No expression that goes wild: this is far above what the slowest machine needs.
    expect(performance.now() - long).toBeLessThan(5000);
  });
});

const hostile: [string, string, RegExp][] = [
  ['nothing', '', /does not begin with "v=0"/],
  ['no SDP', 'hello', /line 1: it is not of the form/],
  ['another version', sdp(...h264).replace('v=0', 'v=1'), /line 1: it does not begin/],
  ['two descriptions', sdp(...h264) + sdp(...h264), /line 7: a second description/],
  ['no media', sdp(), /no "m=video" or "m=audio"/],
  ['media that are switched off', sdp('m=video 0 RTP/AVP 96'), /no "m=video"/],
  ['another kind of media', sdp('m=application 51000 UDP/DTLS/SCTP webrtc-datachannel'), /no "m=video"/],
  ['encryption', sdp('m=video 51000 RTP/SAVP 96', 'a=rtpmap:96 H264/90000'), /line 5: encrypted RTP/],
  ['WebRTC', sdp('m=video 9 UDP/TLS/RTP/SAVPF 96', 'a=rtpmap:96 H264/90000'), /encrypted RTP/],
  ['TCP', sdp('m=video 51000 TCP/RTP/AVP 96', 'a=rtpmap:96 H264/90000'), /protocol is not RTP\/AVP/],
  ['a file', sdp('m=video 51000 file:///etc/passwd 96'), /protocol is not RTP\/AVP/],
  ['a low port', sdp('m=video 80 RTP/AVP 96', 'a=rtpmap:96 H264/90000'), /line 5: its port/],
  ['an odd port', sdp('m=video 51001 RTP/AVP 96', 'a=rtpmap:96 H264/90000'), /its port/],
  ['a port too high', sdp('m=video 65536 RTP/AVP 96', 'a=rtpmap:96 H264/90000'), /its port/],
  ['a port that is no number', sdp('m=video 5e4 RTP/AVP 96', 'a=rtpmap:96 H264/90000'), /its port/],
  ['several ports', sdp('m=video 51000/4 RTP/AVP 96', 'a=rtpmap:96 H264/90000'), /several ports/],
  ['the HTTP port', sdp('m=video 8080 RTP/AVP 96', 'a=rtpmap:96 H264/90000'), /touch the server's HTTP port/],
  [
    "another source's port",
    sdp('m=video 42998 RTP/AVP 96', 'a=rtpmap:96 H264/90000'),
    /ports of other sources/,
  ],
  ['one port for both', sdp(...h264, 'm=audio 51000 RTP/AVP 0'), /both want UDP port 51000/],
  ['RTCP elsewhere', sdp(...h264, 'a=rtcp:22'), /line 7: RTCP is read on port 51001 only/],
  ['no payload type', sdp('m=video 51000 RTP/AVP'), /no payload type/],
  ['a payload type that is none', sdp('m=video 51000 RTP/AVP 128'), /no payload type/],
  ['an unknown payload type', sdp('m=video 51000 RTP/AVP 96'), /no "a=rtpmap:96"/],
  [
    'a static payload type with another meaning',
    sdp('m=audio 51000 RTP/AVP 0', 'a=rtpmap:0 opus/48000/2'),
    /payload type 0 is PCMU/,
  ],
  ['an unassigned payload type', sdp('m=video 51000 RTP/AVP 40', 'a=rtpmap:40 H264/90000'), /from 96 to 127/],
  ['an unknown codec', sdp('m=video 51000 RTP/AVP 96', 'a=rtpmap:96 AV9/90000'), /AV9 is no video codec/],
  [
    'a codec of the other kind',
    sdp('m=audio 51000 RTP/AVP 96', 'a=rtpmap:96 H264/90000'),
    /H264 is no audio codec/,
  ],
  [
    'an option for FFmpeg',
    sdp('m=video 51000 RTP/AVP 96', 'a=rtpmap:96 H264/90000 -f'),
    /not of the form "a=rtpmap/,
  ],
  ['a wrong clock', sdp('m=video 51000 RTP/AVP 96', 'a=rtpmap:96 H264/1'), /no clock rate 1/],
  ['99 channels', sdp('m=audio 51000 RTP/AVP 96', 'a=rtpmap:96 L16/48000/99'), /1 to 8 channels/],
  ['contradictory codecs', sdp(...h264, 'a=rtpmap:96 VP8/90000'), /line 7: it contradicts line 6/],
  [
    'contradictory parameters',
    sdp(...h264, 'a=fmtp:96 packetization-mode=1;packetization-mode=0'),
    /two of packetization-mode/,
  ],
  [
    'parameters that are none',
    sdp(...h264, 'a=fmtp:96 sprop-parameter-sets=../../etc'),
    /its sprop-parameter-sets/,
  ],
  ['interleaved packets', sdp(...h264, 'a=fmtp:96 packetization-mode=2'), /its packetization-mode/],
  [
    'AAC without its configuration',
    sdp('m=audio 51000 RTP/AVP 96', 'a=rtpmap:96 MPEG4-GENERIC/48000/2'),
    /cannot be read without "a=fmtp:96 config/,
  ],
  [
    'MPEG-TS with a payload type of its own',
    sdp('m=video 51000 RTP/AVP 96', 'a=rtpmap:96 MP2T/90000'),
    /payload type 33 only/,
  ],
  ['IPv6', sdp('c=IN IP6 ::1', ...h264), /line 5: IPv6/],
  [
    'an address that is none',
    sdp('c=IN IP4 127.0.0.1?localport=22', ...h264),
    /line 5: it is not of the form/,
  ],
  [
    'a carriage return in a line',
    sdp('c=IN IP4 127.0.0.1\rm=audio 1024 RTP/AVP 0', ...h264),
    /line 5: it holds a control/,
  ],
  ['a zero byte', sdp('i=\0', ...h264), /line 5: it holds a control/],
  ['two addresses', sdp('c=IN IP4 127.0.0.1', 'c=IN IP4 192.0.2.1', ...h264), /line 6: a second "c="/],
  ['multicast for the machine alone', sdp('c=IN IP4 239.0.0.1/1', ...h264), /line 5: multicast needs/],
  ['unicast with a time to live', sdp('c=IN IP4 192.0.2.1/16', ...h264), /only a multicast/],
  ['a hundred media', sdp(...Array.from({ length: 100 }, () => h264).flat()), /more than 16 "m=" lines/],
];

test.each(hostile)('%s is refused with the reason', (_what, text, reason) => {
  expect(() => readSdp(text, options)).toThrow(reason);
  expect(() => readSdp(text, options)).toThrow(SdpError);
});

test.each([
  ['without a time to live', 'c=IN IP4 239.0.0.1'],
  ['with too long a time to live', 'c=IN IP4 239.0.0.1/256'],
  ['with several groups', 'c=IN IP4 239.0.0.1/16/3'],
])('multicast %s is refused', (_what, line) => {
  expect(() => readSdp(sdp(line, ...h264), { ...options, listen: 'network' })).toThrow(/line 5/);
});
