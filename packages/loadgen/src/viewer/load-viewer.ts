import { EventEmitter } from 'node:events';
import { monotonicMicros } from '../media/clock.ts';
import { type MediaCounts, noMedia } from '../meter/counts.ts';
import { MediaMeter } from '../meter/media-meter.ts';
import { type Entry, type JoinStep, reasonOf, type ViewerSession } from './viewer-session.ts';

/** Seconds from the start of {@link LoadViewer.join} to the first time of each step. Absent: not yet. */
export interface JoinTimes extends Readonly<Partial<Record<JoinStep, number>>> {
  readonly firstPacket?: number;
  /** All packets of the first key frame are there: the earliest moment at which a picture could show. */
  readonly firstKeyFrame?: number;
  /** The first frame of made video is there that was sent at most two frames of 30 a second ago. */
  readonly firstPresent?: number;
}

export type LoadViewerEvents = {
  /** The first RTP packet has come. */
  media: [];
  /** It is over: refused, left, or the connection or the transport is gone. */
  closed: [reason: string];
};

export interface LoadViewerOptions {
  /** False: media is received and decrypted but not counted, which costs up to a quarter less. Default true. */
  readonly counted?: boolean;
  /** Whether it asks for packets that are missing (NACK, RFC 4585), if it counts them. Default false. */
  readonly nack?: boolean;
}

/** A viewer without a decoder: it joins as a browser does, and every packet is counted. */
export class LoadViewer extends EventEmitter<LoadViewerEvents> {
  /** What it receives; undefined when that is not counted. */
  readonly meter: MediaMeter | undefined;
  readonly #session: ViewerSession;
  readonly #steps: Partial<Record<JoinStep, number>> = {};
  #startedAt: number | undefined;
  #endedAt: number | undefined;
  #watches = 0;

  constructor(entry: Entry, { counted = true, nack = false }: LoadViewerOptions = {}) {
    super();
    this.meter = counted ? new MediaMeter(() => this.emit('media')) : undefined;
    this.#session = entry({
      reception: { meter: this.meter, nack },
      events: {
        reached: (step) => this.#note(step),
        ended: (reason) => this.#end(reason),
      },
    });
  }

  /** How often `watch` was answered: more than once, and the server has asked it to watch again. */
  get watches(): number {
    return this.#watches;
  }

  get times(): JoinTimes {
    const firstPacket = this.#since(this.meter?.firstPacketAt);
    const firstKeyFrame = this.#since(this.meter?.firstKeyFrameAt);
    const firstPresent = this.#since(this.meter?.firstPresentAt);
    return {
      ...this.#steps,
      ...(firstPacket === undefined ? {} : { firstPacket }),
      ...(firstKeyFrame === undefined ? {} : { firstKeyFrame }),
      ...(firstPresent === undefined ? {} : { firstPresent }),
    };
  }

  /** All that was received, over all transports. */
  get counts(): MediaCounts {
    return this.meter?.counts ?? noMedia;
  }

  /** When joining began, in microseconds of `monotonicMicros()`; undefined before. */
  get startedAt(): number | undefined {
    return this.#startedAt;
  }

  /** When it was over, on the same clock; undefined while it is not. */
  get endedAt(): number | undefined {
    return this.#endedAt;
  }

  /**
   * Joins; fulfilled when the server has answered.
   *
   * @throws when the server cannot be reached or refuses
   */
  async join(): Promise<void> {
    this.#startedAt = monotonicMicros();
    try {
      await this.#session.join();
    } catch (error) {
      this.#end(reasonOf(error));
      throw error;
    }
  }

  /** Leaves. Idempotent; fulfilled when the server knows. */
  async close(): Promise<void> {
    this.#end('closed by this client');
    await this.#session.close();
  }

  #note(step: JoinStep): void {
    if (step === 'watched') this.#watches += 1;
    this.#steps[step] ??= this.#since(monotonicMicros()) ?? 0;
  }

  #since(micros: number | undefined): number | undefined {
    if (micros === undefined || this.#startedAt === undefined) return undefined;
    return (micros - this.#startedAt) / 1e6;
  }

  #end(reason: string): void {
    if (this.#endedAt !== undefined) return;
    this.#endedAt = monotonicMicros();
    void this.#session.close();
    this.emit('closed', reason);
  }
}
