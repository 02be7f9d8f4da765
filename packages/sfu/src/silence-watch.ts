import type { WebRtcTransport } from 'mediasoup/types';
import { Patrol } from './patrol.ts';

export interface SilenceWatchOptions {
  /** Between two looks at all transports. Milliseconds. */
  readonly intervalMs: number;
  /** How long a transport may receive nothing. Milliseconds. */
  readonly limitMs: number;
  /** For peers that only answer to media: their silence counts while they are sent some. Default false. */
  readonly whileSending?: boolean;
}

export interface SilenceHandlers {
  /** Nothing has come for the limit: neither media nor RTCP; ICE checks do not count. Said once for each silence. */
  onSilent(): void;
  /** Something comes again. */
  onHeard?(): void;
}

interface Listening {
  readonly transport: WebRtcTransport;
  readonly handlers: SilenceHandlers;
  bytes: number;
  /** RTP, up to the last look. */
  bytesSent: number;
  /** When `bytes` grew last, by `performance.now()`. */
  heardAt: number;
  silent: boolean;
}

/**
 * Finds out which peers are gone without a word. Not all clients send ICE consent checks (RFC 7675), but all that publish
 * send media and all that play send RTCP.
 */
export class SilenceWatch {
  readonly #options: SilenceWatchOptions;
  readonly #listening: Patrol<Listening>;

  constructor(options: SilenceWatchOptions) {
    this.#options = options;
    this.#listening = new Patrol(options.intervalMs, (entry) => this.#listen(entry));
  }

  /** Listens until the transport is closed. A transport that never connects is silent from now on. */
  add(transport: WebRtcTransport, handlers: SilenceHandlers): void {
    const entry = { transport, handlers, bytes: 0, bytesSent: 0, heardAt: performance.now(), silent: false };
    this.#listening.add(entry);
    transport.observer.once('close', () => this.#listening.delete(entry));
  }

  async #listen(entry: Listening): Promise<void> {
    const { transport, handlers } = entry;
    const stats = await transport.getStats().catch(() => []);
    // It may have been closed meanwhile, or its worker has died.
    if (transport.closed || !stats[0]) return;
    const now = performance.now();
    const { bytesReceived, rtpBytesSent, dtlsState } = stats[0];
    const { whileSending = false, limitMs } = this.#options;
    const excused = whileSending && dtlsState === 'connected' && rtpBytesSent === entry.bytesSent;
    entry.bytesSent = rtpBytesSent;
    if (bytesReceived > entry.bytes || excused) {
      entry.bytes = bytesReceived;
      entry.heardAt = now;
      if (!entry.silent) return;
      entry.silent = false;
      handlers.onHeard?.();
    } else if (!entry.silent && now - entry.heardAt >= limitMs) {
      entry.silent = true;
      handlers.onSilent();
    }
  }
}
