import type { VideoCodec } from '@spillway/protocol';
import type { CodecWish } from '../codec-choice.ts';
import { type QualityName, qualities } from '../quality.ts';
import { NoCodecError } from '../video-sender.ts';
import { offeredCodecs, videoCodecOf, whipEncodings } from './whip-plan.ts';

/** What is to be sent. */
export interface WhipWish {
  video: MediaStreamTrack | undefined;
  audio: MediaStreamTrack | undefined;
  codec: CodecWish;
  quality: QualityName;
  /** Several layers, for a server that has viewers choose among them. */
  layers: boolean;
}

/** What one session sends. It follows the wish as far as that goes without a new offer, which WHIP does not have. */
export class WhipSending {
  readonly #codec: CodecWish;
  readonly #planned: number;
  #audio: RTCRtpTransceiver | undefined;
  #video: RTCRtpTransceiver | undefined;

  /**
   * Gives a fresh peer connection what is to be sent.
   *
   * @throws NoCodecError when the browser does not have the chosen codec
   */
  constructor(peer: RTCPeerConnection, wish: WhipWish) {
    const streams = [new MediaStream()];
    this.#codec = wish.codec;
    const { audio, video } = present(wish);
    if (audio) this.#audio = peer.addTransceiver(audio, { direction: 'sendonly', streams });
    const encodings = video ? encodingsFor(video, wish) : [];
    this.#planned = encodings.length;
    if (!video) return;
    this.#video = peer.addTransceiver(video, { direction: 'sendonly', streams, sendEncodings: encodings });
    const codecs = offeredCodecs(RTCRtpSender.getCapabilities('video')?.codecs ?? [], wish.codec);
    if (codecs.length === 0) throw new NoCodecError(`this browser cannot send ${wish.codec}`);
    this.#video.setCodecPreferences(codecs);
  }

  /** The codec that was agreed on; undefined before, and without video. */
  get codec(): VideoCodec | undefined {
    const [codec] = isSent(this.#video) ? this.#video.sender.getParameters().codecs : [];
    return codec && videoCodecOf(codec.mimeType);
  }

  /** Kinds that the server has not taken; to be asked once it has answered. */
  get refused(): ('audio' | 'video')[] {
    const refused: ('audio' | 'video')[] = [];
    if (this.#audio && !isSent(this.#audio)) refused.push('audio');
    if (this.#video && !isSent(this.#video)) refused.push('video');
    return refused;
  }

  /**
   * Follows the wish: other tracks and sizes.
   *
   * @returns false when that takes a new session: for a kind or a codec that was not offered, or another number of layers
   */
  async follow(wish: WhipWish): Promise<boolean> {
    const { audio, video } = present(wish);
    if ((audio && !this.#audio) || (video && !this.#video)) return false;
    if (video && wish.codec !== this.#codec) return false;
    const encodings = video ? encodingsFor(video, wish) : [];
    if (video && encodings.length !== this.#planned) return false;
    await this.#audio?.sender.replaceTrack(audio ?? null);
    await this.#video?.sender.replaceTrack(video ?? null);
    if (video) await this.#resize(encodings);
    return true;
  }

  async #resize(planned: readonly RTCRtpEncodingParameters[]): Promise<void> {
    if (!isSent(this.#video)) return;
    const { sender } = this.#video;
    const parameters = sender.getParameters();
    // A server without simulcast leaves one encoding, which is to be the whole picture.
    const wanted = planned.slice(-parameters.encodings.length);
    parameters.encodings.forEach((encoding, index) => {
      const { maxBitrate, scaleResolutionDownBy } = wanted[index] ?? {};
      if (maxBitrate !== undefined) encoding.maxBitrate = maxBitrate;
      if (scaleResolutionDownBy !== undefined) encoding.scaleResolutionDownBy = scaleResolutionDownBy;
    });
    await sender.setParameters(parameters);
  }
}

function isSent(transceiver: RTCRtpTransceiver | undefined): transceiver is RTCRtpTransceiver {
  return transceiver?.currentDirection === 'sendonly' || transceiver?.currentDirection === 'sendrecv';
}

function present({ audio, video }: WhipWish): Pick<WhipWish, 'audio' | 'video'> {
  return {
    audio: audio?.readyState === 'live' ? audio : undefined,
    video: video?.readyState === 'live' ? video : undefined,
  };
}

function encodingsFor(video: MediaStreamTrack, { codec, quality, layers }: WhipWish) {
  const { width = qualities[quality].width, height = qualities[quality].height } = video.getSettings();
  return whipEncodings({ wish: codec, quality, captured: { width, height }, layers });
}
