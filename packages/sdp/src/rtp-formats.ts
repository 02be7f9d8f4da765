import type { MediaKind } from '@spillway/protocol';
import { MAX_CODEC_SETTINGS, MAX_PAYLOAD_TYPES } from './limits.ts';
import { quote } from './quote.ts';
import { SdpError } from './sdp-error.ts';
import type { TakenSection } from './take-sections.ts';

/** Parameters of a codec: whole numbers as such, except `profile-level-id`, which is hexadecimal. */
export type CodecSettings = Record<string, string | number>;

/** A payload type of an m-section with all that is said about it. */
export interface RtpFormat {
  readonly payloadType: number;
  /** Name of the codec as written. */
  readonly name: string;
  readonly clockRate: number;
  /** Undefined for video. */
  readonly channels: number | undefined;
  /** Of the `a=fmtp` line, as written. */
  readonly fmtp: string | undefined;
  readonly settings: CodecSettings;
  /** Such as `nack pli`. */
  readonly feedback: ReadonlySet<string>;
}

/** RFC 3551, section 6: of these the `a=rtpmap` may be missing. */
const staticFormats: ReadonlyMap<number, string> = new Map([
  [0, 'PCMU/8000'],
  [8, 'PCMA/8000'],
]);

/** Of these, RTP packets look like RTCP (RFC 5761, section 4). */
const looksLikeRtcp = (payloadType: number) => payloadType >= 64 && payloadType <= 95;

/**
 * The payload types of an m-section in the writer's order of preference. Left out are those of which nothing is said and
 * those that cannot share a port with RTCP.
 *
 * @throws {SdpError} `malformed`
 */
export function readFormats(section: TakenSection): RtpFormat[] {
  const payloadTypes = readPayloadTypes(section);
  const maps = linesByPayloadType(section, 'rtpmap');
  const fmtps = linesByPayloadType(section, 'fmtp');
  const feedback = readFeedback(section);
  return payloadTypes.flatMap((payloadType) => {
    if (looksLikeRtcp(payloadType)) return [];
    const map = maps.get(payloadType)?.value ?? staticFormats.get(payloadType);
    if (map === undefined) return [];
    const fmtp = fmtps.get(payloadType);
    return [
      {
        payloadType,
        ...readMap(map, section.kind, maps.get(payloadType)?.line ?? section.line),
        fmtp: fmtp?.value,
        settings: fmtp ? readSettings(fmtp.value, fmtp.line) : {},
        feedback: new Set([...(feedback.get('*') ?? []), ...(feedback.get(String(payloadType)) ?? [])]),
      },
    ];
  });
}

function readPayloadTypes({ formats, line }: TakenSection): number[] {
  if (formats.length > MAX_PAYLOAD_TYPES) {
    throw new SdpError('malformed', `more than ${MAX_PAYLOAD_TYPES} payload types; offer fewer codecs`, line);
  }
  const seen = new Set<number>();
  for (const format of formats) {
    const payloadType = /^(0|[1-9][0-9]{0,2})$/.test(format) ? Number(format) : Number.NaN;
    if (!(payloadType <= 127)) {
      throw new SdpError('malformed', `${quote(format)} is no payload type from 0 to 127`, line);
    }
    if (seen.has(payloadType))
      throw new SdpError('malformed', `payload type ${payloadType} is listed twice`, line);
    seen.add(payloadType);
  }
  return [...seen];
}

/** Of `a=name:payloadType value`. */
function linesByPayloadType({ attributes }: TakenSection, name: string) {
  const lines = new Map<number, { value: string; line: number }>();
  for (const { value: text, line } of attributes.all(name)) {
    const [, payloadType, value] = /^([0-9]{1,3}) +([ -~]+)$/.exec(text) ?? [];
    if (payloadType === undefined || value === undefined) {
      throw new SdpError('malformed', `it is not of the form "a=${name}:96 …"`, line);
    }
    const before = lines.get(Number(payloadType));
    if (before && before.value !== value) {
      throw new SdpError(
        'malformed',
        `a second a=${name} of payload type ${payloadType} contradicts the first`,
        line,
      );
    }
    lines.set(Number(payloadType), { value, line });
  }
  return lines;
}

function readMap(map: string, kind: MediaKind, line: number) {
  const [, name, clock, channels] =
    /^([A-Za-z0-9.+_-]{1,32})\/([0-9]{1,7})(?:\/([0-9]{1,2}))?$/.exec(map) ?? [];
  const clockRate = Number(clock);
  if (name === undefined || !(clockRate >= 1 && clockRate <= 1_000_000)) {
    throw new SdpError('malformed', `${quote(map)} is not of the form "name/clock rate"`, line);
  }
  return { name, clockRate, channels: kind === 'audio' ? Number(channels ?? 1) : undefined };
}

function readSettings(fmtp: string, line: number): CodecSettings {
  const parts = fmtp.split(';', MAX_CODEC_SETTINGS + 1);
  if (parts.length > MAX_CODEC_SETTINGS) {
    throw new SdpError('malformed', `more than ${MAX_CODEC_SETTINGS} parameters of a codec`, line);
  }
  const settings: CodecSettings = {};
  for (const part of parts) {
    const equals = part.indexOf('=');
    const name = part.slice(0, Math.max(equals, 0)).trim().toLowerCase();
    const value = part.slice(equals + 1).trim();
    // Others say nothing to a codec that is carried, such as the "0-15" of telephone events.
    if (!/^[a-z][a-z0-9_-]{0,63}$/.test(name) || value.length > 256) continue;
    settings[name] =
      name !== 'profile-level-id' && /^(0|[1-9][0-9]{0,8})$/.test(value) ? Number(value) : value;
  }
  return settings;
}

/** By payload type; `*` stands for all. */
function readFeedback({ attributes }: TakenSection): Map<string, string[]> {
  const feedback = new Map<string, string[]>();
  for (const { value, line } of attributes.all('rtcp-fb')) {
    const [payloadType = '', ...words] = value.split(/ +/);
    if (!/^(\*|[0-9]{1,3})$/.test(payloadType) || words.length === 0) {
      throw new SdpError('malformed', 'it is not of the form "a=rtcp-fb:96 nack"', line);
    }
    const same = feedback.get(payloadType);
    if (same) same.push(words.join(' '));
    else feedback.set(payloadType, [words.join(' ')]);
  }
  return feedback;
}
