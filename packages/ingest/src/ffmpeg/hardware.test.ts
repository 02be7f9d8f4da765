import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { FfmpegFacts } from './facts.ts';
import { findHardwareEncoder } from './hardware.ts';
import { parseFfmpegVersion } from './version.ts';

/** A program that lists an encoder and says of each trial whether it works, and counts its runs. */
async function withFake(works: boolean, use: (path: string, runs: () => Promise<number>) => Promise<void>) {
  const folder = await mkdtemp(join(tmpdir(), 'spillway-hardware-'));
  try {
    const path = join(folder, 'ffmpeg');
    const lines = [
      '#!/bin/sh',
      `echo run >> ${folder}/runs`,
      'case "$*" in',
      '*-encoders*) echo " V....D h264_nvenc NVIDIA NVENC H.264 encoder" ;;',
      '*-version*) echo "ffmpeg version 7.1.1-1+b1 Copyright (c) 2000-2025" ;;',
      `*) exit ${works ? 0 : 1} ;;`,
      'esac',
    ];
    await writeFile(path, `${lines.join('\n')}\n`);
    await chmod(path, 0o755);
    await use(path, async () => (await readFile(join(folder, 'runs'), 'utf8')).split('\n').length - 1);
  } finally {
    await rm(folder, { recursive: true });
  }
}

test('an encoder that is listed and works is found, once', () =>
  withFake(true, async (ffmpegPath, runs) => {
    const facts = new FfmpegFacts(ffmpegPath);
    expect(await facts.hardware()).toEqual({ encoder: 'h264_nvenc' });
    expect(await facts.hardware()).toEqual({ encoder: 'h264_nvenc' });
    expect(await runs()).toBe(2);
    expect(await facts.version()).toEqual({ major: 7, minor: 1 });
  }));

test('an encoder that is listed and does not work is not taken', () =>
  withFake(false, async (ffmpegPath) => {
    expect(await findHardwareEncoder({ ffmpegPath })).toBeUndefined();
  }));

test('a machine without FFmpeg has none', async () => {
  expect(await findHardwareEncoder({ ffmpegPath: '/nowhere/ffmpeg' })).toBeUndefined();
  expect(await new FfmpegFacts('/nowhere/ffmpeg').version()).toBeUndefined();
});

test('the FFmpeg of this machine is asked without a fault', async () => {
  const hardware = await findHardwareEncoder();
  if (hardware) expect(hardware.encoder).toMatch(/^h264_(vaapi|nvenc)$/);
  expect((await new FfmpegFacts('ffmpeg').version())?.major).toBeGreaterThanOrEqual(4);
});

test.each([
  ['ffmpeg version 5.1.9-0+deb12u1 Copyright (c) 2000-2026 the FFmpeg developers', { major: 5, minor: 1 }],
  ['ffmpeg version n4.4.2 Copyright', { major: 4, minor: 4 }],
  ['ffmpeg version 8.0', { major: 8, minor: 0 }],
  ['ffmpeg version 7 Copyright', { major: 7, minor: 0 }],
  ['ffmpeg version N-109542-g8d8d4b2 Copyright', undefined],
  ['ffmpeg version 2024-05-02-git-71669f2ad5 Copyright', undefined],
  ['', undefined],
])('%s', (line, version) => {
  expect(parseFfmpegVersion(line)).toEqual(version);
});
