import type { AmfValue } from './amf0.ts';
import { flvHeader, flvTag, metadataPayload, TagType } from './flv.ts';
import { type FlvMedia, readAudio, readVideo } from './flv-media.ts';
import { FlvReader, type LiveTag } from './flv-reader.ts';
import { MessageType, type RtmpMessage } from './message.ts';

/** Bytes of the newest group of pictures that are kept. */
const MAX_RECENT = 8 * 2 ** 20;
/** After so much media, or time, what has not come does not count as part of it. */
const SETTLED_SPAN_MS = 1000;
const SETTLED_WAIT_MS = 2000;

/** What one encoder publishes now, from its `publish` until it goes; readers may come and go. */
export class Publication {
  /** Resolves when it is known what it consists of, or when it has ended before. */
  readonly settled: Promise<void>;
  /** Resolves when it has ended. */
  readonly gone: Promise<void>;
  readonly #settled = Promise.withResolvers<void>();
  readonly #gone = Promise.withResolvers<void>();
  readonly #readers = new Set<FlvReader>();
  #ended = false;
  #metadata: Buffer | undefined;
  #headers: { audio: Buffer | undefined; video: Buffer | undefined } = { audio: undefined, video: undefined };
  #media: { audio: FlvMedia | undefined; video: FlvMedia | undefined } = {
    audio: undefined,
    video: undefined,
  };
  /** From the newest key frame on; empty until one comes, and when it grew too large. */
  #recent: LiveTag[] = [];
  #recentBytes = 0;
  #firstTimestamp: number | undefined;
  #settleTimer: NodeJS.Timeout | undefined;

  constructor() {
    this.settled = this.#settled.promise;
    this.gone = this.#gone.promise;
  }

  get ended(): boolean {
    return this.#ended;
  }

  /** The newest of its audio and video; undefined where none came. */
  get media(): { readonly audio: FlvMedia | undefined; readonly video: FlvMedia | undefined } {
    return this.#media;
  }

  /** Takes what the encoder says of itself. */
  describe(metadata: ReadonlyMap<string, AmfValue>): void {
    this.#metadata = metadataPayload(metadata);
  }

  /** Takes an audio or video message. */
  take({ type, timestamp, payload }: RtmpMessage): void {
    if (this.#ended) return;
    const kind = type === MessageType.video ? 'video' : 'audio';
    const media = kind === 'video' ? readVideo(payload) : readAudio(payload);
    if (!media) return;
    this.#media[kind] = media;
    this.#settle(timestamp);
    const bytes = flvTag(TagType[kind], timestamp, payload);
    if (media.role === 'header') {
      const before = this.#headers[kind];
      if (before?.equals(payload)) return;
      // The frames that are kept need the header that is replaced.
      if (before) this.#forget();
      this.#headers[kind] = payload;
      this.#pass({ bytes, timestamp, role: 'header' });
      return;
    }
    const start = media.role === 'key' || !this.#media.video;
    this.#keep({ bytes, timestamp, role: start ? 'start' : 'other' });
  }

  /** An FLV of it, from the newest key frame on. `onLag` is told of bytes that were thrown away because nobody read them. */
  attach(onLag: (bytes: number) => void): FlvReader {
    const { audio, video } = this.#media;
    const reader = new FlvReader({
      header: flvHeader({ audio: audio !== undefined, video: video !== undefined }),
      opening: (timestamp) => this.#opening(timestamp),
      recent: this.#recent,
      onLag,
      onClose: () => this.#readers.delete(reader),
    });
    if (this.#ended) reader.finish();
    else this.#readers.add(reader);
    return reader;
  }

  /** Idempotent. */
  end(): void {
    if (this.#ended) return;
    this.#ended = true;
    clearTimeout(this.#settleTimer);
    for (const reader of this.#readers) reader.finish();
    this.#forget();
    this.#settled.resolve();
    this.#gone.resolve();
  }

  #opening(timestamp: number): Buffer[] {
    const { audio, video } = this.#headers;
    const tags: Buffer[] = [];
    // FFmpeg takes metadata of any other time than 0 for a stream of text.
    if (this.#metadata) tags.push(flvTag(TagType.script, 0, this.#metadata));
    if (video) tags.push(flvTag(TagType.video, timestamp, video));
    if (audio) tags.push(flvTag(TagType.audio, timestamp, audio));
    return tags;
  }

  #keep(tag: LiveTag): void {
    if (tag.role === 'start') this.#forget();
    if (tag.role === 'start' || this.#recent.length > 0) {
      this.#recent.push(tag);
      this.#recentBytes += tag.bytes.length;
      if (this.#recentBytes > MAX_RECENT) this.#forget();
    }
    this.#pass(tag);
  }

  #forget(): void {
    this.#recent = [];
    this.#recentBytes = 0;
  }

  #pass(tag: LiveTag): void {
    for (const reader of this.#readers) reader.offer(tag);
  }

  #settle(timestamp: number): void {
    this.#firstTimestamp ??= timestamp;
    this.#settleTimer ??= setTimeout(this.#settled.resolve, SETTLED_WAIT_MS);
    const complete = this.#media.audio && this.#media.video;
    if (complete || timestamp - this.#firstTimestamp >= SETTLED_SPAN_MS) this.#settled.resolve();
  }
}
