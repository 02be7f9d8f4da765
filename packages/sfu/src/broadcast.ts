import { randomBytes, timingSafeEqual } from 'node:crypto';
import { EventEmitter } from 'node:events';
import type { BroadcastInfo, Layer, MediaKind, RoomState } from '@spillway/protocol';
import type { Producer } from 'mediasoup/types';
import { videoCodecOf } from './codecs.ts';

/** A producer and what its layers look like. */
export interface BroadcastTrack {
  readonly producer: Producer;
  /** Lowest first; empty when there is one layer. */
  readonly layers: readonly Layer[];
}

/** What a broadcast waits for: its broadcaster's signalling, or its media. */
export type Lack = 'signaling' | 'media';

export interface BroadcastOptions {
  readonly broadcaster: BroadcastInfo['broadcaster'];
  /** How long it lives without its broadcaster or without media. Milliseconds. */
  readonly graceMs: number;
  /** How long it may take until the first media. Milliseconds. */
  readonly startMs: number;
}

export type BroadcastEvents = {
  /** Its producers or its state have changed. */
  change: [];
  /** It is over. */
  ended: [reason: string];
};

/** What a broadcast waits for at most so long: its first media, or what it lacks. */
type Waiting = 'start' | 'grace';

/** A replaced producer goes on for this long, until viewers have taken the new one. */
const OVERLAP_MS = 3000;

/**
 * What is live in a room: at most one audio and one video producer of one broadcaster. It outlives the broadcaster's
 * connection by the grace time.
 */
export class Broadcast extends EventEmitter<BroadcastEvents> {
  /** Secret by which a returning broadcaster proves that this broadcast is its own. */
  readonly resume = randomBytes(24).toString('base64url');
  readonly since = new Date();
  readonly broadcaster: BroadcastInfo['broadcaster'];
  readonly #limits: Readonly<Record<Waiting, number>>;
  readonly #tracks = new Map<MediaKind, BroadcastTrack>();
  readonly #lacks = new Set<Lack>(['media']);
  readonly #overlapTimers = new Set<NodeJS.Timeout>();
  #waiting: Waiting | undefined;
  #waitTimer: NodeJS.Timeout | undefined;
  #attachment: symbol | undefined;
  #air: symbol | undefined;
  #started = false;
  #ended = false;

  constructor(options: BroadcastOptions) {
    super();
    this.broadcaster = options.broadcaster;
    this.#limits = { start: options.startMs, grace: options.graceMs };
    this.#wait();
  }

  get ended(): boolean {
    return this.#ended;
  }

  get state(): RoomState {
    if (this.#ended || !this.#started) return 'offline';
    return this.#lacks.has('media') || this.#tracks.size === 0 ? 'interrupted' : 'live';
  }

  /** What viewers receive now. */
  get tracks(): ReadonlyMap<MediaKind, BroadcastTrack> {
    return this.#tracks;
  }

  get info(): BroadcastInfo {
    const codec = (kind: MediaKind) => this.#tracks.get(kind)?.producer.rtpParameters.codecs[0]?.mimeType;
    const videoCodec = videoCodecOf(codec('video') ?? '');
    const audioCodec = codec('audio')?.replace('audio/', '');
    return {
      broadcaster: this.broadcaster,
      since: this.since.toISOString(),
      ...(videoCodec ? { videoCodec } : {}),
      ...(audioCodec ? { audioCodec } : {}),
    };
  }

  /** Whether a secret is this broadcast's; takes the same time for any. */
  isResumedBy(secret: string): boolean {
    const given = Buffer.from(secret);
    const own = Buffer.from(this.resume);
    return given.length === own.length && timingSafeEqual(given, own);
  }

  /** Takes a producer; one of the same kind goes on for a moment until viewers have moved over. */
  setTrack(track: BroadcastTrack): void {
    const { producer } = track;
    if (this.#ended) {
      producer.close();
      return;
    }
    const replaced = this.#tracks.get(producer.kind)?.producer;
    if (replaced) this.#closeLater(replaced);
    this.#tracks.set(producer.kind, track);
    this.#started = true;
    producer.observer.once('close', () => {
      if (this.#tracks.get(producer.kind)?.producer !== producer) return;
      this.#tracks.delete(producer.kind);
      if (this.#tracks.size === 0) this.lack('media');
      this.#emitChange();
    });
    this.#lacks.delete('media');
    this.#wait();
    this.#emitChange();
  }

  /** Ends audio or video. */
  removeTrack(kind: MediaKind): void {
    this.#tracks.get(kind)?.producer.close();
  }

  /** Its broadcaster's connection is here; one that was attached before counts no more. */
  attach(): symbol {
    this.#attachment = Symbol('attachment');
    this.regain('signaling');
    return this.#attachment;
  }

  /** The broadcaster's connection is gone, unless another was attached since. */
  detach(attachment: symbol): void {
    if (this.#attachment === attachment) this.lack('signaling');
  }

  /** Of several inputs of one owner, the latest that took the air is the one to be shown. */
  takeAir(): symbol {
    this.#air = Symbol('air');
    return this.#air;
  }

  /** Whether no other has taken the air since. */
  hasAir(air: symbol): boolean {
    return this.#air === air;
  }

  /** Says that something is missing; the grace time runs until nothing is. */
  lack(what: Lack): void {
    if (this.#ended || this.#lacks.has(what)) return;
    this.#lacks.add(what);
    this.#wait();
    this.#emitChange();
  }

  /** Says that something is back. */
  regain(what: Lack): void {
    if (this.#ended || !this.#lacks.has(what)) return;
    if (what === 'media' && this.#tracks.size === 0) return;
    this.#lacks.delete(what);
    this.#wait();
    this.#emitChange();
  }

  /** Ends the broadcast and its producers. Idempotent. */
  end(reason: string): void {
    if (this.#ended) return;
    this.#ended = true;
    clearTimeout(this.#waitTimer);
    for (const timer of this.#overlapTimers) clearTimeout(timer);
    const tracks = [...this.#tracks.values()];
    this.#tracks.clear();
    for (const { producer } of tracks) producer.close();
    this.emit('ended', reason);
  }

  /** Starts, keeps or stops the time after which the broadcast ends by itself. */
  #wait(): void {
    const begun = this.#started || this.#lacks.has('signaling');
    const waiting = this.#lacks.size === 0 ? undefined : begun ? 'grace' : 'start';
    if (waiting === this.#waiting) return;
    this.#waiting = waiting;
    clearTimeout(this.#waitTimer);
    if (!waiting) return;
    const reason = waiting === 'start' ? 'no media arrived' : 'the broadcaster did not come back';
    this.#waitTimer = setTimeout(() => this.end(reason), this.#limits[waiting]);
  }

  #closeLater(producer: Producer): void {
    const timer = setTimeout(() => {
      this.#overlapTimers.delete(timer);
      producer.close();
    }, OVERLAP_MS);
    this.#overlapTimers.add(timer);
  }

  #emitChange(): void {
    if (!this.#ended) this.emit('change');
  }
}
