import type { ConsumerParameters, TransportParameters } from '@spillway/protocol';
import nodeDataChannel, { type PeerConnection, type Track } from 'node-datachannel';
import { keyFrameTest } from './key-frame.ts';
import { fingerprintOf, type MediaSection, remoteOffer } from './remote-description.ts';
import { parseRtpPacket } from './rtp-packet.ts';
import { addCounts, nothingReceived, type StreamCount, StreamCounter } from './stream-counter.ts';

/** A stream that the server sends: an encoding of a consumer, or its retransmissions. */
interface Stream {
  readonly counter: StreamCounter;
  readonly role: 'audio' | 'video' | 'retransmission';
}

/** Counts by what the packets carry. */
export interface MediaCounts {
  readonly audio: StreamCount;
  readonly video: StreamCount;
  /** RTX (RFC 4588). */
  readonly retransmission: StreamCount;
}

/** The sum of two counts; with `sign` -1, what came between an earlier and a later one. */
export function addMediaCounts(one: MediaCounts, other: MediaCounts, sign: 1 | -1 = 1): MediaCounts {
  return {
    audio: addCounts(one.audio, other.audio, sign),
    video: addCounts(one.video, other.video, sign),
    retransmission: addCounts(one.retransmission, other.retransmission, sign),
  };
}

export const noMedia: MediaCounts = {
  audio: nothingReceived,
  video: nothingReceived,
  retransmission: nothingReceived,
};

export interface ReceivePeerActions {
  /** An RTP packet has come, counted already. */
  received(): void;
  /** The transport is lost: ICE or DTLS has failed or ended. */
  lost(state: string): void;
}

/** A viewer's end of one transport: ICE, DTLS and SRTP, receiving only. */
export class ReceivePeer {
  readonly #transport: TransportParameters;
  readonly #actions: ReceivePeerActions;
  readonly #peer: PeerConnection;
  readonly #sections: MediaSection[] = [];
  /** Kept, so that they are not collected while packets arrive. */
  readonly #tracks: Track[] = [];
  readonly #streams = new Map<number, Stream>();
  #version = 0;
  #closed = false;

  constructor(transport: TransportParameters, actions: ReceivePeerActions) {
    this.#transport = transport;
    this.#actions = actions;
    this.#peer = new nodeDataChannel.PeerConnection('viewer', { iceServers: [] });
    this.#peer.onTrack((track) => {
      this.#tracks.push(track);
      track.onMessage((data) => this.#handlePacket(data));
    });
    this.#peer.onStateChange((state) => {
      if (state === 'failed' || state === 'disconnected' || state === 'closed') {
        if (!this.#closed) actions.lost(state);
      }
    });
  }

  get counts(): MediaCounts {
    let counts = noMedia;
    for (const { counter, role } of this.#streams.values()) {
      counts = { ...counts, [role]: addCounts(counts[role], counter.count) };
    }
    return counts;
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
      this.#count(parameters);
    }
    this.#version += 1;
    // The library answers an offer by itself, at once.
    this.#peer.setRemoteDescription(remoteOffer(this.#transport, this.#sections, this.#version), 'offer');
    const answer = this.#peer.localDescription();
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
    if (this.#closed) return;
    this.#closed = true;
    this.#peer.close();
  }

  #count({ kind, rtpParameters }: ConsumerParameters): void {
    const { ssrc, rtx } = rtpParameters.encodings?.[0] ?? {};
    if (ssrc === undefined) throw new Error(`the ${kind} consumer has no SSRC`);
    const isKeyFrame = keyFrameTest(rtpParameters.codecs[0]?.mimeType ?? '');
    this.#streams.set(ssrc, { counter: new StreamCounter(isKeyFrame), role: kind });
    if (rtx) this.#streams.set(rtx.ssrc, { counter: new StreamCounter(), role: 'retransmission' });
  }

  #handlePacket(data: Buffer): void {
    if (this.#closed) return;
    const packet = parseRtpPacket(data);
    const stream = packet && this.#streams.get(packet.ssrc);
    if (!stream) return;
    stream.counter.take(packet, data.length);
    this.#actions.received();
  }
}

/** Ends the media library's threads; the process can end then. Close all peers before. */
export function endMediaLibrary(): void {
  nodeDataChannel.cleanup();
}
