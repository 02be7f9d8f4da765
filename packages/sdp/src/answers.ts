import type { MediaKind, TransportParameters } from '@spillway/protocol';
import type { Offer } from './peer.ts';
import type { PlayOffer } from './play-offer.ts';
import type { PublishOffer } from './publish-offer.ts';
import { writeDescription } from './write-description.ts';

const setupFor = ({ dtlsParameters }: Offer) => (dtlsParameters.role === 'server' ? 'active' : 'passive');

/** The answer to a WHIP client (RFC 9725, section 4.2). */
export function writePublishAnswer(offer: PublishOffer, transport: TransportParameters): string {
  return writeDescription({ ...offer, direction: 'recvonly', setup: setupFor(offer), ssrcs: {} }, transport);
}

/**
 * The answer to a WHEP client. Without SSRCs the client follows whichever come, so that another broadcaster needs no
 * other answer.
 *
 * @param ssrcs for clients that find the medium of a packet by its SSRC alone; default: none are named
 */
export function writePlayAnswer(
  offer: PlayOffer,
  transport: TransportParameters,
  ssrcs: Readonly<Partial<Record<MediaKind, number>>> = {},
): string {
  return writeDescription({ ...offer, direction: 'sendonly', setup: setupFor(offer), ssrcs }, transport);
}
