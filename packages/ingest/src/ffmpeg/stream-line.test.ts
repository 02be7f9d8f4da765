import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { SourceReport } from '@spillway/protocol';
import { expect, test } from 'vitest';
import { examine } from '../doctor/examine.ts';
import { planMedia } from '../doctor/plan.ts';
import { makeReport } from '../doctor/report.ts';
import { BASELINE, media, moving, tone } from '../doctor/test-media.ts';
import { readLogLine } from './log-line.ts';
import { differsFromPlan, type LoggedStream, misfitReader, readStreamLine } from './stream-line.ts';

const run = promisify(execFile);
const h264 = { kind: 'video', codec: 'h264' } as const;

test.each<[string, LoggedStream | undefined]>([
  [
    '  Stream #0:0: Video: h264 (Constrained Baseline), yuv420p(progressive), 640x360 [SAR 1:1 DAR 16:9], 25 fps, 25 tbr, 90k tbn',
    { ...h264, profile: 'Constrained Baseline', width: 640, height: 360 },
  ],
  [
    '    Stream #0:0(eng): Video: h264 (High) (avc1 / 0x31637661), yuv420p(tv, bt709), 1920x1080 [SAR 1:1 DAR 16:9], 4000 kb/s, 29.97 fps, 29.97 tbr, 30k tbn, 59.94 tbc (default)',
    { ...h264, profile: 'High', width: 1920, height: 1080 },
  ],
  [
    '  Stream #0:0[0x1](und): Video: h264 (High 4:2:2) (avc1 / 0x31637661), yuv422p(progressive), 640x360 [SAR 1:1 DAR 16:9], 2260 kb/s, 25 fps (default)',
    { ...h264, profile: 'High 4:2:2', width: 640, height: 360 },
  ],
  [
    '  Stream #0:0[0x100]: Video: h264 (Main) ([27][0][0][0] / 0x001B), yuv420p(top first), 720x576 [SAR 64:45 DAR 16:9], 25 fps',
    { ...h264, profile: 'Main', width: 720, height: 576 },
  ],
  [
    '  Stream #0:0: Video: vp8, yuv420p(progressive), 640x360, SAR 1:1 DAR 16:9, 25 fps',
    { kind: 'video', codec: 'vp8', width: 640, height: 360 },
  ],
  [
    '  Stream #0:0: Video: av1 (libdav1d) (Main) (av01 / 0x31307661), yuv420p(tv), 320x180, 25 fps',
    { kind: 'video', codec: 'av1', profile: 'Main', width: 320, height: 180 },
  ],
  ['  Stream #0:0: Video: h264, none, 90k tbr, 90k tbn', h264],
  [
    '  Stream #0:1[0x101](und): Audio: aac (LC) ([15][0][0][0] / 0x000F), 48000 Hz, mono, fltp, 72 kb/s',
    { kind: 'audio', codec: 'aac', profile: 'LC' },
  ],
  ['  Stream #0:1: Audio: pcm_mulaw, 8000 Hz, mono, s16, 64 kb/s', { kind: 'audio', codec: 'pcm_mulaw' }],
  ['  Stream #0:1: Audio: mp3 (mp3float), 44100 Hz, stereo, fltp, 128 kb/s', { kind: 'audio', codec: 'mp3' }],
  [
    '  Stream #0:1: Video: mjpeg (Baseline), yuvj420p, 300x300 [SAR 1:1 DAR 1:1], 90k tbr (attached pic)',
    undefined,
  ],
  ['  Stream #0:0 -> #0:0 (copy)', undefined],
  ['    title           : Stream #0:0: Video: h264', undefined],
  ['', undefined],
])('%s', (line, stream) => {
  expect(readStreamLine(line)).toEqual(stream);
});

const report: SourceReport = {
  examinedAt: new Date(0).toISOString(),
  format: 'rtsp',
  streams: [
    { ...h264, profile: 'Main', width: 640, height: 360, bFrames: false },
    { kind: 'audio', codec: 'aac', profile: 'LC', sampleRate: 48_000, channels: 2 },
  ],
  findings: [],
};
const video: LoggedStream = { ...h264, profile: 'Main', width: 640, height: 360 };
const audio: LoggedStream = { kind: 'audio', codec: 'aac', profile: 'LC' };

test.each<[string, LoggedStream[], string | undefined]>([
  ['the same', [video, audio], undefined],
  ['what is not known', [h264, { kind: 'audio', codec: 'aac' }], undefined],
  ['another codec', [{ ...video, codec: 'hevc' }, audio], 'The picture is hevc now, and was h264'],
  ['another profile', [{ ...video, profile: 'High 10' }, audio], 'profile High 10 now'],
  ['another size', [{ ...video, width: 1280, height: 720 }, audio], '1280x720 now, and was 640x360'],
  ['another sound', [video, { kind: 'audio', codec: 'opus' }], 'The sound is opus now'],
  ['no sound', [video], 'no sound any more'],
  ['no picture', [audio], 'no picture any more'],
])('%s', (_, streams, reason) => {
  if (reason === undefined) expect(differsFromPlan(streams, report)).toBeUndefined();
  else expect(differsFromPlan(streams, report)).toContain(reason);
});

test('an input that has got a sound', () => {
  expect(differsFromPlan([video, audio], { ...report, streams: report.streams.slice(0, 1) })).toContain(
    'a sound now',
  );
});

test("FFmpeg's real log tells whether an input is what ffprobe saw", async () => {
  const small = await media('small.mp4', ...moving(1), ...tone(1), ...BASELINE, '-c:a', 'aac');
  const large = await media('large.mp4', ...moving(1, '640x360'), ...tone(1), ...BASELINE, '-c:a', 'aac');
  const input = { args: ['-i', small], secrets: [], close: () => {} };
  const examination = await examine(input, { depth: 'quick', limitMs: 30_000 });
  const misfit = misfitReader(makeReport(examination, planMedia(examination, {})));
  const reasons = async (file: string) => {
    const args = [
      '-hide_banner',
      '-loglevel',
      'repeat+level+info',
      '-nostdin',
      '-i',
      file,
      '-f',
      'null',
      '-',
    ];
    const { stderr } = await run('ffmpeg', args, { timeout: 30_000 });
    return stderr.split('\n').flatMap((line) => misfit(readLogLine(line).text) ?? []);
  };
  expect(await reasons(small)).toEqual([]);
  expect(await reasons(large)).toEqual(['The picture is 640x360 now, and was 320x180']);
  expect(await reasons(small)).toEqual([]);
});
