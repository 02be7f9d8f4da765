import nodeDataChannel, { type PeerConnection, type Track } from 'node-datachannel';
import type { MediaMeter } from '../meter/media-meter.ts';

export interface MediaPeerActions {
  /** ICE and DTLS are through. */
  connected(): void;
  /** ICE or DTLS has failed or ended. */
  lost(state: string): void;
}

/** The media library's end of one transport: ICE, DTLS and SRTP, and its tracks, whose packets a meter gets. */
export class MediaPeer {
  readonly connection: PeerConnection;
  readonly #meter: MediaMeter | undefined;
  /** Kept, so that they are not collected while packets arrive. */
  readonly #tracks: Track[] = [];
  #closed = false;

  /** @param disableAutoNegotiation whether the owner makes the local description itself */
  constructor(meter: MediaMeter | undefined, actions: MediaPeerActions, disableAutoNegotiation = false) {
    this.#meter = meter;
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
    this.connection.close();
  }
}

/** Ends the media library's threads; the process can end then. Close all peers before. */
export function endMediaLibrary(): void {
  nodeDataChannel.cleanup();
}
