/** Bits per second as kbps below a million, Mbps above. */
export function formatBitrate(bitsPerSecond: number): string {
  if (bitsPerSecond < 1_000_000) return `${Math.round(bitsPerSecond / 1000)} kbps`;
  return `${(bitsPerSecond / 1_000_000).toFixed(bitsPerSecond < 10_000_000 ? 2 : 1)} Mbps`;
}

/** Seconds as milliseconds. */
export function formatMilliseconds(seconds: number): string {
  return `${Math.round(seconds * 1000)} ms`;
}

/** A share of 0 to 1 in percent. */
export function formatPercent(share: number): string {
  return `${(share * 100).toFixed(share < 0.1 ? 1 : 0)} %`;
}

export function formatResolution(width: number, height: number): string {
  return `${width} × ${height}`;
}

/** Milliseconds as minutes and seconds, with hours from the first one on. */
export function formatDuration(milliseconds: number): string {
  const seconds = Math.max(0, Math.floor(milliseconds / 1000));
  const two = (count: number) => String(count).padStart(2, '0');
  const clock = `${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
  return seconds < 3600 ? clock : `${Math.floor(seconds / 3600)}:${clock}`;
}

/** Bytes in decimal units, as file managers show them. */
export function formatBytes(bytes: number): string {
  const units = ['kB', 'MB', 'GB', 'TB'];
  let value = bytes / 1000;
  let unit = 0;
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000;
    unit++;
  }
  return `${value < 9.95 ? value.toFixed(1) : Math.round(value)} ${units[unit]}`;
}

const codecNames: Readonly<Record<string, string>> = {
  h264: 'H.264',
  hevc: 'H.265',
  h265: 'H.265',
  mpeg4: 'MPEG-4',
  mpeg2video: 'MPEG-2',
  mjpeg: 'Motion JPEG',
  aac: 'AAC',
  opus: 'Opus',
  vorbis: 'Vorbis',
  pcm_mulaw: 'G.711 µ-law',
  pcm_alaw: 'G.711 A-law',
  pcmu: 'G.711 µ-law',
  pcma: 'G.711 A-law',
};

/** A codec by FFmpeg's or the RTP registry's name, as people know it. */
export function formatCodec(name: string): string {
  const known = codecNames[name.toLowerCase()];
  if (known) return known;
  return name.startsWith('pcm_') ? 'PCM' : name.toUpperCase();
}

/** Frames per second, without a fraction that says nothing. */
export function formatRate(framesPerSecond: number): string {
  return String(Math.round(framesPerSecond * 100) / 100);
}
