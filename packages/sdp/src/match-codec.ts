import type { MediaKind, RtpCapabilities } from '@spillway/protocol';
import { h264Profile, hasKnownLevel, widerProfile } from './h264-profile.ts';
import type { CodecSettings, RtpFormat } from './rtp-formats.ts';

/** A codec of the server. */
export type ServerCodec = NonNullable<RtpCapabilities['codecs']>[number];

/** A payload type of the other side and the server's codec that it stands for. */
export interface CodecMatch {
  readonly format: RtpFormat;
  readonly codec: ServerCodec;
  /** Of the format, such that mediasoup finds the same codec. */
  readonly settings: CodecSettings;
  /** How well they fit: 0 by the letter, above that by what clients mean. */
  readonly distance: number;
}

/** The payload types that the server knows, in the order of the formats. RTX is not among them. */
export function matchCodecs(
  formats: readonly RtpFormat[],
  kind: MediaKind,
  { codecs = [] }: RtpCapabilities,
): CodecMatch[] {
  return formats.flatMap((format) => {
    const mimeType = `${kind}/${format.name}`.toLowerCase();
    const same = codecs.filter(
      (codec) => codec.mimeType.toLowerCase() === mimeType && codec.clockRate === format.clockRate,
    );
    return matchOne(format, same) ?? [];
  });
}

function matchOne(format: RtpFormat, codecs: readonly ServerCodec[]): CodecMatch | undefined {
  switch (format.name.toLowerCase()) {
    case 'rtx':
      return undefined;
    case 'h264':
      return matchH264(format, codecs);
    case 'vp9':
      return exact(
        format,
        codecs,
        (codec) => (codec.parameters?.['profile-id'] ?? 0) === (format.settings['profile-id'] ?? 0),
      );
    case 'opus':
      // RFC 7587 wants "/2" even for mono; not every payloader writes it.
      return exact(format, codecs, () => true);
    default:
      return exact(format, codecs, (codec) => (codec.channels ?? 1) === (format.channels ?? 1));
  }
}

function exact(
  format: RtpFormat,
  codecs: readonly ServerCodec[],
  fits: (codec: ServerCodec) => boolean,
): CodecMatch | undefined {
  const codec = codecs.find(fits);
  return codec && { format, codec, settings: ownSettings(format), distance: 0 };
}

/** Without the parameter that ties RTX to another codec, which mediasoup would look up. */
function ownSettings({ settings: { apt: _, ...settings } }: RtpFormat): CodecSettings {
  return settings;
}

/** Every decoder takes packets of both modes, and clients that name no mode send and take FU-A, which is mode 1. */
function modeDistance({ 'packetization-mode': mode }: CodecSettings): number {
  if (mode === 1) return 0;
  return mode === undefined ? 1 : 2;
}

function matchH264(format: RtpFormat, codecs: readonly ServerCodec[]): CodecMatch | undefined {
  const { settings } = format;
  const profile = h264Profile(settings['profile-level-id']);
  const wider = widerProfile(profile);
  const find = (wanted: typeof profile) =>
    wanted && codecs.find((codec) => h264Profile(codec.parameters?.['profile-level-id']) === wanted);
  const same = find(profile);
  const codec = same ?? find(wider);
  if (!codec) return undefined;
  const distance = modeDistance(settings) + (same ? 0 : 4);
  const own = settings['profile-level-id'];
  const keeps = same && typeof own === 'string' && hasKnownLevel(own);
  const profileLevelId = keeps ? own : codec.parameters?.['profile-level-id'];
  return {
    format,
    codec,
    settings: {
      ...ownSettings(format),
      'packetization-mode': 1,
      ...(profileLevelId === undefined ? {} : { 'profile-level-id': profileLevelId }),
    },
    distance,
  };
}
