import type { VideoCodec } from '@spillway/protocol';
import type { types } from 'mediasoup-client';
import { EnhancedEventEmitter } from 'mediasoup-client/enhancedEvents';
import { SignalingError } from '../signaling-error.ts';
import { type CodecWish, chooseCodec, codecPreference } from './codec-choice.ts';
import { type EncoderAbilities, probeEncoders } from './encoder-probe.ts';
import { type PictureSize, videoSending } from './encodings.ts';
import { type QualityName, qualities, qualityNames } from './quality.ts';
import type { SendLink } from './send-link.ts';
import { sendableCodecs } from './sendable-codecs.ts';
import { START_KBPS } from './start-kbps.ts';

/** A replaced producer goes on for this long, until viewers have taken the new one. Milliseconds. */
const OVERLAP_MS = 3_000;

/** Why the codec changed: a viewer cannot decode the one before, the device was too slow for it, or it was chosen. */
export type CodecChangeReason = 'viewers' | 'encoder' | 'chosen';

export interface CodecChange {
  from: VideoCodec | undefined;
  to: VideoCodec | undefined;
  reason: CodecChangeReason;
}

export type VideoSenderEvents = {
  /** Another codec is sent, or none. */
  codec: [CodecChange];
};

/** What is being sent now. */
export interface VideoSent {
  readonly producer: types.Producer;
  readonly codec: VideoCodec;
  readonly quality: QualityName;
  readonly track: MediaStreamTrack;
  readonly link: SendLink;
}

/** Browser and server have no video codec in common, or not the one that was chosen. */
export class NoCodecError extends Error {
  override readonly name = 'NoCodecError';
}

/**
 * Keeps the video of a broadcast as it is wished: track, quality and codec. Another track takes the place of the present
 * one in the same producer; another codec or quality is a new producer, whose predecessor goes on for a moment.
 */
export class VideoSender extends EnhancedEventEmitter<VideoSenderEvents> {
  /** What is to be sent; its owner turns it off by `enabled` and stops it. */
  track: MediaStreamTrack | undefined;
  /** Codecs that every viewer decodes. */
  common: readonly VideoCodec[] = codecPreference;
  readonly #codecs: Map<VideoCodec, types.RtpCodecCapability>;
  readonly #abilities = new Map<QualityName, Promise<EncoderAbilities>>();
  readonly #tooSlow = new Set<VideoCodec>();
  #wish: CodecWish;
  #quality: QualityName;
  #sent: VideoSent | undefined;
  #lastCodec: VideoCodec | undefined;

  constructor(capabilities: types.RtpCapabilities, wish: CodecWish, quality: QualityName) {
    super();
    this.#codecs = sendableCodecs(capabilities);
    this.#wish = wish;
    this.#quality = quality;
  }

  get sent(): VideoSent | undefined {
    return this.#sent;
  }

