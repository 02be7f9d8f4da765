export { Fleet, type FleetOptions, type FleetResult } from './fleet/fleet.ts';
export { sampleBetween } from './fleet/merge-samples.ts';
export type { CrowdOptions, FleetTarget } from './fleet/messages.ts';
export type { FleetSample, VisitResult } from './fleet/sample.ts';
export { RtpPush, type RtpPushTarget } from './media/rtp-push.ts';
export type { VideoShape } from './media/video-source.ts';
export { LogHistogram } from './meter/log-histogram.ts';
export { LoadResult } from './report/result.ts';
export { fetchCapabilities } from './viewer/capabilities.ts';
export {
  type JoinTimes,
  LoadViewer,
  type LoadViewerEvents,
  type LoadViewerOptions,
} from './viewer/load-viewer.ts';
export { endMediaLibrary } from './viewer/media-peer.ts';
export { signalingEntry } from './viewer/signaling-session.ts';
export { whepEntry } from './viewer/whep-session.ts';
