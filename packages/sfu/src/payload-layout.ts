import type { RtpCapabilities as ClientCapabilities } from '@spillway/protocol';
import * as ortc from 'mediasoup/ortc';
import type { RouterRtpCodecCapability, RtpCapabilities, RtpCodecParameters } from 'mediasoup/types';
import { routerCodecs } from './codecs.ts';
import { toMediasoupCapabilities } from './conversions.ts';

type ClientCodec = NonNullable<RtpCapabilities['codecs']>[number];

/** One of the router's codecs under the payload type that a client gave it. */
interface Assignment {
  readonly codec: RouterRtpCodecCapability;
  readonly payloadType: number;
}

/**
 * The payload types of a client's offer (RFC 3264: who sends uses those of the receiver). Keys name the router's codecs;
 * several may have one payload type, as when a client offers one profile of H264 for all.
 */
export type PayloadLayout = ReadonlyMap<string, Assignment>;

/** Profiles of H264 by preference, for a stream of each: a decoder of a higher one takes the lower ones too. */
const H264_FALLBACKS: Readonly<Record<string, readonly string[]>> = {
  '42': ['42e0', '42c0', '42', '4d', '64'],
  '4d': ['4d', '64', '42e0', '42'],
  '64': ['64', '4d', '42e0', '42'],
};

const DEFAULT_PROFILE_LEVEL = '42e01f';

function profileLevel(parameters: ClientCodec['parameters']): string {
  const value = parameters?.['profile-level-id'];
  return typeof value === 'string' ? value.toLowerCase() : DEFAULT_PROFILE_LEVEL;
}

/** Tells the router's codecs apart: by name, and H264 by its profile (its first byte). */
function codecKey({ mimeType, parameters }: Pick<ClientCodec, 'mimeType' | 'parameters'>): string {
  const name = mimeType.toLowerCase();
  return name === 'video/h264' ? `${name}/${profileLevel(parameters).slice(0, 2)}` : name;
}

function isAlike(offered: ClientCodec, codec: RouterRtpCodecCapability): boolean {
  if (offered.mimeType.toLowerCase() !== codec.mimeType.toLowerCase()) return false;
  if (offered.clockRate !== codec.clockRate || (offered.channels ?? 1) !== (codec.channels ?? 1))
    return false;
  // VP9 profiles other than 0 have more than 8 bits or another sampling.
  return codec.mimeType !== 'video/VP9' || Number(offered.parameters?.['profile-id'] ?? 0) === 0;
}

/** Which of a client's codecs takes what the router carries as `codec`. */
function choose(codec: RouterRtpCodecCapability, offered: readonly ClientCodec[]): Assignment | undefined {
  const alike = offered.filter((candidate) => isAlike(candidate, codec));
  if (codec.mimeType !== 'video/H264') {
    const payloadType = alike[0]?.preferredPayloadType;
    return payloadType === undefined ? undefined : { codec, payloadType };
  }
  for (const prefix of H264_FALLBACKS[profileLevel(codec.parameters).slice(0, 2)] ?? []) {
    const found = alike.find(({ parameters }) => profileLevel(parameters).startsWith(prefix));
    if (found?.preferredPayloadType === undefined) continue;
    // Under the client's own profile: what it offered is what it is told.
    const parameters = { ...codec.parameters, 'profile-level-id': profileLevel(found.parameters) };
    return { codec: { ...codec, parameters }, payloadType: found.preferredPayloadType };
  }
  return undefined;
}

/** The payload types under which a client receives what the routers carry. */
export function payloadLayout(client: ClientCapabilities): PayloadLayout {
  const offered = toMediasoupCapabilities(client).codecs ?? [];
  const layout = new Map<string, Assignment>();
  for (const codec of routerCodecs) {
    const assignment = choose(codec, offered);
    if (assignment) layout.set(codecKey(codec), assignment);
  }
  return layout;
}

/** The payload types of the origin routers. */
export const originLayout: PayloadLayout = new Map(
  routerCodecs.map((codec) => [codecKey(codec), { codec, payloadType: codec.preferredPayloadType ?? 0 }]),
);

/** Whether a client with the layout `wanted` can be served under the layout `present`. */
export function covers(present: PayloadLayout, wanted: PayloadLayout): boolean {
  return wanted.entries().every(([key, { codec, payloadType }]) => {
    const same = present.get(key);
    if (same?.payloadType !== payloadType) return false;
    return codecKey(same.codec) === codecKey(codec);
  });
}

/**
 * Codecs of a router with a layout: one for each payload type. mediasoup gives each video codec a payload type for RTX too,
 * the first from 100 on that it has not met yet, so the order is such that codecs have theirs before RTX can take them.
 */
export function layoutCodecs(layout: PayloadLayout): RouterRtpCodecCapability[] {
  const codecs = new Map<number, RouterRtpCodecCapability>();
  for (const { codec, payloadType } of layout.values()) {
    codecs.set(payloadType, { ...codec, preferredPayloadType: payloadType });
  }
  const rank = ({ kind, preferredPayloadType = 0 }: RouterRtpCodecCapability) =>
    kind === 'audio' ? -1 : (preferredPayloadType + 28) % 128;
  return [...codecs.values()].sort((one, other) => rank(one) - rank(other));
}

/**
 * What one router can have of a layout. For video codecs under neighbouring payload types from 100 on there may be no order
 * in which RTX takes none of them; then some are left out.
 *
 * @param live what is broadcast now, which is kept before all else
 */
export function routableLayout(
  layout: PayloadLayout,
  live: readonly Pick<RtpCodecParameters, 'mimeType' | 'parameters'>[],
): PayloadLayout {
  if (isRoutable(layout)) return layout;
  const first = new Set(live.map(codecKey));
  const entries = [...layout].sort(([one], [other]) => Number(first.has(other)) - Number(first.has(one)));
  let kept: PayloadLayout = new Map();
  for (const entry of entries) {
    const more = new Map([...kept, entry]);
    if (isRoutable(more)) kept = more;
  }
  return kept;
}

function isRoutable(layout: PayloadLayout): boolean {
  try {
    ortc.generateRouterRtpCapabilities(layoutCodecs(layout));
    return true;
  } catch {
    return false;
  }
}

/** The parameters of a producer as a router with a layout takes them; undefined where it has no such codec. */
export function relabel(layout: PayloadLayout, codec: RtpCodecParameters): RtpCodecParameters | undefined {
  const assignment = layout.get(codecKey(codec));
  if (!assignment) return undefined;
  return { ...codec, parameters: { ...codec.parameters, ...assignment.codec.parameters } };
}

/**
 * A client's capabilities on a router with its layout. Without RTX, whose payload types would be further dimensions of the
 * layout: packets are sent again on their own SSRC.
 */
export function layoutCapabilities(layout: PayloadLayout, client: ClientCapabilities): RtpCapabilities {
  const { codecs = [], headerExtensions = [] } = toMediasoupCapabilities(client);
  const feedback = new Map(codecs.map((codec) => [codec.preferredPayloadType, codec.rtcpFeedback ?? []]));
  return {
    codecs: layoutCodecs(layout).map((codec) => ({
      ...codec,
      preferredPayloadType: codec.preferredPayloadType ?? 0,
      rtcpFeedback: feedback.get(codec.preferredPayloadType ?? 0) ?? [],
    })),
    headerExtensions,
  };
}
