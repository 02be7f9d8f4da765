import type { Layer, MediaKind, RtpCapabilities, RtpParameters } from '@spillway/protocol';
import { readDescription } from './description.ts';
import type { Offer } from './peer.ts';
import { readTrack } from './published-track.ts';
import { readPeer } from './read-peer.ts';
import { SdpError } from './sdp-error.ts';
import { takeSections } from './take-sections.ts';

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
export interface PublishOffer extends Offer {
  readonly tracks: readonly PublishedTrack[];
}

/**
 * Reads the offer of a WHIP client. Of the codecs of a medium the first that the server takes is chosen.
 *
 * @param server what every router takes
 * @throws {SdpError}
 */
export function readPublishOffer(sdp: string, server: RtpCapabilities): PublishOffer {
  const description = readDescription(sdp);
  const sections = takeSections(description, 'publish');
  const peer = readPeer(description, sections);
  const read = sections.taken.map((section) => readTrack(section, description, server));
  const ssrcs = new Set<number>();
  for (const { named } of read) {
    for (const { ssrc, line } of named) {
      if (ssrcs.has(ssrc)) throw new SdpError('malformed', 'an SSRC is that of another m-section too', line);
      ssrcs.add(ssrc);
    }
  }
  const taken = new Set<number>();
  for (const { section } of read) {
    for (const { payloadType } of section.formats) {
      if (taken.has(payloadType)) {
        throw new SdpError(
          'malformed',
          `payload type ${payloadType} stands for a codec of audio and one of video`,
        );
      }
      taken.add(payloadType);
    }
  }
  return {
    ...peer,
    sections: read.map(({ section }) => section),
    rejected: sections.rejected,
    mixedExtensions: description.session.has('extmap-allow-mixed'),
    tracks: read.map(({ track }) => track),
  };
}
