import { featuresInUse, GOP_CACHE, SEGMENTED_SENDS, type WorkerTuning } from '@spillway/sfu';

/** What the server makes of each feature. */
const parts = [
  {
    feature: GOP_CACHE,
    does: 'instant start',
    without: 'viewers wait for the next key frame',
  },
  {
    feature: SEGMENTED_SENDS,
    does: 'segmented sends',
    without: 'every packet to a viewer takes a system call',
  },
] as const;

/** One line for the log: what the media workers can do beyond mediasoup's own, what is turned off, and what is missing. */
export function describeFeatures(tuning: WorkerTuning): string {
  const inUse = featuresInUse(tuning);
  const on: string[] = [];
  const off: string[] = [];
  const missing: string[] = [];
  for (const { feature, does, without } of parts) {
    if (inUse.includes(feature)) on.push(does);
    else if (tuning.features.includes(feature)) off.push(does);
    else missing.push(`${does} (${without})`);
  }
  return [
    ...(on.length > 0 ? [`media workers with ${on.join(' and ')}`] : []),
    ...(off.length > 0 ? [`turned off by the configuration: ${off.join(' and ')}`] : []),
    ...(missing.length > 0 ? [`not in this build of the media worker: ${missing.join(' and ')}`] : []),
  ].join('; ');
}
