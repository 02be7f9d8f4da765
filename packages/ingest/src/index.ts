export { type PushCommandOptions, pushCommands } from './ffmpeg/push-commands.ts';
export { type TestPatternOptions, testPatternArgs } from './ffmpeg/test-pattern.ts';
export { Ingest, type IngestOptions } from './ingest.ts';
export { InputError } from './input.ts';
export { RoomSource } from './lifecycle/room-source.ts';
export type { Logger } from './logger.ts';
export { findExecutable } from './process/find-executable.ts';
export type { OpenInlet, RtpInlet, RtpInletOptions } from './rtp/inlet.ts';
export { PortAllocator, type PortAllocatorOptions, type PortPair } from './rtp/port-allocator.ts';
