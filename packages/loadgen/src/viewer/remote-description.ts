import type { ConsumerParameters, TransportParameters } from '@spillway/protocol';

/*
 * The server's side of a viewer's connection as an SDP offer (RFC 8866, JSEP RFC 9429): an ICE-lite end that sends one
 * medium for each consumer, all in one bundle. Parts that the media library has no use for are left out: header
 * extensions and RTCP feedback.
 */

/** One section of the offer. A section stays in its place for good; one without a consumer any more is inactive. */
export type MediaSection = { readonly parameters: ConsumerParameters; readonly active: boolean };

/**
 * The offer that describes a transport and what it sends.
 *
 * @param version counts the offers of one transport, from 1
 */
export function remoteOffer(
  transport: TransportParameters,
  sections: readonly MediaSection[],
  version: number,
): string {
  const mids = sections.map((_, index) => index);
  return [
    'v=0',
    `o=spillway 1 ${version} IN IP4 127.0.0.1`,
    's=-',
    't=0 0',
    'a=ice-lite',
    `a=group:BUNDLE ${mids.join(' ')}`,
    'a=msid-semantic: WMS *',
    ...sections.flatMap((section, mid) => mediaLines(transport, section, mid)),
    '',
  ].join('\r\n');
}

function mediaLines(transport: TransportParameters, { parameters, active }: MediaSection, mid: number) {
  const { kind, rtpParameters, producerId } = parameters;
  const { iceParameters, iceCandidates, dtlsParameters } = transport;
  const payloadTypes = rtpParameters.codecs.map(({ payloadType }) => payloadType);
  return [
    `m=${kind} 9 UDP/TLS/RTP/SAVPF ${payloadTypes.join(' ')}`,
    'c=IN IP4 127.0.0.1',
    `a=mid:${mid}`,
    active ? 'a=sendonly' : 'a=inactive',
    'a=rtcp-mux',
    `a=ice-ufrag:${iceParameters.usernameFragment}`,
    `a=ice-pwd:${iceParameters.password}`,
    ...dtlsParameters.fingerprints
      .filter(({ algorithm }) => algorithm === 'sha-256')
      .map(({ algorithm, value }) => `a=fingerprint:${algorithm} ${value}`),
    // The viewer is the DTLS client.
    'a=setup:passive',
    ...rtpParameters.codecs.flatMap(codecLines),
    ...(active ? ssrcLines(rtpParameters, producerId) : []),
    ...iceCandidates
      .filter(({ protocol }) => protocol === 'udp')
      .map(
        ({ foundation, priority, address, port, type }) =>
          `a=candidate:${foundation} 1 udp ${priority} ${address} ${port} typ ${type}`,
      ),
    'a=end-of-candidates',
  ];
}

type RtpParameters = ConsumerParameters['rtpParameters'];
type Codec = RtpParameters['codecs'][number];

function codecLines({ mimeType, payloadType, clockRate, channels, parameters }: Codec): string[] {
  const name = mimeType.split('/')[1];
  const settings = Object.entries(parameters ?? {}).map(([key, value]) => `${key}=${value}`);
  return [
    `a=rtpmap:${payloadType} ${name}/${clockRate}${channels && channels > 1 ? `/${channels}` : ''}`,
    ...(settings.length > 0 ? [`a=fmtp:${payloadType} ${settings.join(';')}`] : []),
  ];
}

function ssrcLines({ encodings, rtcp }: RtpParameters, producerId: string): string[] {
  const { ssrc, rtx } = encodings?.[0] ?? {};
  if (ssrc === undefined) return [];
  const describe = (one: number) => [
    `a=ssrc:${one} cname:${rtcp?.cname ?? 'spillway'}`,
    `a=ssrc:${one} msid:spillway ${producerId}`,
  ];
  return rtx
    ? [`a=ssrc-group:FID ${ssrc} ${rtx.ssrc}`, ...describe(ssrc), ...describe(rtx.ssrc)]
    : describe(ssrc);
}

/**
 * The fingerprint of an SDP's certificate, as the protocol carries it.
 *
 * @throws when there is no SHA-256 fingerprint
 */
export function fingerprintOf(sdp: string): { algorithm: 'sha-256'; value: string } {
  const value = /^a=fingerprint:sha-256 (\S+)/im.exec(sdp)?.[1];
  if (!value) throw new Error('the local description has no SHA-256 fingerprint');
  return { algorithm: 'sha-256', value };
}
