import { randomBytes } from 'node:crypto';
import { RtmpError } from './rtmp-error.ts';

const VERSION = 3;
/** Bytes of C1, S1, C2 and S2. */
const SIZE = 1536;

/**
 * The server's side of the simple handshake (RTMP 1.0, section 5.2). S1 tells version 0, so that no client expects the
 * signed one. C2 is not compared: encoders send what they like there.
 */
export class Handshake {
  readonly #send: (bytes: Buffer) => void;
  #waiting = Buffer.alloc(0);
  #answered = false;

  constructor(send: (bytes: Buffer) => void) {
    this.#send = send;
  }

  /**
   * Takes what came. Returns what follows the handshake, once it is complete, and undefined until then.
   *
   * @throws {RtmpError} when it is no RTMP
   */
  push(bytes: Buffer): Buffer | undefined {
    const data = Buffer.concat([this.#waiting, bytes]);
    if (data.length > 0 && !this.#answered && data[0] !== VERSION) {
      throw new RtmpError(
        'what connects does not speak plain RTMP (encrypted forms such as rtmps:// are not taken)',
      );
    }
    if (!this.#answered && data.length >= 1 + SIZE) {
      const c1 = data.subarray(1, 1 + SIZE);
      this.#send(Buffer.concat([Buffer.from([VERSION]), Buffer.alloc(8), randomBytes(SIZE - 8), c1]));
      this.#answered = true;
    }
    if (data.length >= 1 + 2 * SIZE) {
      this.#waiting = Buffer.alloc(0);
      return data.subarray(1 + 2 * SIZE);
    }
    this.#waiting = data;
    return undefined;
  }
}
