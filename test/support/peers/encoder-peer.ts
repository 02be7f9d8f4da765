import { type ChildProcess, spawn } from 'node:child_process';
import { onTestFinished } from 'vitest';
import type { Publisher } from './player.ts';
import { AUDIO, SendingPeer, VIDEO } from './sending-peer.ts';
import { deleteSession } from './session.ts';

/** What OBS sends by default, whatever its offer says of the profile: H264 High, a key frame a second, on no request. */
const encoder = (video: number, audio: number): string[] => [
  ...['-nostdin', '-v', 'error', '-re', '-f', 'lavfi', '-i', 'testsrc2=size=320x180:rate=15'],
  ...['-re', '-f', 'lavfi', '-i', 'sine=frequency=440:sample_rate=48000'],
  ...['-map', '0:v', '-c:v', 'libx264', '-preset', 'veryfast', '-profile:v', 'high', '-tune', 'zerolatency'],
  ...['-pix_fmt', 'yuv420p', '-g', '15', '-b:v', '300k'],
  ...output(video, VIDEO),
  ...['-map', '1:a', '-c:a', 'libopus', '-ac', '2'],
  ...output(audio, AUDIO),
];

function output(port: number, { payloadType, ssrc }: typeof VIDEO): string[] {
  const stream = ['-payload_type', `${payloadType}`, '-ssrc', `${ssrc}`];
  return ['-f', 'rtp', ...stream, `rtp://127.0.0.1:${port}?pkt_size=1200`];
}

/**
 * An encoder as OBS is one: libdatachannel, whose offer names SSRCs and neither MID nor RID extensions, and the media of a
 * program that knows nothing of WebRTC. Ended with the test at the latest.
 */
export class EncoderPeer implements Publisher {
  readonly #peer = new SendingPeer('H264');
  readonly #token: string;
  #ffmpeg: ChildProcess | undefined;
  #location = '';

  /** Begins to publish; resolves when the server has answered. */
  static async publish(url: string, token: string): Promise<EncoderPeer> {
    const peer = new EncoderPeer(token);
    onTestFinished(() => peer.kill());
    peer.#location = (await peer.#peer.negotiate(url, token)).location;
    await peer.#encode();
    return peer;
  }

  private constructor(token: string) {
    this.#token = token;
  }

  get location(): string {
    return this.#location;
  }

  async end(): Promise<number> {
    const status = await deleteSession(this.#location, this.#token);
    await this.kill();
    return status;
  }

  /** Idempotent. */
  async kill(): Promise<void> {
    const ffmpeg = this.#ffmpeg;
    this.#ffmpeg = undefined;
    if (ffmpeg) {
      const ended = new Promise((resolve) => ffmpeg.once('close', resolve));
      ffmpeg.kill('SIGKILL');
      await ended;
    }
    this.#peer.close();
  }

  async #encode(): Promise<void> {
    const { video, audio } = this.#peer;
    const ports = await Promise.all([this.#peer.relay(video), this.#peer.relay(audio)]);
    this.#ffmpeg = spawn('ffmpeg', encoder(...ports), { stdio: 'ignore' });
  }
}
