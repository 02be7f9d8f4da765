export * from './capabilities.ts';
export * from './i18n.ts';
export * from './serverUrl.ts';
export * from './signaling.ts';
export * from './signalingError.ts';
