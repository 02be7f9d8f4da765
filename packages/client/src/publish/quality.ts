/** Picture heights that a broadcaster chooses from, lowest first. */
export const qualityNames = ['480p', '720p', '1080p'] as const;
export type QualityName = (typeof qualityNames)[number];

/** What a quality asks of the camera, and what it may cost. */
export interface Quality {
  /** Pixels, of a 16:9 picture. */
  readonly width: number;
  /** Pixels. */
  readonly height: number;
  /** Frames per second asked of the camera. */
  readonly frameRate: number;
  /** Bits per second of the whole picture in VP8 or H264. */
  readonly bitrate: number;
  /** Number of layers that viewers can choose from. */
  readonly layers: 2 | 3;
}

export const qualities: Readonly<Record<QualityName, Quality>> = {
  '480p': { width: 854, height: 480, frameRate: 30, bitrate: 1_000_000, layers: 2 },
  '720p': { width: 1280, height: 720, frameRate: 30, bitrate: 2_200_000, layers: 3 },
  '1080p': { width: 1920, height: 1080, frameRate: 30, bitrate: 4_000_000, layers: 3 },
};

export function isQualityName(value: unknown): value is QualityName {
  return qualityNames.some((name) => name === value);
}
