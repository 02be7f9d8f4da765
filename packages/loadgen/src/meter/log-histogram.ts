import { type Static, Type } from 'typebox';

/** Buckets for each doubling of the value: a bucket is 4.4 % wide. */
const PER_OCTAVE = 16;
/** Up to 134 seconds, in microseconds. */
const OCTAVES = 27;
const BUCKETS = PER_OCTAVE * OCTAVES + 1;

/** The buckets that are not empty: number and count of each. */
export const HistogramData = Type.Array(
  Type.Tuple([Type.Integer({ minimum: 0, maximum: BUCKETS - 1 }), Type.Integer({ minimum: 0 })]),
  { maxItems: BUCKETS },
);
export type HistogramData = Static<typeof HistogramData>;

/**
 * How many of some times fall where, on a logarithmic scale: bounded in size however many there are. Times are in
 * microseconds, and right to 2.2 %; those below one count as zero.
 */
export class LogHistogram {
  readonly #buckets = new Uint32Array(BUCKETS);
  #count = 0;

  static from(data: HistogramData): LogHistogram {
    const histogram = new LogHistogram();
    histogram.add(data);
    return histogram;
  }

  /** Times that were recorded. */
  get count(): number {
    return this.#count;
  }

  get data(): HistogramData {
    const data: HistogramData = [];
    for (let bucket = 0; bucket < BUCKETS; bucket += 1) {
      const count = this.#buckets[bucket] ?? 0;
      if (count > 0) data.push([bucket, count]);
    }
    return data;
  }

  record(micros: number): void {
    const bucket = micros < 1 ? 0 : Math.min(BUCKETS - 1, 1 + Math.floor(Math.log2(micros) * PER_OCTAVE));
    this.#buckets[bucket] = (this.#buckets[bucket] ?? 0) + 1;
    this.#count += 1;
  }

  /** Adds what another one holds; with `sign` -1 takes it away, to leave what came after it. */
  add(data: HistogramData, sign: 1 | -1 = 1): void {
    for (const [bucket, count] of data) {
      this.#buckets[bucket] = (this.#buckets[bucket] ?? 0) + sign * count;
      this.#count += sign * count;
    }
  }

  /** Adds all of another one. */
  merge(other: LogHistogram): void {
    for (let bucket = 0; bucket < BUCKETS; bucket += 1) {
      this.#buckets[bucket] = (this.#buckets[bucket] ?? 0) + (other.#buckets[bucket] ?? 0);
    }
    this.#count += other.#count;
  }

  /**
   * The time below which a part of all lies.
   *
   * @param part 0 to 1; 1 is the largest
   * @param of how many there should be, default `count`: those that are missing count as longer than all
   * @returns microseconds; undefined when the time is a missing one, or there are none
   */
  quantile(part: number, of: number = this.#count): number | undefined {
    const rank = Math.max(1, Math.ceil(part * of));
    if (rank > this.#count) return undefined;
    let seen = 0;
    for (let bucket = 0; bucket < BUCKETS; bucket += 1) {
      seen += this.#buckets[bucket] ?? 0;
      if (seen >= rank) return middleOf(bucket);
    }
    return middleOf(BUCKETS - 1);
  }
}

/** The geometric middle of a bucket. */
function middleOf(bucket: number): number {
  return bucket === 0 ? 0 : 2 ** ((bucket - 0.5) / PER_OCTAVE);
}
