import type { Attribute, Attributes } from './attributes.ts';
import { lowestFirst, type NamedLayer } from './layer-order.ts';
import { MAX_LAYERS } from './limits.ts';
import type { AnsweredRid } from './peer.ts';
import { quote } from './quote.ts';
import { SdpError } from './sdp-error.ts';
import type { Writer } from './writer.ts';

/** A layer that is sent under a name of its own (RFC 8851). */
export interface RidLayer extends NamedLayer, AnsweredRid {
  /** Of the layer; undefined: any of the m-section. */
  readonly payloadTypes: readonly number[] | undefined;
}

export interface Rids {
  /** In the order of the offer. */
  readonly offered: readonly RidLayer[];
  readonly lowestFirst: readonly RidLayer[];
  readonly line: number;
}

const none: Rids = { offered: [], lowestFirst: [], line: 0 };

/**
 * Reads which layers an m-section sends (RFC 8853). Of alternatives the first is taken.
 *
 * @throws {SdpError}
 */
export function readRids(attributes: Attributes, writer: Writer | undefined): Rids {
  const layers = new Map<string, RidLayer>();
  for (const attribute of attributes.all('rid')) {
    const layer = readRid(attribute);
    if (!layer) continue;
    if (layers.has(layer.rid)) {
      throw new SdpError('malformed', `the RID ${quote(layer.rid)} is described twice`, attribute.line);
    }
    layers.set(layer.rid, layer);
  }
  const simulcast = attributes.one('simulcast');
  if (!simulcast) {
    const [first, second] = [...layers.values()];
    if (!first) return none;
    if (second) {
      throw new SdpError(
        'not-acceptable',
        'several RIDs need an "a=simulcast:send" line',
        attributes.all('rid')[1]?.line,
      );
    }
    return { offered: [first], lowestFirst: [first], line: attributes.all('rid')[0]?.line ?? 0 };
  }
  const offered = readSimulcast(simulcast, layers);
  return { offered, lowestFirst: lowestFirst(offered, writer), line: simulcast.line };
}

/** Undefined: it is of what is received. */
function readRid({ value, line }: Attribute): RidLayer | undefined {
  const [, rid, direction, restrictions = ''] =
    /^([A-Za-z0-9_-]{1,16}) (send|recv)(?: ([ -~]{1,512}))?$/.exec(value) ?? [];
  if (rid === undefined) {
    throw new SdpError(
      'malformed',
      'it is not of the form "a=rid:name send" with a name of 1 to 16 letters and digits',
      line,
    );
  }
  if (direction === 'recv') return undefined;
  const values = new Map(
    restrictions.split(';').map((part) => {
      const [name = '', text = ''] = part.trim().split('=', 2);
      return [name, text] as const;
    }),
  );
  const payloadTypes = values.get('pt')?.split(',').map(Number);
  return {
    rid,
    restrictions: [...values]
      .flatMap(([name, text]) => (name === 'pt' || name === '' ? [] : `${name}=${text}`))
      .join(';'),
    paused: false,
    payloadTypes,
    ...limit('width', values.get('max-width'), 16_384),
    ...limit('height', values.get('max-height'), 16_384),
    ...limit('maxBitrate', values.get('max-br'), 1_000_000_000),
  };
}

function limit<Name extends string>(name: Name, text: string | undefined, most: number) {
  const value = /^[0-9]{1,10}$/.test(text ?? '') ? Number(text) : 0;
  return value >= 1 && value <= most ? { [name]: value } : {};
}

function readSimulcast({ value, line }: Attribute, layers: ReadonlyMap<string, RidLayer>): RidLayer[] {
  const sides = value.trim().split(/ +/);
  const at = sides.indexOf('send');
  const streams = at % 2 === 0 ? sides[at + 1]?.split(';') : undefined;
  if (!streams) {
    throw new SdpError('malformed', 'it is not of the form "a=simulcast:send low;mid;high" (RFC 8853)', line);
  }
  if (streams.length > MAX_LAYERS) {
    throw new SdpError('not-acceptable', `more than ${MAX_LAYERS} layers; offer fewer`, line);
  }
  const offered = streams.map((stream) => {
    const [first = ''] = stream.split(',');
    const paused = first.startsWith('~');
    const rid = paused ? first.slice(1) : first;
    const layer = layers.get(rid);
    if (!layer) throw new SdpError('malformed', `there is no "a=rid" of ${quote(rid)}`, line);
    return { ...layer, paused };
  });
  if (new Set(offered.map(({ rid }) => rid)).size !== offered.length) {
    throw new SdpError('malformed', 'a layer is listed twice', line);
  }
  return offered;
}
