import type { Layer, MediaKind, RtpCapabilities, RtpParameters } from '@spillway/protocol';
import type { OfferedSection, Peer } from './peer.ts';

/** A medium that a WHIP client sends. */
export interface PublishedTrack {
  readonly kind: MediaKind;
  readonly mid: string;
  /** For `transport.produce`: with `ssrc`s where the offer names them, with `rid`s in simulcast. */
  readonly rtpParameters: RtpParameters;
  /** Lowest first; empty when there is one. */
  readonly layers: readonly Layer[];
}

/** What a WHIP client offers (RFC 9725): at most one audio and one video. */
export interface PublishOffer extends Peer {
  readonly sections: readonly OfferedSection[];
  readonly tracks: readonly PublishedTrack[];
}

/**
 * Reads the offer of a WHIP client.
 *
 * @param server what every router takes
 * @throws {SdpError}
 */
export declare function readPublishOffer(sdp: string, server: RtpCapabilities): PublishOffer;
