import { readdirSync, readFileSync } from 'node:fs';
import { copyFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import type { FileSourceConfig } from '@spillway/protocol';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { examine } from '../doctor/examine.ts';
import { BASELINE, media, moving, tone } from '../doctor/test-media.ts';
import { InputError, type OpenInput } from '../input.ts';
import { Child, type ChildEnd } from '../process/child.ts';
import { isAlive, waitFor } from '../test-support/wait-for.ts';
import { FileOpener } from './file-opener.ts';
import { FileProber } from './file-prober.ts';

const prober = new FileProber();
const never = new AbortController().signal;
let root: string;

const B_FRAMES = ['-c:v', 'libx264', '-preset', 'veryfast', '-bf', '3', '-g', '50', '-pix_fmt', 'yuv420p'];
const VP8 = ['-c:v', 'libvpx', '-deadline', 'realtime', '-cpu-used', '8', '-g', '50'];
const VP9 = ['-c:v', 'libvpx-vp9', '-deadline', 'realtime', '-cpu-used', '8', '-g', '50'];

/** Of 3 seconds, 25 frames a second. */
const FILES: Record<string, string[]> = {
  'plain.mp4': [...moving(3), ...tone(3), ...BASELINE, '-c:a', 'aac'],
  'b-frames.mp4': [...moving(3), ...tone(3), ...B_FRAMES, '-c:a', 'aac'],
  'b-frames.mkv': [...moving(3), ...tone(3), ...B_FRAMES, '-c:a', 'aac'],
  'opus.mkv': [...moving(3), ...tone(3), ...BASELINE, '-c:a', 'libopus'],
  'vp8.webm': [...moving(3), ...tone(3), ...VP8, '-c:a', 'libopus'],
  'vp9.webm': [...moving(3), ...tone(3), ...VP9, '-c:a', 'libopus'],
  'b-frames.ts': [...moving(3), ...tone(3), ...B_FRAMES, '-c:a', 'aac'],
  'old.avi': [...moving(3), ...tone(3), '-c:v', 'mpeg4', '-c:a', 'mp3'],
  'long-sound.mp4': [...moving(3), ...tone(3.7), ...BASELINE, '-c:a', 'aac'],
  'short-sound.mp4': [...moving(3), ...tone(2.5), ...BASELINE, '-c:a', 'aac'],
  'silent.mp4': [...moving(3), ...BASELINE],
};

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'spillway-library-'));
  for (const [name, args] of Object.entries(FILES))
    await copyFile(await media(name, ...args), join(root, name));
});

afterAll(async () => {
  prober.close();
  await rm(root, { recursive: true });
});

function opener(options: Omit<FileSourceConfig, 'type'>): FileOpener {
  return new FileOpener({ config: { type: 'file', ...options }, libraryRoot: root, prober });
}

interface Ran {
  readonly output: Buffer;
  readonly words: string;
  readonly end: ChildEnd;
  readonly seconds: number;
}

/** Runs FFmpeg from an input to its standard output; `fast`: not at the pace of a viewer. */
async function run(input: OpenInput, args: readonly string[], { fast = true } = {}): Promise<Ran> {
  const pieces: Buffer[] = [];
  let words = '';
  const begin = performance.now();
  const child = await Child.start({
    name: 'FFmpeg',
    file: 'ffmpeg',
    args: ['-hide_banner', '-v', 'warning', ...input.args.filter((arg) => !fast || arg !== '-re'), ...args],
    stdin: input.stdin,
    onOutput: (output: Readable) => output.on('data', (data: Buffer) => pieces.push(data)),
    onWords: (text) => {
      words += text;
    },
  });
  const end = await child.ended;
  input.close();
  return { output: Buffer.concat(pieces), words, end, seconds: (performance.now() - begin) / 1000 };
}

/** Timestamps of the packets or frames of each stream, in seconds, in their order. */
function timestamps(framecrc: Buffer): { pts: number[]; dts: number[] }[] {
  const bases: number[] = [];
  const streams: { pts: number[]; dts: number[] }[] = [];
  for (const line of framecrc.toString().split('\n')) {
    const base = /^#tb (\d+): (\d+)\/(\d+)/.exec(line);
    if (base) {
      bases[Number(base[1])] = Number(base[2]) / Number(base[3]);
      streams[Number(base[1])] = { pts: [], dts: [] };
    }
    const [stream, dts, pts] = line.split(',').map(Number);
    if (line.startsWith('#') || stream === undefined || dts === undefined || pts === undefined) continue;
    streams[stream]?.dts.push(dts * (bases[stream] ?? 0));
    streams[stream]?.pts.push(pts * (bases[stream] ?? 0));
  }
  return streams;
}

