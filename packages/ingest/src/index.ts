export { Ingest, type IngestOptions } from './ingest.ts';
export { InputError } from './input.ts';
export type { RoomSource } from './lifecycle/room-source.ts';
export type { Logger } from './logger.ts';
export { findExecutable } from './process/find-executable.ts';
export type { OpenInlet, RtpInlet, RtpInletOptions } from './rtp/inlet.ts';
