/** Version of FFmpeg, such as 5.1. */
export interface FfmpegVersion {
  readonly major: number;
  readonly minor: number;
}

/** Reads the first line of `ffmpeg -version`; undefined for a build between versions, which counts as the newest. */
export function parseFfmpegVersion(line: string): FfmpegVersion | undefined {
  const [, major, minor = '0'] = /^\S+ version n?(\d{1,3})(?:\.(\d{1,3}))?[^\d]/.exec(`${line} `) ?? [];
  return major === undefined ? undefined : { major: Number(major), minor: Number(minor) };
}