function steps(times: readonly number[]): number[] {
  return times.slice(1).map((time, at) => time - (times[at] ?? 0));
}

const COPIED = ['-map', '0:V:0', '-map', '0:a:0?', '-c', 'copy', '-t', '10', '-f', 'framecrc', '-'];
const DECODED = [
  ...['-map', '0:V:0', '-map', '0:a:0?', '-fps_mode', 'passthrough', '-c:v', 'rawvideo', '-c:a', 'pcm_s16le'],
  ...['-t', '10', '-f', 'framecrc', '-'],
];

const seamless = Object.keys(FILES).filter((name) => name !== 'old.avi');

test.each(seamless)('%s goes from round to round without a gap, copied', async (file) => {
  const { output } = await run(await opener({ file }).open(never), COPIED);
  const [video, audio] = timestamps(output);
  expect(video?.pts.length).toBeGreaterThan(245);
  // The last ones may lack those that are shown between them.
  for (const step of steps((video?.pts ?? []).toSorted((one, other) => one - other).slice(0, -4))) {
    expect(step).toBeGreaterThan(0.038);
    expect(step).toBeLessThan(0.042);
  }
  expect(Math.min(...steps(video?.dts ?? []))).toBeGreaterThan(0);
  expect(Math.min(0, ...steps(audio?.dts ?? []))).toBeGreaterThanOrEqual(0);
  if (file !== 'short-sound.mp4') expect(Math.max(0, ...steps(audio?.dts ?? []))).toBeLessThan(0.05);
});

test.each(Object.keys(FILES))('%s goes from round to round without a gap, decoded', async (file) => {
  const { output } = await run(await opener({ file }).open(never), DECODED);
  const [video, audio] = timestamps(output);
  const frames = steps(video?.pts ?? []);
  expect(Math.min(...frames)).toBeGreaterThan(0);
  // AVI has no frame where nothing moves: two intervals.
  expect(Math.max(...frames)).toBeLessThan(file === 'old.avi' ? 0.085 : 0.042);
  if (file !== 'short-sound.mp4') expect(Math.max(0, ...steps(audio?.pts ?? []))).toBeLessThan(0.05);
});

test('after a thousand rounds the sound is where it was, though it is shorter than the picture', async () => {
  const sizes = ['-f', 'lavfi', '-i', 'testsrc2=size=64x64:rate=25:duration=0.2'];
  const short = await media('short.mp4', ...sizes, ...tone(0.17), ...BASELINE, '-c:a', 'aac');
  await copyFile(short, join(root, 'short.mp4'));
  const input = await opener({ file: 'short.mp4' }).open(never);
  const [video, audio] = timestamps((await run(input, COPIED.toSpliced(-4, 1, '202'))).output);
  const perRound = (times: readonly number[] = []) => times.filter((time) => time > 0.1 && time < 0.3).length;
  const [frames, packets] = [perRound(video?.pts), perRound(audio?.pts)];
  expect(frames).toBe(5);
  for (const round of [1, 10, 500, 1000]) {
    const between = (audio?.pts[round * packets] ?? 0) - (video?.pts[round * frames] ?? 0);
    expect(Math.abs(between - ((audio?.pts[0] ?? 0) - (video?.pts[0] ?? 0)))).toBeLessThan(0.001);
    expect(video?.pts[round * frames]).toBeCloseTo((video?.pts[0] ?? 0) + round * 0.2, 3);
  }
});

test('plays at the pace of a clock, over a seam', async () => {
  const input = await opener({ file: 'plain.mp4' }).open(never);
  const { seconds } = await run(input, ['-map', '0:V:0', '-c', 'copy', '-t', '4', '-f', 'null', '-'], {
    fast: false,
  });
  expect(seconds).toBeGreaterThan(3.5);
});

test('begins where it is told to, in the first run only', async () => {
  const starting = opener({ file: ['plain.mp4', 'long-sound.mp4'], startSeconds: 2 });
  const graph = ['-map', '0:V:0', '-fps_mode', 'passthrough', '-c:v', 'rawvideo', '-f', 'framecrc', '-'];
  const first = timestamps(
    (await run(await starting.open(never), [...graph.slice(0, -3), '-t', '5', ...graph.slice(-3)])).output,
  );
  expect(steps(first[0]?.pts ?? []).every((step) => Math.abs(step - 0.04) < 0.002)).toBe(true);
  const once = opener({ file: 'plain.mp4', startSeconds: 2, loop: false });
  expect(timestamps((await run(await once.open(never), graph)).output)[0]?.pts).toHaveLength(25);
  expect(timestamps((await run(await once.open(never), graph)).output)[0]?.pts).toHaveLength(75);
  await expect(opener({ file: 'plain.mp4', startSeconds: 3 }).open(never)).rejects.toThrow(
    /has only 3\.0 seconds/,
  );
});

