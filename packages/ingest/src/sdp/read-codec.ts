import { codecNames, findCodec, type SdpCodec, STATIC_PAYLOADS } from './sdp-codecs.ts';
import { SdpError } from './sdp-error.ts';
import type { SdpLine } from './sdp-lines.ts';

export interface CodecOptions {
  /** All lines of the media. */
  readonly section: readonly SdpLine[];
  /** Its `m=` line. */
  readonly head: SdpLine;
  readonly kind: 'audio' | 'video';
  readonly payloadType: number;
}

/** The codec of a media, as far as it was checked. */
export interface ReadCodec {
  readonly payloadType: number;
  readonly rtpmap: string | undefined;
  readonly parameters: ReadonlyMap<string, string>;
}

interface Mapped {
  readonly codec: SdpCodec;
  readonly rate: number;
  readonly channels: number | undefined;
  readonly line: SdpLine;
}

/**
 * Reads `a=rtpmap` and `a=fmtp` of a payload type.
 *
 * @throws {SdpError}
 */
export function readCodec({ section, head, kind, payloadType }: CodecOptions): ReadCodec {
  const line = attribute(section, 'rtpmap', payloadType);
  const known = STATIC_PAYLOADS.get(payloadType);
  if (!line && !known) {
    throw new SdpError(
      `there is no "a=rtpmap:${payloadType}" line that says what payload type ${payloadType} is`,
      head.number,
    );
  }
  const text = known ? [known.codec, known.rate, known.channels ?? 1].join('/') : '';
  const mapped = readMap(line?.value ?? text, line ?? head, kind);
  if (known && (mapped.codec.name !== known.codec || mapped.rate !== known.rate)) {
    throw new SdpError(
      `payload type ${payloadType} is ${known.codec}/${known.rate}; others need one from 96`,
      mapped.line.number,
    );
  }
  if (!known && payloadType < 96) {
    throw new SdpError(
      'a payload type that "a=rtpmap" gives a meaning is one from 96 to 127',
      mapped.line.number,
    );
  }
  const { codec, rate, channels } = mapped;
  if (codec.payloadType !== undefined && payloadType !== codec.payloadType) {
    throw new SdpError(
      `${codec.name} is read with payload type ${codec.payloadType} only`,
      mapped.line.number,
    );
  }
  const parameters = readParameters(attribute(section, 'fmtp', payloadType), codec);
  if (codec.needs !== undefined && !parameters.has(codec.needs)) {
    const need = `a=fmtp:${payloadType} ${codec.needs}=…`;
    throw new SdpError(`${codec.name} cannot be read without "${need}"`, mapped.line.number);
  }
  const rtpmap = [codec.name, rate, ...(channels === undefined ? [] : [channels])].join('/');
  return { payloadType, rtpmap: known ? undefined : rtpmap, parameters };
}

/** The one `a=name:payloadType value` line, its value only. */
function attribute(section: readonly SdpLine[], name: string, payloadType: number): SdpLine | undefined {
  const start = `${name}:${payloadType} `;
  const found = section.filter(({ type, value }) => type === 'a' && value.startsWith(start));
  const [line, ...others] = found.map((one) => ({ ...one, value: one.value.slice(start.length).trim() }));
  const other = others.find(({ value }) => value !== line?.value);
  if (other) throw new SdpError(`it contradicts line ${line?.number}`, other.number);
  return line;
}

function readMap(value: string, line: SdpLine, kind: 'audio' | 'video'): Mapped {
  const [, name = '', rateText = '', channelsText] =
    /^([A-Za-z0-9-]{1,32})\/([0-9]{1,6})(?:\/([0-9]{1,2}))?$/.exec(value) ?? [];
  if (name === '') throw new SdpError('it is not of the form "a=rtpmap:96 codec/rate"', line.number);
  const codec = findCodec(name);
  // MPEG-TS holds both, and some encoders call it audio.
  if (!codec || (codec.kind !== kind && codec.name !== 'MP2T')) {
    throw new SdpError(
      `${name} is no ${kind} codec that is read here; there are ${codecNames(kind)}`,
      line.number,
    );
  }
  const rate = Number(rateText);
  if (codec.rates ? !codec.rates.includes(rate) : rate < 8000 || rate > 192_000) {
    throw new SdpError(`${name} has no clock rate ${rate}`, line.number);
  }
  const channels = channelsText === undefined || kind === 'video' ? undefined : Number(channelsText);
  if (channels !== undefined && (channels < 1 || channels > 8)) {
    throw new SdpError('it does not have 1 to 8 channels', line.number);
  }
  return { codec, rate, channels, line };
}

function readParameters(line: SdpLine | undefined, codec: SdpCodec): Map<string, string> {
  const parameters = new Map<string, string>();
  for (const part of line?.value.split(';') ?? []) {
    const [, key = '', value = ''] = /^\s*([A-Za-z0-9-]+)\s*=\s*(.*?)\s*$/.exec(part) ?? [];
    const name = key.toLowerCase();
    const allowed = Object.hasOwn(codec.parameters, name) ? codec.parameters[name] : undefined;
    if (!allowed) continue;
    if (!allowed.test(value))
      throw new SdpError(`its ${name} is not one that ${codec.name} can have here`, line?.number);
    const before = parameters.get(name);
    if (before !== undefined && before !== value) throw new SdpError(`it has two of ${name}`, line?.number);
    parameters.set(name, value);
  }
  return parameters;
}
