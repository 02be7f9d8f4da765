/** Sequence numbers that are remembered, a power of two. */
const SIZE = 1024;
const MASK = SIZE - 1;

/** What is known of a packet, as bits. */
const SEEN = 1;
export const ENDS_FRAME = 2;
export const BEGINS_KEY_FRAME = 4;

/** The latest packets of a stream by their sequence numbers, which are extended over their 16 bits here. */
export class SequenceWindow {
  readonly #flags = new Uint8Array(SIZE);
  #first: number | undefined;
  #highest = 0;

  /** The lowest number; undefined before the first packet. */
  get first(): number | undefined {
    return this.#first;
  }

  /** The highest number so far. */
  get highest(): number {
    return this.#highest;
  }

  /** The number that 16 bits stand for: the one nearest to the highest so far. */
  extend(sequenceNumber: number): number {
    if (this.#first === undefined) return sequenceNumber;
    return this.#highest + (((sequenceNumber - this.#highest) << 16) >> 16);
  }

  /** What is known of a packet; 0 when it has not come or is too old to be remembered. */
  flags(number: number): number {
    return this.covers(number) ? (this.#flags[number & MASK] ?? 0) : 0;
  }

  /** Whether a number is remembered: up to the highest, and not too far behind it. */
  covers(number: number): boolean {
    return number <= this.#highest && !this.hasLeft(number);
  }

  /** Whether a number is too far behind the highest to be remembered. */
  hasLeft(number: number): boolean {
    return number <= this.#highest - SIZE;
  }

  /** Notes a packet that is within the window or ahead of it. */
  note(number: number, flags: number): void {
    if (this.#first === undefined) {
      this.#first = number;
      this.#highest = number;
    } else if (number > this.#highest) {
      this.#advance(number);
    } else {
      this.#first = Math.min(this.#first, number);
    }
    this.#flags[number & MASK] = flags | SEEN;
  }

  #advance(number: number): void {
    if (number - this.#highest >= SIZE) this.#flags.fill(0);
    else
      for (let missing = this.#highest + 1; missing < number; missing += 1) this.#flags[missing & MASK] = 0;
    this.#highest = number;
  }
}
