import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll } from 'vitest';

const run = promisify(execFile);

let folder: string | undefined;
const made = new Map<string, Promise<string>>();

// Of the test file that imports this.
afterAll(() => {
  if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
});

/** A folder for media of the tests of a file, removed after them. */
export function mediaFolder(): string {
  folder ??= mkdtempSync(join(tmpdir(), 'spillway-media-'));
  return folder;
}

/** Path of a file that FFmpeg writes with these arguments, made at its first use. */
export function media(name: string, ...args: readonly string[]): Promise<string> {
  const file = made.get(name) ?? make(name, args);
  made.set(name, file);
  return file;
}

/** A moving picture as an input of FFmpeg. */
export function moving(seconds: number, size = '320x180', rate = '25'): string[] {
  return ['-f', 'lavfi', '-i', `testsrc2=size=${size}:rate=${rate}:duration=${seconds}`];
}

/** A tone as an input of FFmpeg. */
export function tone(seconds: number): string[] {
  return ['-f', 'lavfi', '-i', `sine=sample_rate=48000:duration=${seconds}`];
}

/** H264 as cameras should send it: a key frame each second at 25 frames a second, no B-frames. */
export const BASELINE = [
  ...['-c:v', 'libx264', '-preset', 'ultrafast', '-tune', 'zerolatency', '-profile:v', 'baseline'],
  ...['-g', '25', '-pix_fmt', 'yuv420p'],
];

async function make(name: string, args: readonly string[]): Promise<string> {
  const path = join(mediaFolder(), name);
  await run('ffmpeg', ['-v', 'error', '-nostdin', '-y', ...args, path], { timeout: 120_000 });
  return path;
}
