export * from './capabilities.ts';
export * from './i18n.ts';
export * from './serverUrl.ts';
export * from './signaling.ts';
export * from './signalingError.ts';
export type { MediaPath, ViewerStats } from './stats.ts';
export * from './transportHealth.ts';
export * from './viewer.ts';
export type { ViewerState } from './viewerState.ts';
