import { createSocket } from 'node:dgram';
import { SpillwayError } from '@spillway/protocol';

/** Two UDP ports, for RTP and for RTCP. */
export interface PortPair {
  readonly port: number;
  readonly rtcpPort: number;
}

export interface PortAllocatorOptions {
  /** First port. Default 42000. */
  readonly first?: number;
  /** Last port. Default 42999. */
  readonly last?: number;
}

/** Hands out pairs of neighbouring UDP ports, the RTP port even (RFC 3550, section 11). */
export class PortAllocator {
  readonly first: number;
  readonly last: number;
  readonly #taken = new Set<number>();
  /**
   * The port to try next. Goes round, so that a pusher which outlives its source does not at once push into another.
   */
  #next: number;

  constructor({ first = 42_000, last = 42_999 }: PortAllocatorOptions = {}) {
    if (!Number.isInteger(first) || !Number.isInteger(last) || first < 1 || last > 65_535) {
      throw new RangeError(`Ports of sources: ${first} to ${last} is no range within 1 to 65535`);
    }
    this.first = first + (first % 2);
    this.last = last;
    this.#next = this.first;
    if (this.first + 1 > last) {
      throw new RangeError(`Ports of sources: ${first} to ${last} holds no even port with its successor`);
    }
  }

  /**
   * A pair that nothing on this machine is bound to at `address`.
   *
   * @throws {SpillwayError} `too-many` when there is none left
   */
  async allocate(address: string): Promise<PortPair> {
    // Lets those who want a certain pair, in the same turn, go first.
    await Promise.resolve();
    const pairs = Math.floor((this.last + 1 - this.first) / 2);
    for (let tried = 0; tried < pairs; tried += 1) {
      const port = this.#next;
      this.#next = port + 3 > this.last ? this.first : port + 2;
      const pair = { port, rtcpPort: port + 1 };
      if (!this.reserve(pair)) continue;
      if (await areFree(address, pair)) return pair;
      this.release(pair);
    }
    throw new SpillwayError(
      'too-many',
      `No free pair of UDP ports from ${this.first} to ${this.last}: remove a source or widen the range of ports in the configuration`,
    );
  }

  /** Takes a certain pair. False when it lies outside the range or is taken by another source. */
  reserve({ port, rtcpPort }: PortPair): boolean {
    if (port % 2 !== 0 || rtcpPort !== port + 1) return false;
    if (port < this.first || rtcpPort > this.last || this.#taken.has(port)) return false;
    this.#taken.add(port);
    return true;
  }

  /** Gives a pair back. Idempotent. */
  release({ port }: PortPair): void {
    this.#taken.delete(port);
  }
}

async function areFree(address: string, { port, rtcpPort }: PortPair): Promise<boolean> {
  const free = await Promise.all([isFree(address, port), isFree(address, rtcpPort)]);
  return free.every((yes) => yes);
}

function isFree(address: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createSocket('udp4');
    socket.once('error', () => {
      socket.close();
      resolve(false);
    });
    socket.bind({ address, port, exclusive: true }, () => socket.close(() => resolve(true)));
  });
}
