import { expect, test } from 'vitest';
import { startAbove } from './start-bitrate.ts';

const sdp = (lines: string[]) => lines.map((line) => `${line}\r\n`).join('');

test('video codecs start above, whether they have parameters or not; nothing else changes', () => {
  const answer = [
    'v=0',
    'm=audio 9 UDP/TLS/RTP/SAVPF 111',
    'a=rtpmap:111 opus/48000/2',
    'a=fmtp:111 minptime=10',
    'm=video 9 UDP/TLS/RTP/SAVPF 96 97 102 35',
    'a=rtpmap:96 VP8/90000',
    'a=rtpmap:97 rtx/90000',
    'a=fmtp:97 apt=96',
    'a=rtpmap:102 H264/90000',
    'a=fmtp:102 packetization-mode=1',
    'a=rtpmap:35 red/90000',
    'a=mid:1',
  ];
  expect(startAbove(sdp(answer))).toBe(
    sdp(
      answer.flatMap((line) => {
        if (line.startsWith('a=rtpmap:96')) return [line, 'a=fmtp:96 x-google-start-bitrate=1200'];
        return line.startsWith('a=fmtp:102') ? [`${line};x-google-start-bitrate=1200`] : [line];
      }),
    ),
  );
});
