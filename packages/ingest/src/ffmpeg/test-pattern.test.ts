import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { videoEncoderArgs } from './encoders.ts';
import { patternClockAge, readPatternClock } from './pattern-clock.ts';
import { cannotDrawText, patternFilters } from './test-pattern.ts';

const run = promisify(execFile);
const quiet = ['-hide_banner', '-nostdin', '-v', 'error'];

/** The clocks of FFmpeg's raw output. */
function clocks(raw: Buffer, width: number, height: number): (number | undefined)[] {
  const size = 4 * width * height;
  return Array.from({ length: raw.length / size }, (_, frame) =>
    readPatternClock({ width, height, data: raw.subarray(frame * size, (frame + 1) * size) }),
  );
}

async function frames(args: readonly string[]): Promise<Buffer> {
  const { stdout } = await run('ffmpeg', [...quiet, ...args, '-f', 'rawvideo', '-pix_fmt', 'rgba', '-'], {
    encoding: 'buffer',
    maxBuffer: 2 ** 28,
    timeout: 60_000,
  });
  return stdout;
}

function pattern(width: number, height: number): string[] {
  const source = `testsrc2=size=${width}x${height}:rate=20`;
  return ['-re', '-f', 'lavfi', '-i', source, '-vf', patternFilters(20, "a room's 100%")];
}

test.each([
  [160, 90],
  [320, 180],
  [854, 480],
  [1280, 720],
])('each frame of %ix%i shows when it was drawn', async (width, height) => {
  const before = Date.now();
  const read = clocks(await frames([...pattern(width, height), '-frames:v', '10']), width, height);
  const after = Date.now();
  expect(read).toHaveLength(10);
  let last = Number.POSITIVE_INFINITY;
  for (const clock of read) {
    if (clock === undefined) throw new Error(`No clock in ${JSON.stringify(read)}`);
    const age = patternClockAge(clock, after);
    expect(age).toBeLessThanOrEqual(last);
    expect(age).toBeGreaterThanOrEqual(0);
    expect(age).toBeLessThanOrEqual(after - before + 1);
    last = age;
  }
  expect(patternClockAge(read[0] ?? 0, after)).toBeGreaterThan(last);
});

test.each(['H264', 'VP8'] as const)(
  'the clock survives %s at a low bitrate, and scaling to 180p',
  async (codec) => {
    const folder = await mkdtemp(join(tmpdir(), 'spillway-pattern-'));
    try {
      const file = join(folder, 'pattern.mkv');
      const [width, height] = [640, 360];
      const encoding = { codec, width, height, frameRate: 20, bitrate: 150_000, keyFrameInterval: 0.5 };
      const args = [...pattern(width, height), '-frames:v', '40', ...videoEncoderArgs(encoding), file];
      await run('ffmpeg', [...quiet, ...args], { timeout: 60_000 });
      const read = clocks(await frames(['-i', file, '-vf', 'scale=320:180']), 320, 180);
      expect(read).toHaveLength(40);
      expect(read.filter((clock) => clock === undefined)).toEqual([]);
      expect(new Set(read).size).toBeGreaterThan(1);
    } finally {
      await rm(folder, { recursive: true });
    }
  },
);

test('H264 is constrained baseline without B-frames, with a key frame each half second', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'spillway-pattern-'));
  try {
    const file = join(folder, 'pattern.mkv');
    const encoding = {
      codec: 'H264',
      width: 1280,
      height: 720,
      frameRate: 30,
      bitrate: 1_500_000,
      keyFrameInterval: 0.5,
    } as const;
    const source = [
      '-f',
      'lavfi',
      '-i',
      'testsrc2=size=1280x720:rate=30',
      '-vf',
      patternFilters(30, undefined),
    ];
    await run('ffmpeg', [...quiet, ...source, '-frames:v', '60', ...videoEncoderArgs(encoding), file]);
    const show = ['-show_entries', 'stream=profile,level,has_b_frames,pix_fmt:packet=flags', '-of', 'json'];
    const { stdout } = await run('ffprobe', ['-v', 'error', ...show, file]);
    const probed = JSON.parse(stdout);
    expect(probed.streams).toEqual([
      { profile: 'Constrained Baseline', level: 31, has_b_frames: 0, pix_fmt: 'yuv420p' },
    ]);
    const keys = probed.packets.flatMap(({ flags }: { flags: string }, at: number) =>
      flags.startsWith('K') ? [at] : [],
    );
    expect(keys).toEqual([0, 15, 30, 45]);
  } finally {
    await rm(folder, { recursive: true });
  }
});

test('knows from the last words that no text can be drawn', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'spillway-fonts-'));
  try {
    const fonts = join(folder, 'fonts.conf');
    await writeFile(fonts, `<fontconfig><dir>${folder}</dir></fontconfig>`);
    const source = ['-f', 'lavfi', '-i', 'color=black:s=64x64:d=0.1', '-vf', patternFilters(10, 'demo')];
    const failed = await run('ffmpeg', [...quiet, ...source, '-f', 'null', '-'], {
      env: { ...process.env, FONTCONFIG_FILE: fonts },
    }).then(
      () => '',
      (error: { stderr: string }) => error.stderr,
    );
    expect(cannotDrawText(failed.split('\n'))).toBe(true);
  } finally {
    await rm(folder, { recursive: true });
  }
  expect(cannotDrawText(["[AVFilterGraph @ 0x5630af4dc940] No such filter: 'drawtext'"])).toBe(true);
  expect(cannotDrawText(['something else'])).toBe(false);
});
