export {
  openBoth,
  openCamera,
  openMicrophone,
  openScreen,
  resizeCamera,
  type ScreenCapture,
} from './capture.ts';
export type { CodecWish } from './codec-choice.ts';
export { codecPreference } from './codec-choice.ts';
export { DeviceWatch, type InputDevice, type InputDevices } from './devices.ts';
export { LevelMeter } from './level-meter.ts';
export { type CaptureKind, MediaCaptureError, type MediaErrorCode } from './media-errors.ts';
export { Publisher } from './publisher.ts';
export type * from './publisher-types.ts';
export { isQualityName, type QualityName, qualities, qualityNames } from './quality.ts';
export type { PublishStats } from './stats.ts';
export type { CodecChange, CodecChangeReason } from './video-sender.ts';
export { WhipPublisher, type WhipPublisherOptions } from './whip/whip-publisher.ts';
