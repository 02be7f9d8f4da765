export { formatReport } from './format-report.ts';
export type { LoadReport } from './load-report.ts';
export {
  fetchCapabilities,
  type JoinTimes,
  LoadViewer,
  type LoadViewerEvents,
  type LoadViewerOptions,
} from './load-viewer.ts';
export { monotonicMicros } from './media/clock.ts';
export { RtpPush, type RtpPushTarget } from './media/rtp-push.ts';
export { readStamp, writeStamp } from './media/stamp.ts';
export { type VideoShape, VideoSource, type VideoStream } from './media/video-source.ts';
export { endMediaLibrary, type MediaCounts } from './receive-peer.ts';
export { type LoadOptions, runLoad } from './run-load.ts';
export { type Spread, spreadOf } from './spread.ts';
export type { StreamCount } from './stream-counter.ts';
