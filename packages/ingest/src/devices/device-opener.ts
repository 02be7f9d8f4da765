import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { DeviceSourceConfig } from '@spillway/protocol';
import { InputError, type InputOpener, type OpenInput } from '../input.ts';
import { DeviceFeed } from './device-feed.ts';

export interface DeviceOpenerOptions {
  readonly config: DeviceSourceConfig;
  /** Program, searched on `PATH` unless it has a slash. Default `ffmpeg`. */
  readonly ffmpegPath?: string | undefined;
  /** Root of the file system, where the devices are looked for. Default `/`. */
  readonly root?: string | undefined;
}

/** Opens a camera or capture card (V4L2), a microphone or line input (ALSA), or one of each as one input. */
export class DeviceOpener implements InputOpener {
  readonly waiting = 'Opens the device';
  readonly #options: DeviceOpenerOptions;

  constructor(options: DeviceOpenerOptions) {
    this.#options = options;
  }

  async open(): Promise<OpenInput> {
    const { config, ffmpegPath = 'ffmpeg', root = '/' } = this.#options;
    const { videoDevice } = config;
    const sound = wantedSound(config);
    const inputs = deviceInputs(config);
    if (videoDevice !== undefined) await checkVideoDevice(root, videoDevice);
    if (sound !== undefined) await checkAudioDevice(root, sound);
    const [first, second] = inputs;
    if (!first) {
      throw new InputError({
        reason:
          'A source of type device needs videoDevice or audioDevice. GET /api/v1/devices lists those of this server',
        final: true,
      });
    }
    if (!second) return { args: first, secrets: [], close: () => {} };
    const feed = new DeviceFeed({ ffmpegPath, inputs });
    return {
      args: ['-protocol_whitelist', 'pipe', '-f', 'nut', '-i', 'pipe:0'],
      stdin: feed.output,
      sample: () => feed.sample(),
      secrets: [],
      problem: () => feed.problem,
      close: () => feed.close(),
    };
  }

  close(): void {}
}

/**
 * FFmpeg's arguments for the devices of a source, one list for each.
 *
 * @throws {InputError} when a name is not that of a device
 */
export function deviceInputs(config: DeviceSourceConfig): string[][] {
  const { videoDevice, width, height, frameRate } = config;
  const audioDevice = wantedSound(config);
  if (videoDevice !== undefined && !/^\/dev\/video[0-9]{1,3}$/.test(videoDevice))
    throw notADevice(videoDevice);
  if (audioDevice !== undefined && !AUDIO_DEVICE.test(audioDevice)) throw notADevice(audioDevice);
  const size = width === undefined || height === undefined ? [] : ['-video_size', `${width}x${height}`];
  const rate = frameRate === undefined ? [] : ['-framerate', `${frameRate}`];
  // Live packets must not wait for each other in FFmpeg's queue of eight.
  const queue = ['-thread_queue_size', '512'];
  // The clock that ALSA's packets have.
  const clock = ['-timestamps', 'abs'];
  return [
    ...(videoDevice === undefined
      ? []
      : [[...queue, '-f', 'v4l2', ...clock, ...rate, ...size, '-i', videoDevice]]),
    ...(audioDevice === undefined ? [] : [[...queue, '-f', 'alsa', '-i', audioDevice]]),
  ];
}

function wantedSound({ audio = true, audioDevice }: DeviceSourceConfig): string | undefined {
  return audio ? audioDevice : undefined;
}

const AUDIO_DEVICE = /^(?:plug)?hw:([A-Za-z0-9_]{1,32})(?:,([0-9]{1,3}))?$/;
const LISTED = 'GET /api/v1/devices lists those of this server';

async function checkVideoDevice(root: string, device: string): Promise<void> {
  const path = join(root, device);
  const found = await stat(path).catch(() => undefined);
  if (!found) throw notYet(`There is no camera ${device}. Plug it in, or choose another: ${LISTED}`);
  if (!found.isCharacterDevice()) throw notYet(`${device} is no device. Choose another: ${LISTED}`);
  await access(path, constants.R_OK | constants.W_OK).catch(() => {
    throw notYet(
      `The server may not use ${device}. Add its user to the group "video" (usermod -aG video USER) and start it again`,
    );
  });
}

/** `hw:1,0` is /dev/snd/pcmC1D0c; a card's name is a link in /proc/asound. */
async function checkAudioDevice(root: string, device: string): Promise<void> {
  const [, card = '', number = '0'] = AUDIO_DEVICE.exec(device) ?? [];
  const sounds = join(root, 'proc/asound');
  const known = await stat(join(sounds, /^[0-9]+$/.test(card) ? `card${Number(card)}` : card)).catch(
    () => undefined,
  );
  if (!known) throw notYet(`There is no sound card ${device}. Plug it in, or choose another: ${LISTED}`);
  if (!/^[0-9]+$/.test(card)) return;
  const path = join(root, `dev/snd/pcmC${Number(card)}D${Number(number)}c`);
  const found = await stat(path).catch(() => undefined);
  if (!found) throw notYet(`${device} takes no sound in. Choose another: ${LISTED}`);
  await access(path, constants.R_OK | constants.W_OK).catch(() => {
    throw notYet(
      `The server may not use ${device}. Add its user to the group "audio" (usermod -aG audio USER) and start it again`,
    );
  });
}

/** A device may be plugged in at any time. */
function notYet(reason: string): InputError {
  return new InputError({ reason, final: false });
}

function notADevice(name: string): InputError {
  return new InputError({ reason: `${JSON.stringify(name)} is no name of a device. ${LISTED}`, final: true });
}
