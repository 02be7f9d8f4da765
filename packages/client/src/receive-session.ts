import type {
  ConsumerParameters,
  DtlsParameters,
  IceParameters,
  IceServer,
  RequestData,
  TransportParameters,
} from '@spillway/protocol';
import type { Device, types } from 'mediasoup-client';
import { preferLowDelay } from './low-delay.ts';
import { TransportHealth } from './transport-health.ts';

/** What a session needs from its owner. */
export interface ReceiveSessionActions {
  play: (data: RequestData<'play'>) => Promise<unknown>;
  restartIce: () => Promise<IceParameters>;
  /** Media can flow (true), or no longer can (false). */
  pathChanged: (up: boolean) => void;
  /** The transport cannot be mended. */
  lost: () => void;
}

export interface ReceiveSessionOptions {
  device: Device;
  transport: TransportParameters;
  iceServers: IceServer[];
  iceTransportPolicy: RTCIceTransportPolicy;
  actions: ReceiveSessionActions;
}

/** One receive transport of a viewer and the consumers on it, from a `watch` to the next. */
export class ReceiveSession {
  readonly transport: types.Transport;
  readonly #actions: ReceiveSessionActions;
  readonly #consumers = new Set<types.Consumer>();
  /** Kept from the transport's `connect` for the first `play`, which carries it: a round trip less. */
  #dtlsParameters: DtlsParameters | undefined;

  constructor({ device, transport, iceServers, iceTransportPolicy, actions }: ReceiveSessionOptions) {
    this.#actions = actions;
    this.transport = device.createRecvTransport({ ...transport, iceServers, iceTransportPolicy });
    this.transport.on('connect', ({ dtlsParameters }, connected) => {
      this.#dtlsParameters = dtlsParameters;
      connected();
    });
    const health = new TransportHealth({
      restart: async () => this.transport.restartIce({ iceParameters: await actions.restartIce() }),
      lost: actions.lost,
      changed: actions.pathChanged,
    });
    this.transport.on('connectionstatechange', (state) => health.report(state));
    this.transport.observer.on('close', () => health.close());
  }

  /** True when none of its consumers is in use. */
  get idle(): boolean {
    return [...this.#consumers].every((consumer) => consumer.closed);
  }

  has(consumer: types.Consumer): boolean {
    return this.#consumers.has(consumer);
  }

  /** Makes consumers, still paused at the server: `play()` makes them run. */
  async consume(all: ConsumerParameters[]): Promise<types.Consumer[]> {
    const consumers = await Promise.all(
      all.map(({ id, producerId, kind, rtpParameters }) =>
        this.transport.consume({
          id,
          producerId,
          kind,
          // mediasoup-client names the header extensions that it knows in its types, and passes over others.
          rtpParameters: rtpParameters as types.RtpParameters,
          onRtpReceiver: preferLowDelay,
        }),
      ),
    );
    for (const consumer of consumers) this.#consumers.add(consumer);
    return consumers;
  }

  /** Makes consumers run. The first time it also connects the transport. */
  async play(consumerIds: string[]): Promise<void> {
    const dtlsParameters = this.#dtlsParameters;
    this.#dtlsParameters = undefined;
    await this.#actions.play({ consumerIds, ...(dtlsParameters && { dtlsParameters }) });
  }

  getStats(): Promise<RTCStatsReport> {
    return this.transport.getStats();
  }

  close(): void {
    this.transport.close();
  }
}
