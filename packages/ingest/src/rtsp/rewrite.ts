import { headerValue, type RtspHeader, type RtspMessage } from './message.ts';

/* What the gate changes in what it passes on. */

/**
 * The URI of a request, as the camera knows it.
 *
 * @param gate the URL that FFmpeg was given
 * @param base the camera's URL
 */
export function rewriteUri(uri: string, gate: string, base: string): string {
  if (!isUnder(uri, gate)) return uri;
  const below = uri.slice(gate.length);
  return base.endsWith('/') && below.startsWith('/') ? base + below.slice(1) : base + below;
}

/** Whether a URI is the gate's or lies below it. */
export function isUnder(uri: string, gate: string): boolean {
  return uri.startsWith(gate) && /^(?:$|[/?])/.test(uri.slice(gate.length));
}

/**
 * All that FFmpeg needs to know. Others change what it does: `Location` makes it connect elsewhere, `Server` and
 * `RealChallenge1` make it speak other protocols.
 */
const PASSED = new Set(['content-base', 'content-type', 'public', 'range', 'rtp-info', 'session']);

/**
 * Headers of a response as FFmpeg gets them. URIs in them, like those in an SDP, may be the camera's own: FFmpeg asks for
 * them on the connection that it has.
 *
 * @param cseq that FFmpeg gave the request
 * @param address of the camera: with UDP FFmpeg sends its reports there and nowhere else
 */
export function rewriteHeaders(response: RtspMessage, cseq: string, address: string): RtspHeader[] {
  const headers = response.headers.filter(([name]) => PASSED.has(name.toLowerCase()));
  const transport = headerValue(response, 'Transport');
  return [
    ['CSeq', cseq],
    ...headers,
    ...(transport === undefined ? [] : [['Transport', rewriteTransport(transport, address)] as const]),
  ];
}

function rewriteTransport(value: string, address: string): string {
  const [first = ''] = value.split(',');
  const [protocol = '', ...parameters] = first.split(';');
  const kept = parameters.filter((parameter) => !/^\s*(?:source|destination)\s*(?:=|$)/i.test(parameter));
  const isTcp = /\/tcp\s*$/i.test(protocol);
  return [protocol, ...kept, ...(isTcp ? [] : [`source=${address}`])].join(';');
}
