export * from './capabilities.ts';
export * from './i18n.ts';
export * from './server-url.ts';
export * from './signaling.ts';
export * from './signaling-error.ts';
export type { MediaPath, ViewerStats } from './stats.ts';
export * from './viewer.ts';
export type { ViewerState } from './viewer-state.ts';