test('once: each file of a list, then the end with code 0', async () => {
  const input = await opener({ file: ['plain.mp4', 'long-sound.mp4'], loop: false }).open(never);
  const { output, end } = await run(input, DECODED);
  expect(end).toEqual({ code: 0, signal: null });
  expect(timestamps(output)[0]?.pts).toHaveLength(150);
});

test('files of unlike kinds come as one stream without a gap, once and with code 0', async () => {
  const file = ['vp9.webm', 'silent.mp4', 'old.avi', 'b-frames.ts'];
  const input = await opener({ file, loop: false, startSeconds: 1, video: { height: 90 } }).open(never);
  const { output, words, end } = await run(input, COPIED.toSpliced(-5, 2));
  expect(end.code).toBe(0);
  expect(words).not.toMatch(/damaged|Invalid|Non-monoton/);
  const [video, audio] = timestamps(output);
  // 2 + 3 + 3 + 3 seconds.
  expect(video?.pts.length).toBeGreaterThanOrEqual(274);
  for (const step of steps(video?.pts ?? [])) expect(Math.abs(step - 0.04)).toBeLessThan(0.002);
  expect(Math.max(...steps(audio?.pts ?? []))).toBeLessThan(0.05);
  expect(Math.abs((video?.pts.at(-1) ?? 0) - (audio?.pts.at(-1) ?? 0))).toBeLessThan(0.1);
});

test('files of unlike kinds go round, and leave no process when the reader goes', async () => {
  const input = await opener({ file: ['silent.mp4', 'vp8.webm'] }).open(never);
  const { output } = await run(input, COPIED);
  const [video] = timestamps(output);
  expect(video?.pts.length).toBeGreaterThan(245);
  for (const step of steps(video?.pts ?? [])) expect(Math.abs(step - 0.04)).toBeLessThan(0.002);
  await waitFor('no child to be left', () => childrenWith(root).length === 0);
});

test('closing without reading leaves no process', async () => {
  const input = await opener({ file: ['silent.mp4', 'vp8.webm'] }).open(never);
  input.close();
  input.close();
  await waitFor('no child to be left', () => childrenWith(root).length === 0);
});

test('closing while the doctor looks ends also a program that hangs', async () => {
  const input = await opener({ file: ['silent.mp4', 'vp8.webm'] }).open(never);
  const sample = input.sample?.().catch(() => {});
  const [pid] = await waitFor('its child', () => {
    const children = childrenWith(root);
    return children.length > 0 ? children : undefined;
  });
  process.kill(pid ?? Number.NaN, 'SIGSTOP');
  input.close();
  await waitFor('no child to be left', () => childrenWith(root).length === 0);
  await sample;
});

test.each([['plain.mp4'], ['plain.mp4', 'vp8.webm']])(
  'the doctor can look at %j before it is played',
  async (...file) => {
    const input = await opener({ file, startSeconds: 1 }).open(never);
    const { video, audio } = await examine(input, { depth: 'quick', limitMs: 25_000 });
    expect(video).toMatchObject({ codec: 'h264', width: 320, height: 180 });
    expect(audio?.sampleRate).toBe(48_000);
    expect((await run(input, COPIED)).output.length).toBeGreaterThan(1000);
  },
);

test.each([
  '-i.mp4',
  '-f lavfi.mp4',
  '%d.mp4',
  'img%03d.mp4',
  "it's.mp4",
  "'; file 'passwd.mp4",
  '"quotes" and $HOME `id`.mp4',
  'http:x.mp4',
  'file:x.mp4',
  'concat:a|b.mp4',
  'data:x,y.mp4',
  'pipe:0.mp4',
  'a b  .mp4',
  '#comment.mp4',
  'back?slash*[x].mp4',
  'ünï 日本語 🎬.mp4',
  '‮right-to-left.mp4',
  'x'.repeat(200).concat('.mp4'),
])('the name %j is a plain file', async (file) => {
  await copyFile(join(root, 'plain.mp4'), join(root, file));
  for (const list of [file, [file, 'vp8.webm']]) {
    const input = await opener({ file: list, loop: false }).open(never);
    const { output, end } = await run(input, ['-map', '0:V:0', '-c', 'copy', '-f', 'framecrc', '-']);
    expect(end.code).toBe(0);
    expect(timestamps(output)[0]?.pts).toHaveLength(list === file ? 75 : 150);
  }
});

