import { AudioPlan, compileCheck, SourceReport, VideoPlan } from '@spillway/protocol';
import { expect, test } from 'vitest';
import type { Examination, ExaminedAudio, ExaminedVideo } from './examination.ts';
import { type PlanOptions, planMedia } from './plan.ts';
import { makeReport } from './report.ts';
import { exampleAudio, exampleVideo } from './test-examinations.ts';

const checks = {
  video: compileCheck(VideoPlan),
  audio: compileCheck(AudioPlan),
  report: compileCheck(SourceReport),
};

function examination(video?: Partial<ExaminedVideo>, audio?: Partial<ExaminedAudio>): Examination {
  return {
    format: 'rtsp',
    seconds: 5,
    video: { ...exampleVideo, ...video },
    audio: { ...exampleAudio, ...audio },
    streams: [],
  };
}

function plan(video?: Partial<ExaminedVideo>, options: PlanOptions = {}) {
  const planned = planMedia(examination(video), options).video;
  expect(checks.video(planned)).toMatchObject({ ok: true });
  return planned;
}

function planSound(audio: Partial<ExaminedAudio>, options: PlanOptions = {}) {
  const planned = planMedia(examination({}, audio), options).audio;
  expect(checks.audio(planned)).toMatchObject({ ok: true });
  return planned;
}

test('what browsers play is copied', () => {
  expect(plan()).toEqual({
    action: 'copy',
    reason: 'Copied: browsers play H.264 Main as it comes.',
    codec: 'H264',
    picture: { width: 1280, height: 720, frameRate: 25, bitrate: 2_000_000 },
    layers: [],
    cores: 0.02,
  });
  expect(plan({ codec: 'vp8', profile: '0' })).toMatchObject({ action: 'copy', codec: 'VP8' });
  expect(plan({ pixelFormat: 'yuvj420p', profile: 'High' })?.action).toBe('copy');
  expect(plan({ keyFrameSeconds: 10, width: 3840, height: 2160 })?.action).toBe('copy');
});

test.each<[string, Partial<ExaminedVideo>, string]>([
  ['H265', { codec: 'hevc' }, 'H.265'],
  ['VP9', { codec: 'vp9' }, 'VP9'],
  ['AV1', { codec: 'av1' }, 'AV1'],
  ['B-frames', { bFrames: true }, 'B-frames'],
  ['4:2:2', { profile: 'High 4:2:2', pixelFormat: 'yuv422p' }, 'High 4:2:2'],
  ['10 bit', { profile: 'High 10', pixelFormat: 'yuv420p10le' }, 'High 10'],
  ['interlaced', { interlaced: true }, 'interlaced'],
  ['turned', { rotation: 90 }, '90 degrees'],
])('%s is encoded anew, or left out where that may not be', (_, video, words) => {
  const planned = plan(video);
  expect(planned).toMatchObject({ action: 'transcode', codec: 'H264', encoder: 'libx264' });
  expect(planned?.reason).toContain(words);
  expect(planned?.cores).toBeGreaterThan(0.05);
  const dropped = plan(video, { video: { transcode: 'never' } });
  expect(dropped).toMatchObject({ action: 'drop', layers: [] });
  expect(dropped?.reason).toContain(words);
});

test('an encoded picture has the size, rate and bitrate of the settings, and is never larger than it was', () => {
  const hevc = { codec: 'hevc', width: 3840, height: 2160, frameRate: 60 };
  expect(plan(hevc)?.picture).toEqual({ width: 1920, height: 1080, frameRate: 30, bitrate: 4_590_000 });
  const settings = { height: 720, frameRate: 60, bitrate: 1_000_000 };
  expect(plan(hevc, { video: settings })?.picture).toEqual({
    width: 1280,
    height: 720,
    frameRate: 60,
    bitrate: 1_000_000,
  });
  expect(plan({ codec: 'hevc', width: 641, height: 361, frameRate: 12 })?.picture).toMatchObject({
    width: 640,
    height: 360,
    frameRate: 12,
  });
  expect(plan({ codec: 'hevc' })?.picture?.bitrate).toBe(
    Math.round((2_500_000 * Math.sqrt(25 / 30)) / 1e4) * 1e4,
  );
  expect(plan({ codec: 'hevc', frameRate: 0 })?.picture?.frameRate).toBe(30);
  expect(plan({}, { video: { transcode: 'always' } })?.reason).toContain('"always"');
});

test('an encoded picture has square pixels and stands upright', () => {
  const wide = { codec: 'mpeg2video', width: 720, height: 576, pixelAspect: 64 / 45 };
  expect(plan(wide)?.picture).toMatchObject({ width: 1024, height: 576 });
  const phone = { width: 1920, height: 1080, rotation: 90 };
  expect(plan(phone)?.picture).toMatchObject({ width: 608, height: 1080 });
});

