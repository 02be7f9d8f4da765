import { findWorker } from '../../packages/worker/src/index.ts';

const { features } = await findWorker();

/** Whether this machine's worker keeps groups of pictures for those who join. mediasoup's prebuilt one does not. */
export const hasGopCache = features.includes('gop-cache');

/** The name of a test that needs it, with the reason where it is skipped. */
export function needsGopCache(name: string): string {
  return hasGopCache ? name : `${name} (skipped: this machine's worker has no GOP cache)`;
}
