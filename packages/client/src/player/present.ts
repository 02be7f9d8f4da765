/** A picture that a video element shows, as `requestVideoFrameCallback` tells of it. */
export interface ShownPicture {
  /** RTP timestamp of a video clock, 90 kHz, 32 bits; undefined where the browser does not tell, or it is no WebRTC. */
  readonly rtpTimestamp: number | undefined;
  /** Pictures that the element was given until now, shown or not. */
  readonly total: number;
}

/** Where a picture belongs; `unknown` where nothing can be said. */
export type PictureAge = 'past' | 'present' | 'unknown';

/**
 * Between two pictures of live video, milliseconds: what is nearer together, up to 80 a second, may be past that the server has
 * squeezed, and what is further apart is a gap, such as a pause, or a few pictures a second.
 */
const NATURAL = { min: 12, max: 250 } as const;
/** What is nearer together than in any live video is evidently past. Milliseconds. */
const SQUEEZED = 4;
const TICKS_PER_MS = 90;

/**
 * Whether a picture is of the present. A server that lets viewers start at once sends them what was since the last key frame
 * with timestamps of 1 ms a picture, for the decoder to race through: the first picture that follows the one before at a natural
 * distance is a live one.
 *
 * @param before the picture shown before; undefined for the first, of which nothing can be said
 */
export function ageOf(before: ShownPicture | undefined, shown: ShownPicture): PictureAge {
  if (shown.rtpTimestamp === undefined) return 'present';
  if (before?.rtpTimestamp === undefined) return 'unknown';
  // Timestamps turn over at 32 bits.
  const distance = ((shown.rtpTimestamp - before.rtpTimestamp) | 0) / TICKS_PER_MS;
  // A browser shows as many pictures a second as the screen can, and leaves out others.
  const each = distance / Math.max(1, shown.total - before.total);
  if (each >= NATURAL.min && each <= NATURAL.max) return 'present';
  return each > 0 && each < SQUEEZED ? 'past' : 'unknown';
}
