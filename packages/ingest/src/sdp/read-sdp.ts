import { isIPv4 } from 'node:net';
import { readCodec } from './read-codec.ts';
import { SdpError } from './sdp-error.ts';
import { type SdpLine, sdpLines } from './sdp-lines.ts';

/** One stream that an encoder pushes. */
export interface SdpMedia {
  readonly kind: 'audio' | 'video';
  /** UDP port of RTP; RTCP has the one after it. */
  readonly port: number;
  /** Multicast group to join; undefined: the encoder sends to this machine. */
  readonly group: { readonly address: string; readonly ttl: number } | undefined;
  readonly payloadType: number;
  /** Value of `a=rtpmap` without the payload type, such as `H264/90000`; undefined where the payload type says it. */
  readonly rtpmap: string | undefined;
  /** Parameters of `a=fmtp` that are of use, each checked. */
  readonly parameters: ReadonlyMap<string, string>;
}

/** Ports that are not to be had. */
export interface ForbiddenPorts {
  readonly first: number;
  readonly last: number;
  /** Whose they are, such as "the server's HTTP port". */
  readonly what: string;
}

export interface ReadSdpOptions {
  /** Who may push; multicast needs the network. */
  readonly listen: 'loopback' | 'network';
  readonly forbidden: readonly ForbiddenPorts[];
}

const MAX_MEDIA = 16;
const PLAIN = new Set(['RTP/AVP', 'RTP/AVPF']);

/**
 * Reads what an encoder pushes from its SDP (RFC 8866): the first video and the first audio that are not switched off.
 * What it gives holds nothing that was not checked.
 *
 * @throws {SdpError} which line is wrong, and why
 */
export function readSdp(text: string, options: ReadSdpOptions): SdpMedia[] {
  const lines = sdpLines(text);
  const [first] = lines;
  if (first?.type !== 'v' || first.value !== '0')
    throw new SdpError('it does not begin with "v=0"', first?.number);
  const again = lines.slice(1).find(({ type }) => type === 'v');
  if (again) throw new SdpError('a second description begins; paste one', again.number);
  const [session = [], ...sections] = cut(lines);
  if (sections.length > MAX_MEDIA) throw new SdpError(`it has more than ${MAX_MEDIA} "m=" lines`);
  const media = sections.flatMap((section) => readSection(section, session, options));
  const taken = (['video', 'audio'] as const).flatMap((kind) => media.find((one) => one.kind === kind) ?? []);
  if (taken.length === 0) throw new SdpError('it has no "m=video" or "m=audio" line with a port to push to');
  const [one, other] = taken;
  if (one && other && Math.abs(one.port - other.port) < 2) {
    throw new SdpError(
      `video and audio both want UDP port ${Math.max(one.port, other.port)}; leave two for each`,
    );
  }
  return taken;
}

/** The session's lines, then those of each media, which begin with `m=`. */
function cut(lines: readonly SdpLine[]): SdpLine[][] {
  const parts: SdpLine[][] = [[]];
  for (const line of lines) {
    if (line.type === 'm') parts.push([]);
    parts.at(-1)?.push(line);
  }
  return parts;
}

function readSection(
  section: readonly SdpLine[],
  session: readonly SdpLine[],
  options: ReadSdpOptions,
): SdpMedia[] {
  const [head] = section;
  if (!head) return [];
  const [kind = '', portText = '', protocol = '', ...formats] = head.value.split(/ +/);
  if (kind !== 'video' && kind !== 'audio') return [];
  if (portText === '0') return [];
  if (!PLAIN.has(protocol)) throw new SdpError(wrongProtocol(protocol), head.number);
  const port = readPort(portText, head, options.forbidden);
  checkRtcp(section, port);
  const [format] = formats;
  if (format === undefined || !/^[0-9]{1,3}$/.test(format) || Number(format) > 127) {
    throw new SdpError('it names no payload type from 0 to 127', head.number);
  }
  const group = readConnection(section, session, options.listen);
  return [{ kind, port, group, ...readCodec({ section, head, kind, payloadType: Number(format) }) }];
}

function wrongProtocol(protocol: string): string {
  if (/SAVP/.test(protocol)) return 'encrypted RTP is not read; let the encoder send plain RTP (RTP/AVP)';
  return 'its protocol is not RTP/AVP';
}

function readPort(text: string, { number }: SdpLine, forbidden: readonly ForbiddenPorts[]): number {
  if (text.includes('/')) throw new SdpError('several ports for one stream are not read', number);
  const port = /^[0-9]{1,5}$/.test(text) ? Number(text) : Number.NaN;
  if (!(port >= 1024 && port <= 65_534) || port % 2 !== 0) {
    throw new SdpError('its port is not an even number from 1024 to 65534', number);
  }
  const taken = forbidden.find(({ first, last }) => port <= last && port + 1 >= first);
  if (taken) throw new SdpError(`ports ${port} and ${port + 1} touch ${taken.what}; take others`, number);
  return port;
}

function checkRtcp(section: readonly SdpLine[], port: number): void {
  for (const { number, type, value } of section) {
    const rtcp =
      type === 'a' && value.startsWith('rtcp:') ? /^rtcp:([0-9]+)( |$)/.exec(value)?.[1] : undefined;
    if (rtcp !== undefined && Number(rtcp) !== port && Number(rtcp) !== port + 1) {
      throw new SdpError(`RTCP is read on port ${port + 1} only, the one after that of RTP`, number);
    }
  }
}

/** Undefined: unicast. An address of this machine is not looked at, because it does not say where to listen. */
function readConnection(
  section: readonly SdpLine[],
  session: readonly SdpLine[],
  listen: ReadSdpOptions['listen'],
): SdpMedia['group'] {
  const own = section.filter(({ type }) => type === 'c');
  const shared = session.filter(({ type }) => type === 'c');
  const repeated = own[1] ?? shared[1];
  if (repeated) throw new SdpError('a second "c=" line for the same stream', repeated.number);
  const line = own[0] ?? shared[0];
  if (!line) return undefined;
  const { number, value } = line;
  const [, address = '', ttlText] = /^IN IP4 ([A-Za-z0-9.-]{1,255})(?:\/([0-9]{1,3}))?$/.exec(value) ?? [];
  if (address === '') {
    const why = value.startsWith('IN IP6')
      ? 'IPv6 is not read here'
      : 'it is not of the form "IN IP4 address"';
    throw new SdpError(`${why}; let the encoder push to an IPv4 address`, number);
  }
  const multicast = isIPv4(address) && /^2(2[4-9]|3[0-9])\./.test(address);
  if (!multicast) {
    if (ttlText !== undefined) throw new SdpError('only a multicast address has a time to live', number);
    return undefined;
  }
  if (listen !== 'network') throw new SdpError('multicast needs "listen: network"', number);
  const ttl = Number(ttlText ?? Number.NaN);
  if (!(ttl >= 1 && ttl <= 255))
    throw new SdpError('a multicast address needs a time to live, as in 239.0.0.1/16', number);
  return { address, ttl };
}
