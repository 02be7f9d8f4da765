import { setTimeout as sleep } from 'node:timers/promises';
import { type LoadReport, loadReport } from './load-report.ts';
import { fetchCapabilities, LoadViewer } from './load-viewer.ts';

export interface LoadOptions {
  /** Base URL of the server, http or https. */
  readonly server: string | URL;
  readonly room: string;
  /** Viewers that join at once. */
  readonly viewers: number;
  /** How long is measured once all have joined. */
  readonly seconds: number;
  /** How long all may take to receive their first key frame (audio alone: packets). Default 15. */
  readonly joinSeconds?: number;
  /** Gets a line of progress. Default: none. */
  readonly log?: (line: string) => void;
}

/** How often the joining viewers are looked at. Milliseconds. */
const POLL_INTERVAL = 50;

/** Packets of audio, without any of video, after which a broadcast counts as one of audio alone. */
const AUDIO_ALONE = 50;

/**
 * Lets viewers join all at once, measures what they receive and closes them.
 *
 * @throws when the server does not answer at all; viewers that fail are counted in the report
 */
export async function runLoad(options: LoadOptions): Promise<LoadReport> {
  const { server, room, seconds, joinSeconds = 15, log } = options;
  const capabilities = await fetchCapabilities(server);
  const viewers = Array.from(
    { length: options.viewers },
    () => new LoadViewer({ server, room, capabilities }),
  );
  const gone = new Map<LoadViewer, string>();
  for (const viewer of viewers) viewer.once('closed', (reason) => gone.set(viewer, reason));
  try {
    log?.(`${viewers.length} viewers join ${room}`);
    await Promise.allSettled(viewers.map((viewer) => viewer.join()));
    const present = viewers.filter((viewer) => !gone.has(viewer));
    await whenPlaying(present, joinSeconds * 1000);

    const before = viewers.map(({ counts }) => counts);
    const start = performance.now();
    log?.(`measuring for ${seconds} s`);
    await sleep(seconds * 1000);
    const measured = (performance.now() - start) / 1000;
    const samples = viewers.map((viewer, index) => ({
      times: viewer.times,
      before: before[index] ?? viewer.counts,
      after: viewer.counts,
      gone: gone.get(viewer),
    }));
    return loadReport(samples, measured);
  } finally {
    for (const viewer of viewers) viewer.close();
  }
}

async function whenPlaying(viewers: readonly LoadViewer[], limit: number): Promise<void> {
  const end = performance.now() + limit;
  const isPlaying = ({ times, counts: { video, audio } }: LoadViewer) =>
    times.firstKeyFrame !== undefined || (video.packets === 0 && audio.packets > AUDIO_ALONE);
  while (!viewers.every(isPlaying) && performance.now() < end) await sleep(POLL_INTERVAL);
}