test('layers are lower than the picture, lowest first, with bitrates by their pixels', () => {
  const planned = plan({}, { layers: ['720p', '540p', '180p'] });
  expect(planned).toMatchObject({ action: 'copy', encoder: 'libx264' });
  expect(planned?.layers.map(({ width, height }) => [width, height])).toEqual([
    [320, 180],
    [960, 540],
  ]);
  const [low, high] = planned?.layers ?? [];
  expect(low?.bitrate).toBeLessThan(400_000);
  expect(high?.bitrate).toBe(1_400_000);
  expect(planned?.cores).toBeGreaterThan(0.05);
  expect(planned?.reason).toContain('180p and 540p beside it are encoded');

  expect(plan({ height: 180, width: 320 }, { layers: ['180p'] })?.layers).toEqual([]);
  expect(plan({ codec: 'vp8' }, { layers: ['180p'] })).toMatchObject({ codec: 'VP8', encoder: 'libvpx' });
  expect(plan({ bitrate: 300_000 }, { layers: ['540p'] })?.layers[0]?.bitrate).toBe(210_000);
  const both = plan({ codec: 'hevc' }, { layers: ['180p'] });
  expect(both).toMatchObject({ action: 'transcode', layers: [{ height: 180 }], picture: { height: 720 } });
});

test('hardware encodes where it works and is wanted', () => {
  const hevc = { codec: 'hevc' };
  const hardware = 'h264_vaapi';
  expect(plan(hevc, { hardware })?.encoder).toBe('h264_vaapi');
  expect(plan(hevc, { hardware, video: { hardware: 'vaapi' } })?.encoder).toBe('h264_vaapi');
  expect(plan(hevc, { hardware, video: { hardware: 'off' } })?.encoder).toBe('libx264');
  const missed = plan(hevc, { hardware, video: { hardware: 'nvenc' } });
  expect(missed?.encoder).toBe('libx264');
  expect(missed?.reason).toContain('nvenc does not work here');
  expect(plan(hevc, { hardware })?.cores).toBeLessThan(plan(hevc)?.cores ?? 0);
});

test('a slower preset, a larger picture and more layers cost more', () => {
  const cores = (video: Partial<ExaminedVideo>, options: PlanOptions = {}) =>
    plan(video, options)?.cores ?? 0;
  const hevc = { codec: 'hevc' };
  expect(cores(hevc, { video: { preset: 'medium' } })).toBeGreaterThan(cores(hevc));
  expect(cores({ ...hevc, width: 1920, height: 1080 })).toBeGreaterThan(cores(hevc));
  expect(cores(hevc, { layers: ['180p', '540p'] })).toBeGreaterThan(cores(hevc));
});

test('sound', () => {
  expect(planSound({})).toMatchObject({ action: 'copy', codec: 'opus' });
  const g711 = { sampleRate: 8000, channels: 1 };
  expect(planSound({ ...g711, codec: 'pcm_mulaw' })).toMatchObject({ action: 'copy', codec: 'PCMU' });
  expect(planSound({ ...g711, codec: 'pcm_alaw' })).toMatchObject({ action: 'copy', codec: 'PCMA' });
  const others = { aac: 'AAC', mp3: 'MP3', ac3: 'AC-3', adpcm_g726: 'G.726', flac: 'FLAC', wmav2: 'wmav2' };
  for (const [codec, name] of Object.entries(others)) {
    const planned = planSound({ codec });
    expect(planned).toMatchObject({ action: 'transcode', codec: 'opus', bitrate: 96_000 });
    expect(planned?.reason).toContain(name);
  }
  expect(planSound({ codec: 'pcm_alaw', sampleRate: 16_000, channels: 1 })?.reason).toContain('16000 Hz');
  expect(planSound({ channels: 6 })).toMatchObject({ action: 'transcode' });
  expect(planSound({ codec: 'aac', sampleRate: 0 })).toMatchObject({ action: 'drop' });
  expect(planSound({}, { audio: false })).toMatchObject({ action: 'drop' });
});

test('what is not there is not planned', () => {
  expect(planMedia({ ...examination(), video: undefined, audio: undefined }, {})).toEqual({});
});

test('a report of all that is valid', () => {
  const seen = examination({ codec: 'hevc', interlaced: true }, { codec: 'aac' });
  const report = makeReport({ ...seen, duration: 12 }, planMedia(seen, { layers: ['180p'] }));
  expect(checks.report(report)).toMatchObject({ ok: true });
  expect(report.findings.map(({ code }) => code)).toEqual(['video-codec', 'interlaced', 'audio-codec']);
});
