import nodeDataChannel, { type PeerConnection, type Track } from 'node-datachannel';
import type { MediaMeter } from '../meter/media-meter.ts';
import { LossRepair } from './loss-repair.ts';

/** How a viewer takes its media. */
export interface MediaReception {
  /** Counts what comes. Without it, media is received and decrypted, and never seen by JavaScript. */
  readonly meter: MediaMeter | undefined;
  /** Whether what is missing is asked for (NACK, RFC 4585), when it is counted. */
  readonly nack: boolean;
}

export interface MediaPeerActions {
  /** ICE and DTLS are through. */
  connected(): void;
  /** ICE or DTLS has failed or ended. */
  lost(state: string): void;
}

export interface MediaPeerOptions extends MediaReception {
  readonly actions: MediaPeerActions;
  /** Whether the owner makes the local description itself. Default false. */
  readonly disableAutoNegotiation?: boolean;
}

/** The media library's end of one transport: ICE, DTLS and SRTP, and its tracks, whose packets a meter gets. */
export class MediaPeer {
  readonly connection: PeerConnection;
  readonly #meter: MediaMeter | undefined;
  /** Kept, so that they are not collected while packets arrive. */
  readonly #tracks: Track[] = [];
  readonly #repair: LossRepair | undefined;
  #closed = false;

  constructor(options: MediaPeerOptions) {
    const { meter, nack, actions, disableAutoNegotiation = false } = options;
    this.#meter = meter;
    if (meter && nack) {
      this.#repair = new LossRepair((rtcp) => this.#send(rtcp));
      meter.watchLoss(this.#repair);
    }
    this.connection = new nodeDataChannel.PeerConnection('viewer', {
      iceServers: [],
      disableAutoNegotiation,
    });
    this.connection.onStateChange((state) => {
      if (this.#closed) return;
      if (state === 'connected') actions.connected();
      else if (state === 'failed' || state === 'disconnected' || state === 'closed') actions.lost(state);
    });
  }

  /** Receives what comes on a track. */
  addTrack(track: Track): void {
    this.#tracks.push(track);
    const meter = this.#meter;
    if (!meter) return;
    track.onMessage((data) => {
      if (!this.#closed) meter.take(data);
    });
  }

  /** Idempotent. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#repair?.close();
    this.connection.close();
  }

  #send(rtcp: Buffer): void {
    const track = this.#tracks.find((each) => each.isOpen());
    if (!this.#closed) track?.sendMessageBinary(rtcp);
  }
}

/** Ends the media library's threads; the process can end then. Close all peers before. */
export function endMediaLibrary(): void {
  nodeDataChannel.cleanup();
}
