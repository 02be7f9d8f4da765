import type { Socket } from 'node:dgram';
import { openUdpSocket } from './udp-socket.ts';

/** A way to one UDP port of this machine on which some of the media for the client get lost. Ends with the test. */
export class LossyPath {
  readonly port: number;
  /** Packets that were lost. */
  dropped = 0;
  #seen = 0;
  #client: number | undefined;

  /**
   * @param target port that it leads to
   * @param ssrc of the stream that suffers
   * @param oneIn so many packets of it, one is lost
   */
  static async open(target: number, ssrc: number, oneIn: number): Promise<LossyPath> {
    const [near, far] = [await openUdpSocket(), await openUdpSocket()];
    return new LossyPath(near, far, { target, ssrc, oneIn });
  }

  private constructor(near: Socket, far: Socket, to: { target: number; ssrc: number; oneIn: number }) {
    this.port = near.address().port;
    near.on('message', (packet, { port }) => {
      this.#client = port;
      far.send(packet, to.target, '127.0.0.1');
    });
    far.on('message', (packet) => {
      if (this.#client === undefined || this.#isLost(packet, to.ssrc, to.oneIn)) return;
      near.send(packet, this.#client, '127.0.0.1');
    });
  }

  /** The header of SRTP is in the clear (RFC 3711). */
  #isLost(packet: Buffer, ssrc: number, oneIn: number): boolean {
    if (packet.length < 12 || packet.readUInt8(0) >> 6 !== 2 || packet.readUInt32BE(8) !== ssrc) return false;
    this.#seen += 1;
    if (this.#seen % oneIn !== 0) return false;
    this.dropped += 1;
    return true;
  }
}
