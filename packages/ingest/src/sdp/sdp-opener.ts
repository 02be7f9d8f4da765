import { InputError, type InputOpener, type OpenInput } from '../input.ts';
import { firstPacket } from './first-packet.ts';
import { type ReadSdpOptions, readSdp, type SdpMedia } from './read-sdp.ts';
import { writeSdp } from './write-sdp.ts';

export interface SdpOpenerOptions extends ReadSdpOptions {
  /** The encoder's SDP. */
  readonly sdp: string;
}

const LOOPBACK = '127.0.0.1';
/** All of IPv4. */
const ANY = '0.0.0.0';

/** Microseconds to wait for a packet that others have overtaken. */
const REORDERING = 60_000;
/** Microseconds to look for what the SDP does not tell. */
const ANALYSIS = 1_500_000;

/** Listens for the RTP that an SDP describes. What FFmpeg reads is not that SDP, but one written of its checked parts. */
export class SdpOpener implements InputOpener {
  readonly listens = true;
  /** What it listens for. */
  readonly media: readonly SdpMedia[];
  readonly #listenAddress: string;
  readonly #closing = new AbortController();

  /** @throws {SdpError} which line is wrong, and why */
  constructor(options: SdpOpenerOptions) {
    this.media = readSdp(options.sdp, options);
    this.#listenAddress = options.listen === 'network' ? ANY : LOOPBACK;
  }

  get waiting(): string {
    const ports = this.media.map(({ kind, port }) => `${kind} on UDP port ${port}`);
    return `Waits for an encoder to push ${ports.join(' and ')}`;
  }

  async open(giveUp: AbortSignal): Promise<OpenInput> {
    const stop = AbortSignal.any([giveUp, this.#closing.signal]);
    await firstPacket(this.media, this.#listenAddress, stop);
    if (stop.aborted) throw new InputError({ reason: 'Not wanted any more', final: false });
    return {
      args: this.#args,
      stdin: writeSdp(this.media, this.#listenAddress),
      secrets: [],
      close: () => {},
    };
  }

  get #args(): string[] {
    const network = this.#listenAddress === ANY;
    return [
      ...['-protocol_whitelist', 'pipe,rtp,udp', '-max_delay', `${REORDERING}`],
      ...['-analyzeduration', `${ANALYSIS}`, '-fpsprobesize', '0'],
      // The SDP alone says where to send to, not at which address to listen.
      ...(network ? [] : ['-localaddr', LOOPBACK]),
      ...['-f', 'sdp', '-i', 'pipe:0'],
    ];
  }

  close(): void {
    this.#closing.abort();
  }
}
