import { createSocket, type Socket } from 'node:dgram';
import { isIPv6 } from 'node:net';
import { onTestFinished } from 'vitest';

/** What a queue before the narrow place holds; more is lost. Milliseconds of sending. */
const QUEUE_MS = 150;

/** By how much packets that are out of order come late: behind some others of the same picture. Milliseconds. */
const LATE_MS = 8;

/**
 * A narrow or bad network between a client and the server: the client is told addresses of this path in place of the
 * server's, and what it gets through is bounded. Ends with the test.
 */
export class ShapedPath {
  readonly #sockets = new Set<Socket>();
  /** When what has been let through is through. Milliseconds of `performance.now()`. */
  #busyUntil = 0;
  readonly #timers = new Set<NodeJS.Timeout>();
  /** Bits per second to the client. */
  rate = Number.POSITIVE_INFINITY;
  /** Part of the media packets to the client that are lost, 0 to 1. ICE and DTLS get through: they have their own repetition. */
  loss = 0;
  /** Part of the media packets to the client that come late, behind others, 0 to 1. */
  disorder = 0;
  /** Whether the very first media packet to the client is lost, which the client cannot know of. */
  loseFirst = false;
  /** Whether no media packet gets through, either way. */
  isCut = false;
  /** Media packets to the client that were lost. */
  lost = 0;
  /** State of {@link #chance}: every run has the same luck. */
  #seed = 12_345;

  constructor() {
    onTestFinished(() => {
      for (const timer of this.#timers) clearTimeout(timer);
      for (const socket of this.#sockets) socket.close();
    });
  }

  /** An answer whose candidates lead through this path. */
  async through(answer: string): Promise<string> {
    const lines = await Promise.all(
      answer.split('\r\n').map(async (line) => {
        const [, head, address, port, tail] =
          /^(a=candidate:\S+ 1 udp \d+) (\S+) (\d+) (typ host)$/i.exec(line) ?? [];
        if (!head || !address || !port) return /^a=candidate:/.test(line) ? undefined : line;
        return `${head} ${address} ${await this.#relay(address, Number(port))} ${tail}`;
      }),
    );
    return lines.filter((line) => line !== undefined).join('\r\n');
  }

  async #relay(address: string, port: number): Promise<number> {
    const [near, far] = await Promise.all([this.#open(address), this.#open(address)]);
    let client: { address: string; port: number } | undefined;
    near.on('message', (packet, from) => {
      client = from;
      if (this.isCut && isMedia(packet)) return;
      far.send(packet, port, address);
    });
    far.on('message', (packet) =>
      this.#letThrough(packet, () => client && near.send(packet, client.port, client.address)),
    );
    return near.address().port;
  }

  #letThrough(packet: Buffer, send: () => void): void {
    const isLate = isMedia(packet) && this.#chance() < this.disorder;
    if (isMedia(packet) && this.#loses()) {
      this.lost += 1;
      return;
    }
    if (isLate) {
      this.#sendIn(LATE_MS, send);
      return;
    }
    if (this.rate === Number.POSITIVE_INFINITY) {
      send();
      return;
    }
    const now = performance.now();
    const start = Math.max(now, this.#busyUntil);
    if (start - now > QUEUE_MS) return;
    this.#busyUntil = start + (packet.length * 8000) / this.rate;
    this.#sendIn(this.#busyUntil - now, send);
  }

  #sendIn(milliseconds: number, send: () => void): void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      send();
    }, milliseconds);
    this.#timers.add(timer);
  }

  #loses(): boolean {
    const isFirst = this.loseFirst;
    this.loseFirst = false;
    return isFirst || this.isCut || this.#chance() < this.loss;
  }

  /** The next of a fixed row of numbers from 0 to 1 that look random. */
  #chance(): number {
    this.#seed = (this.#seed * 48_271) % 2_147_483_647;
    return this.#seed / 2_147_483_647;
  }

  async #open(address: string): Promise<Socket> {
    const socket = createSocket(isIPv6(address) ? 'udp6' : 'udp4');
    this.#sockets.add(socket);
    // A client that is gone answers with errors, which are nobody's.
    socket.on('error', () => {});
    await new Promise<void>((resolve) => socket.bind(0, address, resolve));
    return socket;
  }
}

/** Whether it is SRTP or SRTCP (RFC 7983). */
function isMedia(packet: Buffer): boolean {
  const first = packet[0] ?? 0;
  return first >= 128 && first <= 191;
}
