import { readdir } from 'node:fs/promises';
import { Child, MissingProgramError } from '../process/child.ts';
import { type Transcoder, transcoderArgs } from './transcoders.ts';

/** A hardware encoder of H264 that works here. */
export interface HardwareFound {
  readonly encoder: 'h264_vaapi' | 'h264_nvenc';
  /** Of h264_vaapi, such as `/dev/dri/renderD128`. */
  readonly device?: string;
}

export interface HardwareOptions {
  /** The program. Default `ffmpeg`. */
  readonly ffmpegPath?: string;
}

const RENDER_DEVICES = '/dev/dri';
const LIMIT_MS = 8000;
const TRIAL_FRAMES = '5';
const MAX_OUTPUT = 1_000_000;

/**
 * Finds the hardware encoder that works here, by encoding some frames with it; undefined when there is none, or no FFmpeg.
 * Takes up to some seconds: ask once.
 */
export async function findHardwareEncoder({
  ffmpegPath = 'ffmpeg',
}: HardwareOptions = {}): Promise<HardwareFound | undefined> {
  const { text: encoders } = await run(ffmpegPath, ['-hide_banner', '-encoders']);
  if (/\sh264_nvenc\s/.test(encoders) && (await encodes(ffmpegPath, 'h264_nvenc'))) {
    return { encoder: 'h264_nvenc' };
  }
  if (!/\sh264_vaapi\s/.test(encoders)) return undefined;
  for (const device of await renderDevices()) {
    if (await encodes(ffmpegPath, 'h264_vaapi', device)) return { encoder: 'h264_vaapi', device };
  }
  return undefined;
}

/** Whether an encoder takes a small layer, with the arguments that a source uses. */
async function encodes(ffmpegPath: string, encoder: Transcoder, device?: string): Promise<boolean> {
  const picture = { width: 320, height: 180, frameRate: 30, bitrate: 300_000 };
  const upload = device === undefined ? ['-vf', 'format=yuv420p'] : ['-vf', 'format=nv12,hwupload'];
  const { ok } = await run(ffmpegPath, [
    ...['-hide_banner', '-nostdin', '-v', 'error'],
    ...(device === undefined
      ? []
      : ['-init_hw_device', `vaapi=encoder:${device}`, '-filter_hw_device', 'encoder']),
    ...['-f', 'lavfi', '-i', 'testsrc2=size=320x180:rate=30', '-frames:v', TRIAL_FRAMES, ...upload],
    ...[...transcoderArgs(encoder, { picture }), '-f', 'null', '-'],
  ]);
  return ok;
}

async function renderDevices(): Promise<string[]> {
  try {
    const names = await readdir(RENDER_DEVICES);
    return names
      .filter((name) => /^renderD\d+$/.test(name))
      .sort()
      .map((name) => `${RENDER_DEVICES}/${name}`);
  } catch {
    return [];
  }
}

/** Runs FFmpeg to its end, within bounds. */
async function run(file: string, args: readonly string[]): Promise<{ ok: boolean; text: string }> {
  let text = '';
  try {
    const child = await Child.start({
      name: 'FFmpeg',
      file,
      args,
      killAfterMs: 500,
      // Drivers map far more address space than they use.
      memoryLimit: 64 * 2 ** 30,
      onOutput: (output) => {
        output.setEncoding('utf8').on('data', (piece: string) => {
          if (text.length < MAX_OUTPUT) text += piece;
        });
      },
    });
    const timer = setTimeout(() => void child.stop(), LIMIT_MS);
    const { code } = await child.ended;
    clearTimeout(timer);
    return { ok: code === 0, text };
  } catch (error) {
    if (error instanceof MissingProgramError) return { ok: false, text };
    throw error;
  }
}
