import type { RtpInput } from '@spillway/protocol';
import { expect, test } from 'vitest';
import { outputArgs } from '../ffmpeg/output-args.ts';
import { capture } from '../ffmpeg/test-capture.ts';
import type { OpenInput } from '../input.ts';
import { beginsKeyFrame, type RtpPacket } from '../test-support/rtp-packet.ts';
import { examine } from './examine.ts';
import { planMedia } from './plan.ts';
import { BASELINE, media, moving, tone } from './test-media.ts';

/* Each kind of input, from the doctor's look at it to what FFmpeg sends by his plan. */

const x264 = ['-c:v', 'libx264', '-preset', 'ultrafast', '-g', '25'];
const aac = ['-c:a', 'aac'];

const KINDS: readonly [string, readonly string[], 'copy' | 'transcode', 'copy' | 'transcode'][] = [
  ['baseline.mp4', [...BASELINE, '-c:a', 'libopus'], 'copy', 'copy'],
  ['main.ts', [...x264, '-profile:v', 'main', '-bf', '0', ...aac], 'copy', 'transcode'],
  ['b-frames.mkv', [...x264, '-profile:v', 'main', '-bf', '2', ...aac], 'transcode', 'transcode'],
  ['high422.mp4', [...x264, '-pix_fmt', 'yuv422p', ...aac], 'transcode', 'transcode'],
  ['high10.mkv', [...x264, '-pix_fmt', 'yuv420p10le', ...aac], 'transcode', 'transcode'],
  [
    'interlaced.ts',
    [...x264, '-flags', '+ildct+ilme', '-x264-params', 'tff=1', '-c:a', 'mp2'],
    'transcode',
    'transcode',
  ],
  [
    'hevc.mp4',
    ['-c:v', 'libx265', '-preset', 'ultrafast', '-x265-params', 'log-level=none', ...aac],
    'transcode',
    'transcode',
  ],
  ['mpeg2.ts', ['-c:v', 'mpeg2video', '-c:a', 'ac3'], 'transcode', 'transcode'],
  ['mjpeg.mov', ['-c:v', 'mjpeg', '-c:a', 'pcm_mulaw', '-ar', '8000', '-ac', '1'], 'transcode', 'copy'],
  [
    'vp8.webm',
    ['-c:v', 'libvpx', '-deadline', 'realtime', '-cpu-used', '8', '-g', '25', '-c:a', 'libopus'],
    'copy',
    'copy',
  ],
  [
    'vp9.webm',
    ['-c:v', 'libvpx-vp9', '-deadline', 'realtime', '-cpu-used', '8', '-c:a', 'libopus'],
    'transcode',
    'copy',
  ],
  [
    'av1.mkv',
    ['-c:v', 'libaom-av1', '-usage', 'realtime', '-cpu-used', '8', '-c:a', 'libmp3lame'],
    'transcode',
    'transcode',
  ],
];

test.concurrent.each(KINDS)('%s', async (name, encode, picture, sound) => {
  const file = await media(`kind-${name}`, ...moving(3), ...tone(3), ...encode, '-shortest');
  const input: OpenInput = { args: ['-re', '-i', file], secrets: [], close: () => {} };
  const examination = await examine(input, { depth: 'quick', limitMs: 30_000 });
  const { video, audio } = planMedia(examination, { layers: ['90p'] });
  expect([video?.action, audio?.action]).toEqual([picture, sound]);
  const codecs: RtpInput['codec'][] = [
    video?.codec ?? 'H264',
    video?.codec ?? 'H264',
    audio?.codec ?? 'opus',
  ];
  const [low, top, heard] = await capture(input.args, codecs, (outputs) =>
    outputArgs({
      video,
      audio,
      videoOutputs: outputs.slice(0, 2),
      audioOutput: outputs[2],
      inputVideo: examination.video,
      startTimeUs: Date.now() * 1000,
    }),
  );
  for (const received of [low, top]) {
    const packets = received?.packets ?? [];
    const times = new Set(packets.map(({ timestamp }) => timestamp));
    expect(times.size).toBeGreaterThan(70);
    expect(times.size).toBeLessThanOrEqual(76);
    expect(keyFrames(codecs[0] ?? 'H264', packets)).toBeGreaterThanOrEqual(3);
  }
  const [first, last] = [heard?.packets.at(0)?.timestamp ?? 0, heard?.packets.at(-1)?.timestamp ?? 0];
  const rate = codecs[2] === 'opus' ? 48_000 : 8000;
  expect(((last - first) >>> 0) / rate).toBeGreaterThan(2.5);
});

function keyFrames(codec: RtpInput['codec'], packets: readonly RtpPacket[]): number {
  return new Set(
    packets.filter(({ payload }) => beginsKeyFrame(codec, payload)).map(({ timestamp }) => timestamp),
  ).size;
}
