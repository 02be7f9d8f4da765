import { sampleStats, type ViewerStats, viewerStats } from './stats.ts';

/** Where the present track of a kind is. */
interface Shown {
  readonly present: { readonly track: MediaStreamTrack } | undefined;
}

/** Measures what a viewer receives, each time since the time before. */
export class StatsMeter {
  #last: ReturnType<typeof sampleStats> | undefined;

  /**
   * @param session what receives; undefined while nothing does
   * @returns undefined while no media is received
   */
  async measure(
    session: { getStats(): Promise<RTCStatsReport> } | undefined,
    { audio, video }: { readonly audio: Shown; readonly video: Shown },
  ): Promise<ViewerStats | undefined> {
    const report = await session?.getStats().catch(() => undefined);
    if (!report) return undefined;
    const sample = sampleStats(report, { audio: audio.present?.track.id, video: video.present?.track.id });
    const stats = viewerStats(this.#last, sample);
    this.#last = sample;
    return stats;
  }
}
