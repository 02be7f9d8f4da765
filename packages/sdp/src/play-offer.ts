import type { MediaKind, RtpCapabilities } from '@spillway/protocol';
import type { OfferedSection, Peer } from './peer.ts';

/** What a WHEP client offers to receive: at most one audio and one video. */
export interface PlayOffer extends Peer {
  readonly sections: readonly OfferedSection[];
  /**
   * What it receives of what the server carries, with the payload types and extension ids of the offer. Without RTX:
   * packets are sent again on their own SSRC. Of several payload types for one codec the first stays.
   */
  readonly capabilities: RtpCapabilities;
  /** Of the sections, for the MID header extension (RFC 9143). */
  readonly mids: Readonly<Partial<Record<MediaKind, string>>>;
  /** Whether the client finds the medium of a packet by its SSRC alone, so that the answer has to name it. */
  readonly routesBySsrc: boolean;
}

/**
 * Reads the offer of a WHEP client.
 *
 * @param server what every router sends
 * @throws {SdpError}
 */
export declare function readPlayOffer(sdp: string, server: RtpCapabilities): PlayOffer;
