import type { VideoCodec } from '@spillway/protocol';
import { videoCodecs } from './codecs.ts';

/** Which video codecs all of many viewers decode: counted as they come and go, not asked of each. */
export class CodecCensus {
  readonly #decoders = new Map<VideoCodec, number>();
  #viewers = 0;

  /** Codecs that all decode, in the router's order; all of them when there is nobody. */
  get common(): VideoCodec[] {
    return videoCodecs.filter((codec) => (this.#decoders.get(codec) ?? 0) === this.#viewers);
  }

  /** @param codecs each once */
  add(codecs: readonly VideoCodec[]): void {
    this.#change(codecs, 1);
  }

  /** Has to be called once for each {@link add}, with the same codecs. */
  remove(codecs: readonly VideoCodec[]): void {
    this.#change(codecs, -1);
  }

  #change(codecs: readonly VideoCodec[], by: 1 | -1): void {
    this.#viewers += by;
    for (const codec of codecs) this.#decoders.set(codec, (this.#decoders.get(codec) ?? 0) + by);
  }
}
