export * from './check.ts';
export * from './errors.ts';
export * from './names.ts';
export * from './rest.ts';
export * from './rtp.ts';
export * from './signaling.ts';
export * from './source.ts';
