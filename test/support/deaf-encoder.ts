import { onTestFinished } from 'vitest';
import { asksForKeyFrame } from '../../packages/loadgen/src/media/key-frame-request.ts';
import { type CountedCodec, countedRate, pushCounted } from './counted-push.ts';
import { AUDIO, SendingPeer, VIDEO } from './peers/sending-peer.ts';
import type { ShellCommand } from './shell.ts';
import { vp9PredictionMarker } from './vp9-prediction.ts';

/**
 * An encoder that publishes by WHIP, shows in each picture its number, makes a key frame every 4 s, and answers no request for
 * one, as FFmpeg, OBS and most cameras do; but it counts them. Ended with the test at the latest.
 */
export class DeafEncoder {
  readonly #peer: SendingPeer;
  #ffmpeg: ShellCommand | undefined;
  #requests = 0;

  /**
   * Publishes, until media flows.
   *
   * @param url WHIP endpoint
   * @param framesPerGop default 120: 4 s
   */
  static async publish(
    url: string,
    token: string,
    codec: CountedCodec,
    framesPerGop: number = countedRate.framesPerGop,
  ): Promise<DeafEncoder> {
    const encoder = new DeafEncoder(codec);
    onTestFinished(() => encoder.stop());
    await encoder.#peer.negotiate(url, token);
    await encoder.#encode(codec, framesPerGop);
    return encoder;
  }

  private constructor(codec: CountedCodec) {
    this.#peer = new SendingPeer(codec);
    this.#peer.video.onMessage((data) => {
      if (asksForKeyFrame(data)) this.#requests += 1;
    });
  }

  /** Requests for a key frame that have come (PLI, FIR). */
  get requests(): number {
    return this.#requests;
  }

  /** Idempotent. The server is not told. */
  async stop(): Promise<void> {
    await this.#ffmpeg?.stop('SIGKILL');
    this.#peer.close();
  }

  async #encode(codec: CountedCodec, framesPerGop: number): Promise<void> {
    const [video, audio] = await Promise.all([
      this.#peer.relay(this.#peer.video, codec === 'VP9' ? vp9PredictionMarker() : undefined),
      this.#peer.relay(this.#peer.audio),
    ]);
    this.#ffmpeg = pushCounted(
      codec,
      { ...VIDEO, port: video, rtcpPort: video },
      { ...AUDIO, port: audio, rtcpPort: audio },
      framesPerGop,
    );
  }
}
