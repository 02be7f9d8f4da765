/** What a worker that is made here can do beyond mediasoup's own, and a server can switch off. */
export type WorkerFeature = 'gop-cache' | 'segmented-sends';

/** The environment that switches a feature off in a worker that is started with it. */
const VARIABLES: Readonly<Record<WorkerFeature, Readonly<Record<string, string>>>> = {
  'gop-cache': { SPILLWAY_GOP_CACHE_SECONDS: '0' },
  'segmented-sends': { SPILLWAY_SEGMENTED_SENDS: 'off' },
};

/** The keys of a server's `media` that do so. */
const SETTINGS: Readonly<Record<WorkerFeature, object>> = {
  'gop-cache': { instantStart: { seconds: 0 } },
  'segmented-sends': { segmentedSends: false },
};

/** What a process has to have in its environment so that its workers do without some features. */
export function environmentWithout(features: readonly WorkerFeature[]): Record<string, string> {
  return Object.assign({}, ...features.map((feature) => VARIABLES[feature]));
}

/** What a server has to have in `media` so that its workers do without some features. */
export function settingsWithout(features: readonly WorkerFeature[]): object {
  return Object.assign({}, ...features.map((feature) => SETTINGS[feature]));
}
