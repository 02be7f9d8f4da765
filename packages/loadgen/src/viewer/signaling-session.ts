import type { Playback, RtpCapabilities } from '@spillway/protocol';
import { ReceivePeer } from './receive-peer.ts';
import { SignalingConnection } from './signaling-connection.ts';
import { type Entry, reasonOf, type SessionParts, type ViewerSession } from './viewer-session.ts';

export interface SignalingOptions {
  /** Base URL of the server, http or https. */
  readonly server: string | URL;
  readonly room: string;
  /** What the viewer says it receives; all that the server sends, by `fetchCapabilities`. */
  readonly capabilities: RtpCapabilities;
}

/** Joins by the signalling of the browsers. */
export function signalingEntry(options: SignalingOptions): Entry {
  return (parts) => new SignalingSession(options, parts);
}

/**
 * A viewer's session over the WebSocket: `watch`, then `play`. It follows the broadcast and watches again when the server
 * asks for it; it does not connect again.
 */
class SignalingSession implements ViewerSession {
  readonly #options: SignalingOptions;
  readonly #parts: SessionParts;
  readonly #signaling: SignalingConnection;
  #peer: ReceivePeer | undefined;
  /** The one of which the server knows how it connects. */
  #connected: ReceivePeer | undefined;
  #work: Promise<void> = Promise.resolve();
  #closed = false;

  constructor(options: SignalingOptions, parts: SessionParts) {
    this.#options = options;
    this.#parts = parts;
    this.#signaling = new SignalingConnection(options.server, options.room);
    this.#signaling.on('playback', (playback) => this.#enqueue(() => this.#apply(playback)));
    this.#signaling.on('rejoin', () => this.#enqueue(() => this.#watch()));
    this.#signaling.on('closed', (reason) => this.#end(reason));
  }

  /** In a room that is offline it is fulfilled too: media comes when the room goes live. */
  async join(): Promise<void> {
    await this.#signaling.opened();
    this.#parts.events.reached('connected');
    await this.#inOrder(() => this.#watch());
  }

  async close(): Promise<void> {
    this.#close();
  }

  async #watch(): Promise<void> {
    // The server gives its end up when it is asked again, and says so on the transport.
    this.#peer?.close();
    this.#peer = undefined;
    const { capabilities } = this.#options;
    const { playback } = await this.#signaling.request('watch', { rtpCapabilities: capabilities });
    this.#parts.events.reached('watched');
    await this.#apply(playback);
  }

  async #apply({ transport, consumers, kinds }: Playback): Promise<void> {
    if (this.#closed) return;
    const { reception, events } = this.#parts;
    if (transport) {
      this.#peer?.close();
      this.#peer = new ReceivePeer(transport, reception, {
        connected: () => events.reached('transport'),
        lost: (state) => this.#end(`the transport is ${state}`),
      });
    }
    for (const kind of ['audio', 'video'] as const) {
      if (!kinds.includes(kind)) this.#peer?.drop(kind);
    }
    if (consumers.length === 0) return;
    if (!this.#peer) throw new Error('the server named media but no transport');
    const fingerprint = this.#peer.receive(consumers);
    const isFirst = this.#connected !== this.#peer;
    this.#connected = this.#peer;
    await this.#signaling.request('play', {
      consumerIds: consumers.map(({ id }) => id),
      // A transport may have come before there was something to play on it.
      ...(isFirst ? { dtlsParameters: { role: 'client', fingerprints: [fingerprint] } } : {}),
    });
    events.reached('joined');
  }

  #enqueue(task: () => Promise<void>): void {
    this.#inOrder(task).catch((error: unknown) => this.#end(reasonOf(error)));
  }

  /** Does one thing after the other: an answer and a change that follows it may arrive in one piece. */
  #inOrder(task: () => Promise<void>): Promise<void> {
    const done = this.#work.then(task);
    this.#work = done.catch(() => {});
    return done;
  }

  #end(reason: string): void {
    if (this.#closed) return;
    this.#close(reason);
    this.#parts.events.ended(reason);
  }

  #close(reason?: string): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#peer?.close();
    this.#signaling.close(reason);
  }
}
