export { type CreateSourceOptions, createSource } from './create-source.ts';
export { type PushCommandOptions, pushCommands } from './ffmpeg/push-commands.ts';
export { type TestPatternOptions, testPatternArgs } from './ffmpeg/test-pattern.ts';
export { findExecutable } from './find-executable.ts';
export type { OpenInlet, RtpInlet, RtpInletOptions } from './inlet.ts';
export type { Logger } from './logger.ts';
export { PortAllocator, type PortAllocatorOptions, type PortPair } from './port-allocator.ts';
export { SavedSource } from './rtp-inputs.ts';
export type { Source } from './source.ts';
export {
  type ProcessExit,
  SupervisedProcess,
  type SupervisedProcessOptions,
} from './supervised-process.ts';
