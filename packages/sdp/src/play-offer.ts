import type { MediaKind, RtpCapabilities } from '@spillway/protocol';
import { readDescription } from './description.ts';
import type { Offer } from './peer.ts';
import { readPlayedSections } from './played-sections.ts';
import { readPeer } from './read-peer.ts';
import { takeSections } from './take-sections.ts';

/** What a WHEP client offers to receive: at most one audio and one video. */
export interface PlayOffer extends Offer {
  /**
   * What it receives of what the server carries, with the payload types and extension ids of the offer. Without RTX:
   * packets are sent again on their own SSRC. Of several payload types for one codec the first stays.
   */
  readonly capabilities: RtpCapabilities;
  /** Of the sections, for the MID header extension (RFC 9143). */
  readonly mids: Readonly<Partial<Record<MediaKind, string>>>;
  /** Whether the client finds the medium of a packet by its SSRC alone, so that the answer has to name it. */
  readonly routesBySsrc: boolean;
  /** Whether the client is known to answer ICE consent checks (RFC 7675), and not to send RTCP of itself. */
  readonly checksConsent: boolean;
}

/**
 * Reads the offer of a WHEP client.
 *
 * @param server what every router sends
 * @throws {SdpError}
 */
export function readPlayOffer(sdp: string, server: RtpCapabilities): PlayOffer {
  const description = readDescription(sdp);
  const sections = takeSections(description, 'play');
  const peer = readPeer(description, sections);
  const { taken, rejected } = sections;
  const played = readPlayedSections(taken, description, server);
  return {
    ...peer,
    sections: played.sections,
    rejected,
    mixedExtensions: description.session.has('extmap-allow-mixed'),
    capabilities: played.capabilities,
    mids: Object.fromEntries(taken.map(({ kind, mid }) => [kind, mid])),
    checksConsent: description.writer === 'libdatachannel',
    // Both are for libdatachannel and Pion: with one m-section they take whatever comes.
    routesBySsrc: description.writer !== undefined && taken.length > 1,
  };
}
