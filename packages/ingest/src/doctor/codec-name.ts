/** Names that people know codecs by, of FFmpeg's. */
const NAMES: Readonly<Record<string, string>> = {
  h264: 'H.264',
  hevc: 'H.265',
  vp8: 'VP8',
  vp9: 'VP9',
  av1: 'AV1',
  mjpeg: 'Motion JPEG',
  mpeg1video: 'MPEG-1',
  mpeg2video: 'MPEG-2',
  mpeg4: 'MPEG-4',
  aac: 'AAC',
  mp2: 'MP2',
  mp3: 'MP3',
  ac3: 'AC-3',
  eac3: 'E-AC-3',
  opus: 'Opus',
  vorbis: 'Vorbis',
  flac: 'FLAC',
  pcm_mulaw: 'G.711 μ-law',
  pcm_alaw: 'G.711 A-law',
  adpcm_g722: 'G.722',
  adpcm_g726: 'G.726',
};

/** A codec by the name that people know; FFmpeg's own where it has no other. */
export function codecName(codec: string): string {
  return NAMES[codec] ?? (codec.startsWith('pcm_') ? 'PCM' : codec);
}