  /** Codecs that browser and server can send between them, most preferred first. */
  get sendable(): VideoCodec[] {
    return codecPreference.filter((codec) => this.#codecs.has(codec));
  }

  get wish(): CodecWish {
    return this.#wish;
  }

  set wish(wish: CodecWish) {
    this.#wish = wish;
    this.#tooSlow.clear();
  }

  get quality(): QualityName {
    return this.#quality;
  }

  set quality(quality: QualityName) {
    // What was too slow for a large picture may do for a smaller one.
    if (qualityNames.indexOf(quality) < qualityNames.indexOf(this.#quality)) this.#tooSlow.clear();
    this.#quality = quality;
  }

  /** The present codec, when it is a chosen one that some viewer cannot decode. */
  get undecodable(): VideoCodec | undefined {
    const codec = this.#sent?.codec;
    return codec && !this.common.includes(codec) ? codec : undefined;
  }

  /** Notes that a codec is too slow on this device. False when that changes nothing: the codec is a chosen one. */
  markTooSlow(codec: VideoCodec): boolean {
    this.#tooSlow.add(codec);
    return this.#wish === 'auto';
  }

  /** Brings what is sent on `link` in line with the wish. Not to be called again before it has ended. */
  async sync(link: SendLink): Promise<void> {
    if (this.#sent && (this.#sent.link !== link || this.#sent.producer.closed)) this.#sent = undefined;
    const { track } = this;
    if (!track || track.readyState === 'ended') {
      if (!this.#sent) return;
      this.#sent.producer.close();
      this.#setSent(undefined);
      await link.endKind('video');
      return;
    }
    const codec = await this.#choose();
    const sent = this.#sent;
    if (sent && sent.codec === codec && sent.quality === this.#quality) {
      if (sent.track !== track) await this.#replaceTrack(sent, track);
      return;
    }
    await this.#send(link, track, codec);
  }

  async #choose(): Promise<VideoCodec> {
    const { smooth } = await this.#ask();
    const codec = chooseCodec({
      wish: this.#wish,
      sendable: this.sendable,
      smooth,
      tooSlow: [...this.#tooSlow],
      common: this.common,
      present: this.#sent?.codec,
    });
    if (codec) return codec;
    const wanted = this.#wish === 'auto' ? 'any video codec' : this.#wish;
    throw new NoCodecError(`this browser cannot send ${wanted} to this server`);
  }

  /** What the device can do at the present quality. */
  #ask(): Promise<EncoderAbilities> {
    const known = this.#abilities.get(this.#quality) ?? probeEncoders(this.#codecs, this.#quality);
    this.#abilities.set(this.#quality, known);
    return known;
  }

  async #send(link: SendLink, track: MediaStreamTrack, codec: VideoCodec): Promise<void> {
    const quality = this.#quality;
    const capability = this.#codecs.get(codec);
    if (!capability) throw new NoCodecError(`this browser cannot send ${codec} to this server`);
    const svc = (await this.#ask()).svc.includes(codec);
    const { encodings, layers } = videoSending({
      codec,
      quality,
      captured: pictureSize(track, quality),
      svc,
    });
    const replaced = this.#sent;
    // A clone for the old producer: a slow encoder would drag down the picture of the new one through a shared track.
    const clone = replaced && track.clone();
    try {
      if (replaced && clone) await replaced.producer.replaceTrack({ track: clone });
      const producer = await link.send(track, {
        codec: capability,
        codecOptions: { videoGoogleStartBitrate: START_KBPS },
        encodings,
        layers,
      });
      this.#setSent({ producer, codec, quality, track, link });
      if (replaced) setTimeout(() => retire(replaced.producer, clone), OVERLAP_MS);
    } catch (error) {
      if (replaced && !replaced.producer.closed) await replaced.producer.replaceTrack({ track });
      clone?.stop();
      if (error instanceof SignalingError || this.#wish !== 'auto' || this.#codecs.size === 1) throw error;
      // The browser has promised a codec or its layers and does not keep it: never again.
      this.#codecs.delete(codec);
      await this.#send(link, track, await this.#choose());
    }
  }

  /** The same producer goes on with another track, whose picture may have another size. */
  async #replaceTrack(sent: VideoSent, track: MediaStreamTrack): Promise<void> {
    await sent.producer.replaceTrack({ track });
    this.#sent = { ...sent, track };
    const { codec, quality } = sent;
    const svc = (await this.#ask()).svc.includes(codec);
    const { encodings } = videoSending({ codec, quality, captured: pictureSize(track, quality), svc });
    const sender = sent.producer.rtpSender;
    if (!sender) return;
    const parameters = sender.getParameters();
    parameters.encodings.forEach((encoding, index) => {
      const wanted = encodings[index];
      if (!wanted) return;
      encoding.maxBitrate = wanted.maxBitrate;
      encoding.scaleResolutionDownBy = wanted.scaleResolutionDownBy;
    });
    await sender.setParameters(parameters);
  }

  #setSent(sent: VideoSent | undefined): void {
    this.#sent = sent;
    const from = this.#lastCodec;
    const to = sent?.codec;
    if (from === to) return;
    this.#lastCodec = to;
    this.safeEmit('codec', { from, to, reason: this.#reasonToLeave(from) });
  }

  #reasonToLeave(codec: VideoCodec | undefined): CodecChangeReason {
    if (!codec || this.#wish !== 'auto') return 'chosen';
    if (this.#tooSlow.has(codec)) return 'encoder';
    return this.common.includes(codec) ? 'chosen' : 'viewers';
  }
}

function pictureSize(track: MediaStreamTrack, quality: QualityName): PictureSize {
  const { width = qualities[quality].width, height = qualities[quality].height } = track.getSettings();
  return { width, height };
}

function retire(producer: types.Producer, clone: MediaStreamTrack | undefined): void {
  producer.close();
  clone?.stop();
}
