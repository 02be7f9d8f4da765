import type { ConsumerParameters, TransportParameters } from '@spillway/protocol';
import type { MediaMeter } from '../meter/media-meter.ts';
import { MediaPeer, type MediaPeerActions, type MediaReception } from './media-peer.ts';
import { fingerprintOf, type MediaSection, remoteOffer } from './remote-description.ts';

/** A viewer's end of a transport that the signalling has described. */
export class ReceivePeer {
  readonly #transport: TransportParameters;
  readonly #meter: MediaMeter | undefined;
  readonly #peer: MediaPeer;
  readonly #sections: MediaSection[] = [];
  #version = 0;

  constructor(transport: TransportParameters, reception: MediaReception, actions: MediaPeerActions) {
    this.#transport = transport;
    this.#meter = reception.meter;
    this.#peer = new MediaPeer({ ...reception, actions });
    this.#peer.connection.onTrack((track) => this.#peer.addTrack(track));
  }

  /**
   * Takes further media; each takes the place of the present one of its kind.
   *
   * @returns the fingerprint of this end's certificate
   */
  receive(consumers: readonly ConsumerParameters[]): { algorithm: 'sha-256'; value: string } {
    for (const parameters of consumers) {
      this.drop(parameters.kind);
      this.#sections.push({ parameters, active: true });
      for (const { payloadType, mimeType } of parameters.rtpParameters.codecs) {
        this.#meter?.expect(payloadType, { kind: parameters.kind, mimeType });
      }
    }
    this.#version += 1;
    const { connection } = this.#peer;
    // The library answers an offer by itself, at once.
    connection.setRemoteDescription(remoteOffer(this.#transport, this.#sections, this.#version), 'offer');
    const answer = connection.localDescription();
    if (!answer) throw new Error('the media library made no answer');
    return fingerprintOf(answer.sdp);
  }

  /** Marks the media of a kind as over, from the next {@link receive} on. */
  drop(kind: ConsumerParameters['kind']): void {
    for (const [index, { parameters, active }] of this.#sections.entries()) {
      if (active && parameters.kind === kind) this.#sections[index] = { parameters, active: false };
    }
  }

  /** Idempotent. */
  close(): void {
    this.#meter?.endTransport();
    this.#peer.close();
  }
}
