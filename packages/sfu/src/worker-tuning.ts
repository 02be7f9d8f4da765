/** A worker that starts viewers from the last key frame. */
export const GOP_CACHE = 'gop-cache';

/** A worker that sends packets to the same viewer in one system call. */
export const SEGMENTED_SENDS = 'segmented-sends';

/** What the workers can do beyond mediasoup's own, and how much of it is wanted. */
export interface WorkerTuning {
  /** Features of the binary; empty for mediasoup's own. */
  readonly features: readonly string[];
  readonly instantStart: {
    /** Longest time since a key frame for which it is kept. 0 is off. */
    readonly seconds: number;
    /** What is kept of one producer at most. Megabytes. */
    readonly megabytes: number;
    /** What is kept of all producers of a worker at most. Megabytes. */
    readonly workerMegabytes: number;
  };
  readonly segmentedSends: boolean;
}

/** Features that the binary has and that are not turned off. */
export function featuresInUse({ features, instantStart, segmentedSends }: WorkerTuning): string[] {
  const off = new Set<string>();
  if (instantStart.seconds === 0) off.add(GOP_CACHE);
  if (!segmentedSends) off.add(SEGMENTED_SENDS);
  return features.filter((feature) => !off.has(feature));
}

/** The environment variables by which a worker is told. All are there, so that none is left to chance. */
export function tuningVariables({ instantStart, segmentedSends }: WorkerTuning): Record<string, string> {
  return {
    SPILLWAY_GOP_CACHE_SECONDS: `${instantStart.seconds}`,
    SPILLWAY_GOP_CACHE_MEGABYTES: `${instantStart.megabytes}`,
    SPILLWAY_GOP_CACHE_TOTAL_MEGABYTES: `${instantStart.workerMegabytes}`,
    SPILLWAY_SEGMENTED_SENDS: segmentedSends ? 'on' : 'off',
  };
}
