import { expect, test } from 'vitest';
import { diagnose } from './diagnose.ts';
import type { Examination, ExaminedAudio, ExaminedVideo, Timing } from './examination.ts';
import { FINDINGS, type FindingCode, finding } from './findings.ts';
import { exampleAudio, exampleTiming, exampleVideo } from './test-examinations.ts';

function codes(
  video: Partial<ExaminedVideo> | undefined,
  audio?: Partial<ExaminedAudio>,
  more: Partial<Examination> = {},
) {
  const examination: Examination = {
    format: 'rtsp',
    seconds: 5,
    video: video && { ...exampleVideo, ...video },
    audio: { ...exampleAudio, ...audio },
    streams: [],
    ...more,
  };
  return diagnose(examination).map(({ code }) => code);
}

test('what is as it should be gets no finding', () => {
  expect(codes({})).toEqual([]);
});

const timing = (changes: Partial<Timing>): { timing: Timing } => ({
  timing: { ...exampleTiming, ...changes },
});

test.each<[FindingCode, string[]]>([
  ['no-video', codes(undefined)],
  ['no-audio', codes({}, {}, { audio: undefined })],
  ['video-codec', codes({ codec: 'hevc', profile: 'Main', bFrames: true })],
  ['video-profile', codes({ profile: 'High 4:2:2', pixelFormat: 'yuv422p' })],
  ['pixel-format', codes({ pixelFormat: 'yuv422p' })],
  ['b-frames', codes({ bFrames: true })],
  ['interlaced', codes({ interlaced: true })],
  ['rotated', codes({ rotation: 90 })],
  ['non-square-pixels', codes({ pixelAspect: 16 / 15 })],
  ['long-key-frame-interval', codes({ keyFrameSeconds: 4 })],
  ['frame-rate-unknown', codes({ frameRate: 0 })],
  ['frame-rate-variable', codes({ variableFrameRate: true })],
  ['frame-rate-low', codes({ frameRate: 5 })],
  ['frame-rate-high', codes({ frameRate: 120 })],
  ['bitrate-high', codes({ bitrate: 9_000_000 })],
  ['picture-large', codes({ width: 3840, height: 2160 })],
  ['too-many-pixels', codes({ width: 16_384, height: 16_384 })],
  ['audio-codec', codes({}, { codec: 'aac' })],
  ['audio-undecodable', codes({}, { codec: 'aac', sampleRate: 0 })],
  ['timestamps-missing', codes(timing({ missing: 90 }))],
  ['timestamps-backwards', codes(timing({ backwards: 2 }))],
  ['timestamps-jump', codes(timing({ jumps: 1 }))],
  ['audio-clock', codes({}, timing({ drift: -0.05 }))],
  ['audio-offset', codes({}, timing({ start: 2 }))],
  ['packet-loss', codes({}, {}, { loss: { received: 980, lost: 20 } })],
])('%s', (code, found) => {
  expect(found).toEqual([code]);
});

test('the worst comes first', () => {
  const found = codes({ width: 16_384, height: 16_384, bFrames: true, rotation: 90 }, { codec: 'aac' });
  expect(found).toEqual(['too-many-pixels', 'b-frames', 'rotated', 'audio-codec']);
});

test('what only matters where it is copied is not said of what is encoded anew', () => {
  expect(codes({ codec: 'hevc', keyFrameSeconds: 10, bitrate: 20_000_000 })).toEqual(['video-codec']);
});

test('packet loss that nobody sees is not told', () => {
  expect(codes({}, {}, { loss: { received: 100_000, lost: 3 } })).toEqual([]);
  expect(codes({}, {}, { loss: { received: 0, lost: 0 } })).toEqual([]);
});

test.each(Object.entries(FINDINGS))(
  '%s says what it is and how to mend it',
  (code, { severity, message, cure }) => {
    expect(code).toMatch(/^[a-z0-9-]{1,64}$/);
    expect(message).toMatch(/^[A-Z{].*\.$/);
    if (severity !== 'info') expect(cure).toMatch(/^[A-Z].*\.$/);
    expect(message.length).toBeLessThan(400);
    expect(cure.length).toBeLessThanOrEqual(500);
  },
);

test('a message has its values in place', () => {
  const [found] = diagnose({
    format: 'rtsp',
    seconds: 5,
    video: { ...exampleVideo, keyFrameSeconds: 4 },
    audio: exampleAudio,
    streams: [],
  });
  expect(found?.message).toContain('every 4.0 s');
  for (const one of [codes({ codec: 'hevc' }), codes({ bitrate: 9e6 })].flat())
    expect(one).not.toContain('{');
  expect(finding('video-codec', { codec: 'x'.repeat(2000) }).message).toHaveLength(500);
});
