import type { DtlsParameters, IceParameters, TransportParameters } from '@spillway/protocol';
import { SpillwayError } from '@spillway/protocol';
import type { Consumer, ConsumerOptions, WebRtcTransport } from 'mediasoup/types';
import { whileOpen } from './gone.ts';
import { createTransport, type Seat } from './seat.ts';
import { transportParameters } from './transport-parameters.ts';

/** Estimate with which viewers of layered broadcasts start; mediasoup's 600 kbps would start them low. Bits per second. */
const INITIAL_BITRATE = 3_000_000;

/** A viewer's transport, of which its client is told once, and which it connects once. */
export class ViewerTransport {
  /** The transport itself, to be watched. */
  readonly webRtc: WebRtcTransport;
  #introduced = false;
  #connected = false;

  /**
   * @param iceConsentTimeout seconds, 0 for never: see `ViewerOptions`
   * @throws {SpillwayError} `unavailable` when the worker dies meanwhile
   */
  static async create(seat: Seat, iceConsentTimeout: number): Promise<ViewerTransport> {
    const initialAvailableOutgoingBitrate = INITIAL_BITRATE;
    return new ViewerTransport(
      await createTransport(seat, { initialAvailableOutgoingBitrate, iceConsentTimeout }),
    );
  }

  private constructor(transport: WebRtcTransport) {
    this.webRtc = transport;
  }

  get closed(): boolean {
    return this.webRtc.closed;
  }

  /** What the client needs of it; undefined when it was told already. */
  introduce(): TransportParameters | undefined {
    if (this.#introduced) return undefined;
    this.#introduced = true;
    return transportParameters(this.webRtc);
  }

  /**
   * Connects it the first time; further calls change nothing.
   *
   * @throws {SpillwayError} `wrong-state` the first time without DTLS parameters
   */
  async connect(dtlsParameters: DtlsParameters | undefined): Promise<void> {
    if (this.#connected) return;
    if (!dtlsParameters) {
      throw new SpillwayError('wrong-state', 'play: the first call has to carry dtlsParameters');
    }
    this.#connected = true;
    await whileOpen(this.webRtc, this.webRtc.connect({ dtlsParameters }));
  }

  /** @throws {SpillwayError} `unavailable` when it is gone meanwhile */
  consume(options: ConsumerOptions): Promise<Consumer> {
    return whileOpen(this.webRtc, this.webRtc.consume(options));
  }

  /** @throws {SpillwayError} `unavailable` when it is gone meanwhile */
  restartIce(): Promise<IceParameters> {
    return whileOpen(this.webRtc, this.webRtc.restartIce());
  }

  /** Idempotent. */
  close(): void {
    this.webRtc.close();
  }
}
