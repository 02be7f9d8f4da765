/** What mediasoup tells apart: a router has a codec for each. Levels it leaves to the ends. */
export type H264Profile =
  | 'baseline'
  | 'constrained-baseline'
  | 'main'
  | 'high'
  | 'constrained-high'
  | 'high-4:4:4-predictive';

/** `profile_idc`, then which bits of `profile-iop` count and what they are (RFC 6184, section 8.1). */
const profiles: readonly (readonly [number, number, number, H264Profile])[] = [
  [0x42, 0x4f, 0x40, 'constrained-baseline'],
  [0x4d, 0x8f, 0x80, 'constrained-baseline'],
  [0x58, 0xcf, 0xc0, 'constrained-baseline'],
  [0x42, 0x4f, 0x00, 'baseline'],
  [0x58, 0xcf, 0x80, 'baseline'],
  [0x4d, 0xaf, 0x00, 'main'],
  [0x64, 0xff, 0x00, 'high'],
  [0x64, 0xff, 0x0c, 'constrained-high'],
  [0xf4, 0xff, 0x00, 'high-4:4:4-predictive'],
];

/**
 * The profile of a `profile-level-id`; undefined for one that is none of those. A missing one means constrained baseline
 * here as in browsers: the standard's default is baseline, of which no encoder uses more.
 */
export function h264Profile(profileLevelId: string | number | undefined): H264Profile | undefined {
  if (profileLevelId === undefined) return 'constrained-baseline';
  // FFmpeg 8.0 writes its own flag for "constrained" (0x200) where the bits belong.
  const text = String(profileLevelId).replace(/^42200([0-9a-f]{2})$/i, '4240$1');
  if (!/^[0-9a-f]{6}$/i.test(text)) return undefined;
  const idc = Number.parseInt(text.slice(0, 2), 16);
  const iop = Number.parseInt(text.slice(2, 4), 16);
  return profiles.find(([profile, mask, bits]) => profile === idc && (iop & mask) === bits)?.[3];
}

/** The profile whose decoders play it too, in practice if not by the letter. */
export function widerProfile(profile: H264Profile | undefined): H264Profile | undefined {
  if (profile === 'baseline') return 'constrained-baseline';
  if (profile === 'constrained-high') return 'high';
  return undefined;
}

/** `level_idc` of the levels that mediasoup knows, 1 to 5.2. */
const levels = new Set([10, 11, 12, 13, 20, 21, 22, 30, 31, 32, 40, 41, 42, 50, 51, 52]);

/** Whether it is well-formed, and of a level that mediasoup can compare. */
export function hasKnownLevel(profileLevelId: string): boolean {
  return /^[0-9a-f]{6}$/i.test(profileLevelId) && levels.has(Number.parseInt(profileLevelId.slice(4), 16));
}