const playlists = (target: string): Record<string, string> => ({
  hls: `#EXTM3U\n#EXT-X-TARGETDURATION:3\n#EXTINF:3,\n${target}\n#EXT-X-ENDLIST\n`,
  ffconcat: `ffconcat version 1.0\nfile '${target}'\n`,
  sdp: 'v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nt=0 0\nm=video 48888 RTP/AVP 96\na=rtpmap:96 H264/90000\n',
  dash: `<?xml version="1.0"?><MPD xmlns="urn:mpeg:dash:schema:mpd:2011" type="static" mediaPresentationDuration="PT3S"><Period><AdaptationSet mimeType="video/mp4"><Representation id="1" bandwidth="1"><BaseURL>${target}</BaseURL></Representation></AdaptationSet></Period></MPD>`,
  m3u: `#EXTM3U\n${target}\n`,
  smil: `<smil><body><video src="${target}"/></body></smil>`,
  webm_dash: `<?xml version="1.0"?><MPD type="static" profiles="urn:mpeg:dash:profile:webm-on-demand:2012"><Period><AdaptationSet><Representation><BaseURL>${target}</BaseURL></Representation></AdaptationSet></Period></MPD>`,
  imf: `<?xml version="1.0"?><CompositionPlaylist><Id>${target}</Id></CompositionPlaylist>`,
  text: 'file secrets\n',
});

test.each(Object.keys(playlists('')))(
  'a %s playlist under the name of a video opens nothing else',
  async (kind) => {
    await mkdir(join(root, 'sub'), { recursive: true });
    await copyFile(join(root, 'b-frames.ts'), join(root, 'sub/part.ts'));
    for (const target of ['sub/part.ts', `file:${root}/sub/part.ts`, 'http://127.0.0.1:9/x.ts']) {
      for (const name of ['evil.mp4', 'evil.ts', 'evil.mkv']) {
        await writeFile(join(root, name), playlists(target)[kind] ?? '');
        const refused = opener({ file: [name, 'plain.mp4'] }).open(never);
        await expect(refused).rejects.toThrow(InputError);
        await expect(refused).rejects.toThrow(/is no video file that FFmpeg can read/);
      }
    }
  },
);

test('FFmpeg itself refuses a playlist that takes the place of a file after it was looked at', async () => {
  await copyFile(join(root, 'plain.mp4'), join(root, 'swapped.mp4'));
  const input = await opener({ file: 'swapped.mp4', loop: false }).open(never);
  await writeFile(join(root, 'swapped.mp4'), playlists(`file:${root}/b-frames.ts`).hls ?? '');
  const { output, words } = await run(input, DECODED);
  expect(timestamps(output)).toEqual([]);
  expect(words).toMatch(/whitelist/);
});

test('stops at once when it is told to', async () => {
  const hang = join(root, 'hang');
  await writeFile(hang, '#!/bin/sh\nexec sleep 60\n', { mode: 0o755 });
  const hanging = new FileProber({ ffprobePath: hang });
  const stop = new AbortController();
  const config: FileSourceConfig = { type: 'file', file: 'plain.mp4' };
  const opening = new FileOpener({ config, libraryRoot: root, prober: hanging }).open(stop.signal);
  stop.abort();
  await expect(opening).rejects.toThrow(/was stopped/);
  hanging.close();
});

test('says which file of a list is at fault', async () => {
  await writeFile(join(root, 'broken.mp4'), 'x');
  const refused = (file: string[]) => expect(opener({ file }).open(never)).rejects;
  await refused(['plain.mp4', 'broken.mp4']).toThrow(/^"broken\.mp4" is no video file/);
  await refused(['plain.mp4', 'none.mp4']).toThrow(/"none\.mp4" is not in the video library/);
  await refused(['plain.mp4', '../x.mp4']).toThrow(InputError);
});

/** Process ids of programs that were given a path below a folder. */
function childrenWith(folder: string): number[] {
  return processes().flatMap(({ pid, command }) => (command.includes(folder) && isAlive(pid) ? [pid] : []));
}

function processes(): { pid: number; command: string }[] {
  return readdirSync('/proc').flatMap((name) => {
    if (!/^\d+$/.test(name)) return [];
    try {
      return [{ pid: Number(name), command: readFileSync(`/proc/${name}/cmdline`, 'utf8') }];
    } catch {
      return [];
    }
  });
}
