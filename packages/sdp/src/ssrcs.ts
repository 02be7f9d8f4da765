import type { Attributes } from './attributes.ts';
import { MAX_LAYERS, MAX_SSRCS } from './limits.ts';
import { SdpError } from './sdp-error.ts';

/** A stream that is known by its SSRC (RFC 5576). */
interface SsrcStream {
  readonly ssrc: number;
  /** SSRC of its retransmissions (RFC 4588). */
  readonly rtx: number | undefined;
}

export interface Ssrcs {
  /** Lowest layer first; several in a simulcast group, which is what browsers did before RIDs. */
  readonly streams: readonly SsrcStream[];
  readonly cname: string | undefined;
  /** All SSRCs that are named. */
  readonly named: ReadonlySet<number>;
  readonly line: number | undefined;
}

interface Group {
  readonly semantics: string;
  readonly ssrcs: readonly number[];
  readonly line: number;
}

/**
 * Reads the SSRCs of an m-section.
 *
 * @param layers how many layers have a RID, each of which may have an SSRC
 * @throws {SdpError}
 */
export function readSsrcs(attributes: Attributes, layers: number): Ssrcs {
  const lines = attributes.all('ssrc');
  const named = new Set<number>();
  let cname: string | undefined;
  for (const { value, line } of lines) {
    const space = value.indexOf(' ');
    named.add(readSsrc(space === -1 ? value : value.slice(0, space), line));
    if (named.size > MAX_SSRCS)
      throw new SdpError('malformed', `more than ${MAX_SSRCS} SSRCs of one medium`, line);
    const [, name] = / cname:(\S{1,256})/.exec(value) ?? [];
    cname ??= name;
  }
  const groups = attributes.all('ssrc-group').map(({ value, line }): Group => {
    const [semantics = '', ...ssrcs] = value.split(/ +/);
    if (ssrcs.length > MAX_SSRCS)
      throw new SdpError('malformed', `more than ${MAX_SSRCS} SSRCs in a group`, line);
    return { semantics, ssrcs: ssrcs.map((ssrc) => readSsrc(ssrc, line)), line };
  });
  const line = lines[0]?.line ?? groups[0]?.line;
  return {
    streams: streamsOf(named, groups, Math.max(layers, 1), line),
    cname,
    named: new Set([...named, ...groups.flatMap(({ ssrcs }) => ssrcs)]),
    line,
  };
}

function readSsrc(text: string, line: number): number {
  const ssrc = /^[0-9]{1,10}$/.test(text) ? Number(text) : 0;
  if (ssrc >= 1 && ssrc <= 0xffff_ffff) return ssrc;
  throw new SdpError('malformed', 'its SSRC is no number from 1 to 4294967295', line);
}

function streamsOf(
  named: ReadonlySet<number>,
  groups: readonly Group[],
  most: number,
  line: number | undefined,
): SsrcStream[] {
  const repairs = new Map<number, number>();
  const secondary = new Set<number>();
  for (const { semantics, ssrcs, line: at } of groups) {
    const [first, second] = ssrcs;
    if (first === undefined || second === undefined || semantics === 'SIM') continue;
    if (semantics === 'FID') {
      if (first === second || (repairs.get(first) ?? second) !== second) {
        throw new SdpError('malformed', 'this FID group contradicts another or itself', at);
      }
      repairs.set(first, second);
    }
    for (const ssrc of ssrcs.slice(1)) secondary.add(ssrc);
  }
  const simulcast = groups.find(({ semantics }) => semantics === 'SIM');
  const primary = [...new Set(simulcast?.ssrcs ?? named)].filter((ssrc) => !secondary.has(ssrc));
  if (!simulcast && primary.length > most) {
    throw new SdpError(
      'not-acceptable',
      'several independent SSRCs in one m-section; send one track, or layers as a=simulcast',
      line,
    );
  }
  if (primary.length > MAX_LAYERS) {
    throw new SdpError(
      'not-acceptable',
      `more than ${MAX_LAYERS} layers; offer fewer`,
      simulcast?.line ?? line,
    );
  }
  const streams = primary.map((ssrc) => ({ ssrc, rtx: repairs.get(ssrc) }));
  const repairing = streams.flatMap(({ rtx }) => rtx ?? []);
  if (new Set(repairing).size < repairing.length) {
    throw new SdpError('malformed', 'an SSRC is in two FID groups as that of retransmissions', line);
  }
  return streams;
}
