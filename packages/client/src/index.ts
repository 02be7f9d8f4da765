export * from './capabilities.ts';
export * from './serverUrl.ts';
export * from './signaling.ts';
export * from './signalingError.ts';
