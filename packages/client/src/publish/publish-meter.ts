import type { types } from 'mediasoup-client';
import { OverloadDetector } from './overload.ts';
import { qualities } from './quality.ts';
import { diffStats, type PublishStats, readStats, type StatsSample } from './stats.ts';
import type { VideoSent } from './video-sender.ts';

/** One measurement. */
export interface Measured {
  stats: PublishStats;
  /** Whether the video encoder proved too slow for the present codec and quality. */
  overloaded: boolean;
}

/** Below this frame rate a captured screen may be simply still. */
const SCREEN_FRAME_RATE = 5;

/** Measures what the senders do, from one call to the next. */
export class PublishMeter {
  #before: StatsSample | undefined;
  #detector: { of: VideoSent; overload: OverloadDetector } | undefined;

  /** Takes a measurement. Call it about once a second. */
  async measure(video: VideoSent | undefined, audio: types.Producer | undefined): Promise<Measured> {
    const producers = [video?.producer, audio].filter((producer) => producer && !producer.closed);
    const reports = await Promise.all(
      producers.flatMap((producer) => (producer ? [producer.getStats()] : [])),
    );
    const now = readStats(reports, performance.now());
    const stats = diffStats(this.#before, now);
    this.#before = now;
    return { stats, overloaded: this.#isOverloaded(video, stats, now.at) };
  }

  #isOverloaded(video: VideoSent | undefined, stats: PublishStats, at: number): boolean {
    // A picture that is turned off is black and costs nothing.
    if (!video?.track.enabled || video.track.muted) {
      this.#detector = undefined;
      return false;
    }
    if (this.#detector?.of !== video) this.#detector = { of: video, overload: newDetector(video) };
    return this.#detector.overload.add({
      at,
      frameRate: stats.frameRate ?? 0,
      sourceFrameRate: stats.sourceFrameRate,
      height: stats.height,
      limitation: stats.limitation,
    });
  }
}

function newDetector({ track, quality }: VideoSent): OverloadDetector {
  const settings = track.getSettings();
  const target = qualities[quality];
  const captured = Math.min(settings.frameRate ?? target.frameRate, target.frameRate);
  return new OverloadDetector({
    frameRate: settings.displaySurface === undefined ? captured : SCREEN_FRAME_RATE,
    height: Math.min(settings.height ?? target.height, target.height),
  });
}
