/** A codec that FFmpeg reads from RTP by an SDP. */
export interface SdpCodec {
  /** Its name in `a=rtpmap`. */
  readonly name: string;
  readonly kind: 'audio' | 'video';
  /** Clock rates that it may have; undefined: any from 8000 to 192000 that an encoder may use. */
  readonly rates?: readonly number[];
  /** Parameters of `a=fmtp` that FFmpeg uses, and what they may hold. Others are left out. */
  readonly parameters: Readonly<Record<string, RegExp>>;
  /** The only payload type that FFmpeg reads it with. */
  readonly payloadType?: number;
  /** A parameter that it cannot be read without. */
  readonly needs?: string;
}

/** What a static payload type means (RFC 3551, section 6). */
export interface StaticPayload {
  readonly codec: string;
  readonly rate: number;
  readonly channels?: number;
}

const BASE64_LIST = /^[A-Za-z0-9+/=]{1,3000}(,[A-Za-z0-9+/=]{1,3000}){0,15}$/;
const HEX = /^([0-9A-Fa-f]{2}){1,512}$/;
const NUMBER = /^[0-9]{1,5}$/;
/** Bits of a field in the header of an access unit. */
const BITS = /^([0-9]|[12][0-9]|3[0-2])$/;

const VIDEO_RATE = [90_000];

const video = (name: string, parameters: SdpCodec['parameters'] = {}, needs?: string): SdpCodec => ({
  name,
  kind: 'video',
  rates: VIDEO_RATE,
  parameters,
  ...(needs ? { needs } : {}),
});

const audio = (name: string, rates?: readonly number[]): SdpCodec => ({
  ...{ name, kind: 'audio', parameters: {} },
  ...(rates ? { rates } : {}),
});

const CODECS: readonly SdpCodec[] = [
  video('H264', {
    'packetization-mode': /^[01]$/,
    'profile-level-id': /^[0-9A-Fa-f]{6}$/,
    'sprop-parameter-sets': BASE64_LIST,
  }),
  video('H265', { 'sprop-vps': BASE64_LIST, 'sprop-sps': BASE64_LIST, 'sprop-pps': BASE64_LIST }),
  video('VP8'),
  video('VP9'),
  video('JPEG'),
  video('MP4V-ES', { 'profile-level-id': NUMBER, config: HEX }),
  video('H263-1998'),
  video('H263-2000'),
  video('MPV'),
  { ...video('MP2T'), payloadType: 33 },
  audio('opus', [48_000]),
  {
    name: 'MPEG4-GENERIC',
    kind: 'audio',
    parameters: {
      mode: /^(AAC-hbr|AAC-lbr)$/i,
      config: HEX,
      sizelength: BITS,
      indexlength: BITS,
      indexdeltalength: BITS,
      'profile-level-id': NUMBER,
      streamtype: NUMBER,
    },
    needs: 'config',
  },
  {
    name: 'MP4A-LATM',
    kind: 'audio',
    parameters: { config: HEX, cpresent: /^[01]$/, object: NUMBER, 'profile-level-id': NUMBER },
    needs: 'config',
  },
  audio('PCMU', [8000]),
  audio('PCMA', [8000]),
  audio('G722', [8000]),
  audio('L16'),
  audio('L24'),
  audio('MPA', [90_000]),
  audio('AC3'),
];

const BY_NAME = new Map(CODECS.map((codec) => [codec.name.toLowerCase(), codec]));
const OTHER_NAMES = new Map([['hevc', 'h265']]);

/** Names of all codecs of a kind, for words. */
export function codecNames(kind: SdpCodec['kind']): string {
  return CODECS.filter((codec) => codec.kind === kind)
    .map(({ name }) => name)
    .join(', ');
}

/** A codec by the name that `a=rtpmap` gives it; upper and lower case are one. */
export function findCodec(name: string): SdpCodec | undefined {
  const lower = name.toLowerCase();
  return BY_NAME.get(OTHER_NAMES.get(lower) ?? lower);
}

/** Payload types that need no `a=rtpmap`. */
export const STATIC_PAYLOADS: ReadonlyMap<number, StaticPayload> = new Map([
  [0, { codec: 'PCMU', rate: 8000 }],
  [8, { codec: 'PCMA', rate: 8000 }],
  [9, { codec: 'G722', rate: 8000 }],
  [10, { codec: 'L16', rate: 44_100, channels: 2 }],
  [11, { codec: 'L16', rate: 44_100, channels: 1 }],
  [14, { codec: 'MPA', rate: 90_000 }],
  [26, { codec: 'JPEG', rate: 90_000 }],
  [32, { codec: 'MPV', rate: 90_000 }],
  [33, { codec: 'MP2T', rate: 90_000 }],
]);
