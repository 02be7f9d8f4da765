import { EventEmitter } from 'node:events';
import { compileCheck, type Playback, RtpCapabilities } from '@spillway/protocol';
import { addMediaCounts, type MediaCounts, noMedia, ReceivePeer } from './receive-peer.ts';
import { SignalingConnection } from './signaling-connection.ts';

const checkCapabilities = compileCheck(RtpCapabilities);

/**
 * What the server's routers send (`GET /api/v1/capabilities`). Load viewers claim to receive all of it.
 *
 * @throws when the server does not answer, or answers something else
 */
export async function fetchCapabilities(server: string | URL): Promise<RtpCapabilities> {
  const url = new URL('/api/v1/capabilities', server);
  const response = await fetch(url).catch((error: Error) => {
    throw new Error(
      `${url} cannot be reached: ${error.cause instanceof Error ? error.cause.message : error}`,
    );
  });
  if (!response.ok) throw new Error(`${url} answered ${response.status}`);
  const checked = checkCapabilities(await response.json());
  if (!checked.ok) throw new Error(`${url} answered no RTP capabilities: ${checked.error}`);
  return checked.value;
}

export interface LoadViewerOptions {
  /** Base URL of the server, http or https. */
  readonly server: string | URL;
  readonly room: string;
  readonly capabilities: RtpCapabilities;
}

/** Seconds from the start of {@link LoadViewer.join}. Absent: not yet. */
export interface JoinTimes {
  /** `play` was answered. */
  readonly joined?: number;
  readonly firstPacket?: number;
  /** First packet of a key frame: the earliest moment at which a picture could show. */
  readonly firstKeyFrame?: number;
}

export type LoadViewerEvents = {
  /** The first RTP packet has come. */
  media: [];
  /** It is over: the connection or the transport is gone. */
  closed: [reason: string];
};

/**
 * A viewer without a decoder: signalling, ICE, DTLS and SRTP as a browser does them, and every packet counted. It
 * follows the broadcast and watches again when the server asks for it; it does not connect again.
 */
export class LoadViewer extends EventEmitter<LoadViewerEvents> {
  readonly #options: LoadViewerOptions;
  readonly #signaling: SignalingConnection;
  #peer: ReceivePeer | undefined;
  /** Of transports that are gone. */
  #earlier: MediaCounts = noMedia;
  #work: Promise<void> = Promise.resolve();
  #watches = 0;
  #startedAt = 0;
  #times: { joined?: number; firstPacket?: number; firstKeyFrame?: number } = {};
  #closed = false;

  constructor(options: LoadViewerOptions) {
    super();
    this.#options = options;
    this.#signaling = new SignalingConnection(options.server, options.room);
    this.#signaling.on('playback', (playback) => this.#enqueue(() => this.#apply(playback)));
    this.#signaling.on('rejoin', () => this.#enqueue(() => this.#watch()));
    this.#signaling.on('closed', (reason) => this.#end(reason));
  }

  /** How often it has asked to watch: more than once, and the server has asked it to. */
  get watches(): number {
    return this.#watches;
  }

  get times(): JoinTimes {
    return this.#times;
  }

  /** All that was received, over all transports. */
  get counts(): MediaCounts {
    return this.#peer ? addMediaCounts(this.#earlier, this.#peer.counts) : this.#earlier;
  }

  /**
   * Connects and watches. In a room that is offline it is fulfilled too: media comes when the room goes live.
   *
   * @throws when the server cannot be reached or refuses
   */
  async join(): Promise<void> {
    this.#startedAt = performance.now();
    try {
      await this.#signaling.opened();
      await this.#watch();
    } catch (error) {
      this.#end(reasonOf(error));
      throw error;
    }
  }

  /** Idempotent. */
  close(): void {
    this.#end('closed by this client');
  }

  async #watch(): Promise<void> {
    const { capabilities } = this.#options;
    this.#watches += 1;
    // The server gives its end up when it is asked again, and says so on the transport.
    this.#retirePeer();
    const { playback } = await this.#signaling.request('watch', { rtpCapabilities: capabilities });
    await this.#apply(playback);
  }

  async #apply({ transport, consumers, kinds }: Playback): Promise<void> {
    if (this.#closed) return;
    if (transport) {
      this.#retirePeer();
      this.#peer = new ReceivePeer(transport, {
        received: () => this.#handlePacket(),
        lost: (state) => this.#end(`the transport is ${state}`),
      });
    }
    for (const kind of ['audio', 'video'] as const) {
      if (!kinds.includes(kind)) this.#peer?.drop(kind);
    }
    if (consumers.length === 0) return;
    if (!this.#peer) throw new Error('the server named media but no transport');
    const fingerprint = this.#peer.receive(consumers);
    await this.#signaling.request('play', {
      consumerIds: consumers.map(({ id }) => id),
      ...(transport ? { dtlsParameters: { role: 'client', fingerprints: [fingerprint] } } : {}),
    });
    this.#times.joined ??= this.#elapsed();
  }

  #handlePacket(): void {
    if (this.#times.firstKeyFrame !== undefined) return;
    if (this.#times.firstPacket === undefined) {
      this.#times.firstPacket = this.#elapsed();
      this.emit('media');
    }
    if (this.counts.video.keyFrames > 0) this.#times.firstKeyFrame = this.#elapsed();
  }

  #elapsed(): number {
    return (performance.now() - this.#startedAt) / 1000;
  }

  /** Changes are applied one after the other, in the order in which they came. */
  #enqueue(task: () => Promise<void>): void {
    this.#work = this.#work.then(task).catch((error: unknown) => this.#end(reasonOf(error)));
  }

  #retirePeer(): void {
    if (!this.#peer) return;
    this.#earlier = addMediaCounts(this.#earlier, this.#peer.counts);
    this.#peer.close();
    this.#peer = undefined;
  }

  #end(reason: string): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#retirePeer();
    this.#signaling.close();
    this.emit('closed', reason);
  }
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
