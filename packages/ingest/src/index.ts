export { type PushCommandOptions, pushCommands } from './ffmpeg/push-commands.ts';
export { type TestPatternOptions, testPatternArgs } from './ffmpeg/test-pattern.ts';
export { findExecutable } from './find-executable.ts';
export { Ingest, type IngestOptions } from './ingest.ts';
export type { OpenInlet, RtpInlet, RtpInletOptions } from './inlet.ts';
export { InputError } from './input.ts';
export type { Logger } from './logger.ts';
export { PortAllocator, type PortAllocatorOptions, type PortPair } from './port-allocator.ts';
export { RoomSource } from './room-source.ts';
