import type { MediaPath, ViewerStats } from '../stats.ts';
import type { PlayerText, PlayerTexts } from './texts.ts';

const PATHS: Record<MediaPath, PlayerText> = { udp: 'pathUdp', tcp: 'pathTcp', relay: 'pathRelay' };

/** The lines of the statistics overlay: label and value, ready to show. */
export function statsRows(
  stats: ViewerStats | undefined,
  t: PlayerTexts,
): { label: string; value: string }[] {
  const show = <T>(value: T | undefined, format: (value: T) => string) =>
    value === undefined ? t('unknown') : format(value);
  const { width, height } = stats ?? {};
  const codecs = [stats?.videoCodec, stats?.audioCodec].filter(Boolean).join(' · ');
  return [
    {
      label: t('latency'),
      value: show(stats?.latency, (s) => t('latencyValue', { value: Math.round(s * 1000) })),
    },
    { label: t('bitrate'), value: show(stats?.bitrate, bitrate) },
    { label: t('resolution'), value: width && height ? `${width} × ${height}` : t('unknown') },
    { label: t('frameRate'), value: show(stats?.frameRate, (rate) => `${Math.round(rate)} fps`) },
    { label: t('framesDropped'), value: show(stats?.framesDropped, String) },
    { label: t('packetLoss'), value: show(stats?.packetLoss, (part) => `${(part * 100).toFixed(1)} %`) },
    { label: t('codec'), value: codecs || t('unknown') },
    { label: t('path'), value: show(stats?.path, (path) => t(PATHS[path])) },
  ];
}

/** Bits per second in a unit of a fitting size. */
function bitrate(bps: number): string {
  return bps >= 1e6 ? `${(bps / 1e6).toFixed(2)} Mbps` : `${Math.round(bps / 1000)} kbps`;
}
