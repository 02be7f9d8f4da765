import {
  RtpCapabilities as ClientCapabilities,
  RtpParameters as ClientParameters,
  compileCheck,
} from '@spillway/protocol';
import type { RtpCapabilities, RtpHeaderExtensionUri, RtpParameters } from 'mediasoup/types';
import type { Static, TSchema } from 'typebox';
import { routerCapabilities } from './codecs.ts';

/* Between the protocol's RTP parameters and capabilities and those of mediasoup. */

const knownUris = new Set<string>(routerCapabilities.headerExtensions?.map((extension) => extension.uri));

function isKnownUri(uri: string): uri is RtpHeaderExtensionUri {
  return knownUris.has(uri);
}

function knownExtensions<T extends { uri: string }>(extensions: readonly T[] = []) {
  return extensions.flatMap((extension) => {
    const { uri } = extension;
    return isKnownUri(uri) ? [{ ...extension, uri }] : [];
  });
}

/** Checks what mediasoup made against a schema of the protocol, which gives it the protocol's type. */
function converter<T extends TSchema>(name: string, schema: T): (value: unknown) => Static<T> {
  const check = compileCheck(schema);
  return (value) => {
    const checked = check(value);
    if (!checked.ok) throw new Error(`${name} of mediasoup do not fit the protocol: ${checked.error}`);
    return checked.value;
  };
}

/** {@link routerCapabilities} as the protocol sends them. */
export const publishedCapabilities = converter('RTP capabilities', ClientCapabilities)(routerCapabilities);

/** A client's capabilities as mediasoup takes them: without header extensions that no router knows. */
export function toMediasoupCapabilities(capabilities: ClientCapabilities): RtpCapabilities {
  return {
    codecs: capabilities.codecs ?? [],
    headerExtensions: knownExtensions(capabilities.headerExtensions),
  };
}

/** A client's RTP parameters as mediasoup takes them: without header extensions that no router knows. */
export function toMediasoupParameters(parameters: ClientParameters): RtpParameters {
  return {
    ...parameters,
    headerExtensions: knownExtensions(parameters.headerExtensions),
  };
}

/** mediasoup's RTP parameters as the protocol sends them. */
export const toClientParameters = converter('RTP parameters', ClientParameters);

const congestionUris = new Set<string>([
  'http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01',
  'http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time',
]);
const congestionFeedback = new Set(['transport-cc', 'goog-remb']);

/**
 * The same capabilities without congestion control. A consumer of one layer has nothing to choose from, so its
 * transport needs no bandwidth estimate, which costs the worker CPU and memory per viewer.
 */
export function withoutCongestionControl(capabilities: RtpCapabilities): RtpCapabilities {
  return {
    codecs: (capabilities.codecs ?? []).map((codec) => ({
      ...codec,
      rtcpFeedback: (codec.rtcpFeedback ?? []).filter((feedback) => !congestionFeedback.has(feedback.type)),
    })),
    headerExtensions: (capabilities.headerExtensions ?? []).filter(({ uri }) => !congestionUris.has(uri)),
  };
}
