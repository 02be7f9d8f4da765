import * as ortc from 'mediasoup/ortc';
import type { RtpCapabilities, RtpHeaderExtensionUri, RtpParameters } from 'mediasoup/types';
import type { PlayOffer } from '../play-offer.ts';
import type { PublishedTrack } from '../publish-offer.ts';
import { routerCapabilities } from './router.ts';

/* What mediasoup does with what is read, short of its worker. Its functions change their arguments. */

const uris = new Set<string>(routerCapabilities.headerExtensions?.map(({ uri }) => uri));
const isKnown = (uri: string): uri is RtpHeaderExtensionUri => uris.has(uri);

function known<T extends { readonly uri: string }>(extensions: readonly T[] = []) {
  return extensions.map((extension) => {
    const { uri } = extension;
    if (!isKnown(uri)) throw new Error(`mediasoup does not know ${uri}`);
    return { ...extension, uri };
  });
}

/** As `transport.produce()` checks a producer; gives what its consumers are made of. */
export function produce({ kind, rtpParameters }: PublishedTrack): RtpParameters {
  const parameters: RtpParameters = structuredClone({
    ...rtpParameters,
    headerExtensions: known(rtpParameters.headerExtensions),
  });
  ortc.validateAndNormalizeRtpParameters(parameters);
  const router = structuredClone(routerCapabilities);
  const mapping = ortc.getProducerRtpParametersMapping(parameters, router);
  return ortc.getConsumableRtpParameters(kind, parameters, router, mapping);
}

/**
 * As `transport.consume()` does on a router that has the payload types of the offer, without RTX.
 *
 * @returns undefined where the client cannot play it
 */
export function consume(consumable: RtpParameters, { capabilities }: PlayOffer): RtpParameters | undefined {
  const remote: RtpCapabilities = structuredClone({
    codecs: capabilities.codecs ?? [],
    headerExtensions: known(capabilities.headerExtensions),
  });
  if (!ortc.canConsume(consumable, remote)) return undefined;
  return ortc.getConsumerRtpParameters({
    consumableRtpParameters: consumable,
    remoteRtpCapabilities: remote,
    pipe: false,
    enableRtx: true,
  });
}
