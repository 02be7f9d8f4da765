import { monotonicMicros } from '../media/clock.ts';
import { MissingPackets } from '../meter/missing-packets.ts';
import { nackPacket } from '../meter/nack-packet.ts';

/** Between looks at what is still missing. Milliseconds. */
const INTERVAL = 20;

/** Asks for the packets of one viewer that are missing, as browsers do: at once, and some times again. */
export class LossRepair {
  readonly #send: (rtcp: Buffer) => void;
  readonly #streams = new Map<number, MissingPackets>();
  /** Runs only while something is missing. */
  #timer: NodeJS.Timeout | undefined;

  /** @param send sends an RTCP packet */
  constructor(send: (rtcp: Buffer) => void) {
    this.#send = send;
  }

  /** Packets of an SSRC from `from` up to but without `to`, by extended sequence numbers, did not come in their turn. */
  missing(ssrc: number, from: number, to: number): void {
    const stream = this.#streams.get(ssrc) ?? new MissingPackets();
    this.#streams.set(ssrc, stream);
    stream.add(from, to);
    this.#ask();
    this.#timer ??= setInterval(() => this.#ask(), INTERVAL);
  }

  /** One of them has come after all. */
  came(ssrc: number, number: number): void {
    this.#streams.get(ssrc)?.delete(number);
  }

  /** Idempotent. */
  close(): void {
    this.#stop();
    this.#streams.clear();
  }

  #ask(): void {
    let size = 0;
    for (const [ssrc, stream] of this.#streams) {
      const numbers = stream.take(monotonicMicros());
      if (numbers.length > 0) this.#send(nackPacket(ssrc, numbers));
      size += stream.size;
    }
    if (size === 0) this.#stop();
  }

  #stop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }
}
