import { addCounts, noMedia } from '../meter/counts.ts';
import { LogHistogram } from '../meter/log-histogram.ts';
import type { LoadViewer } from '../viewer/load-viewer.ts';
import { type FleetSample, type TimedStep, timedSteps } from './sample.ts';

/** Different reasons that are told apart. */
const MAX_REASONS = 20;

/** Packets of audio, without any of video, after which a broadcast counts as one of audio alone. */
const AUDIO_ALONE = 50;

/** Whether a viewer has something to show or to hear; an uncounted one: whether it is connected. */
function hasPlayed(viewer: LoadViewer): boolean {
  const { meter } = viewer;
  if (!meter) return viewer.times.transport !== undefined;
  if (meter.firstKeyFrameAt !== undefined) return true;
  const { audio, video } = meter.counts;
  return video.packets === 0 && audio.packets > AUDIO_ALONE;
}

/** Sums up visits of viewers. */
export class Tally {
  #media = noMedia;
  readonly #delay = new LogHistogram();
  readonly #gaps = new LogHistogram();
  readonly #steps: Record<TimedStep, LogHistogram>;
  readonly #reasons = new Map<string, number>();
  #started = 0;
  #joined = 0;
  #counted = 0;
  #present = 0;
  #playing = 0;
  #played = 0;
  #gone = 0;
  #refused = 0;
  #freezes = 0;
  #frozenVisits = 0;
  #frozen = 0;
  #longestFreeze = 0;
  #maxDelay = 0;

  constructor() {
    const empty = () => new LogHistogram();
    this.#steps = {
      connected: empty(),
      watched: empty(),
      joined: empty(),
      transport: empty(),
      firstPacket: empty(),
      firstKeyFrame: empty(),
    };
  }

  /**
   * Adds a visit as it is at `now`, or was at its end.
   *
   * @param gone why it ended by itself
   */
  take(viewer: LoadViewer, now: number, gone?: string): void {
    const { times, meter, endedAt } = viewer;
    this.#started += 1;
    if (times.joined !== undefined) this.#joined += 1;
    const played = hasPlayed(viewer);
    if (played) this.#played += 1;
    if (endedAt === undefined && times.joined !== undefined) {
      this.#present += 1;
      if (played) this.#playing += 1;
    }
    if (gone !== undefined) {
      this.#takeReason(gone);
      if (times.joined === undefined) this.#refused += 1;
    }
    for (const step of timedSteps) {
      const time = times[step];
      if (time !== undefined) this.#steps[step].record(1e6 * time);
    }
    if (!meter) return;
    this.#counted += 1;
    const { audio, video, retransmission } = meter.counts;
    this.#media = {
      audio: addCounts(this.#media.audio, audio),
      video: addCounts(this.#media.video, video),
      retransmission: addCounts(this.#media.retransmission, retransmission),
    };
    const { freezes, frozen, longest } = meter.freezesAt(endedAt ?? now);
    this.#freezes += freezes;
    if (freezes > 0) this.#frozenVisits += 1;
    this.#frozen += frozen;
    this.#longestFreeze = Math.max(this.#longestFreeze, longest);
    this.#delay.merge(meter.delay);
    this.#gaps.merge(meter.gaps);
    this.#maxDelay = Math.max(this.#maxDelay, meter.maxDelay);
  }

  /** Adds the visits that another one has summed up, none of which is present any more. */
  merge(other: Tally): void {
    this.#started += other.#started;
    this.#joined += other.#joined;
    this.#counted += other.#counted;
    this.#played += other.#played;
    this.#refused += other.#refused;
    for (const [reason, count] of other.#reasons) this.#takeReason(reason, count);
    this.#media = {
      audio: addCounts(this.#media.audio, other.#media.audio),
      video: addCounts(this.#media.video, other.#media.video),
      retransmission: addCounts(this.#media.retransmission, other.#media.retransmission),
    };
    this.#freezes += other.#freezes;
    this.#frozenVisits += other.#frozenVisits;
    this.#frozen += other.#frozen;
    this.#longestFreeze = Math.max(this.#longestFreeze, other.#longestFreeze);
    this.#delay.merge(other.#delay);
    this.#gaps.merge(other.#gaps);
    this.#maxDelay = Math.max(this.#maxDelay, other.#maxDelay);
    for (const step of timedSteps) this.#steps[step].merge(other.#steps[step]);
  }

  /** All of it. `cpuSeconds` is the CPU time that playing has taken. */
  sample(at: number, cpuSeconds: number): FleetSample {
    const steps = this.#steps;
    return {
      at,
      started: this.#started,
      joined: this.#joined,
      counted: this.#counted,
      present: this.#present,
      playing: this.#playing,
      played: this.#played,
      gone: this.#gone,
      refused: this.#refused,
      reasons: [...this.#reasons].map(([reason, count]) => ({ reason, count })),
      ...this.#media,
      freezes: this.#freezes,
      frozenVisits: this.#frozenVisits,
      frozenSeconds: this.#frozen / 1e6,
      longestFreeze: this.#longestFreeze / 1e6,
      delay: this.#delay.data,
      maxDelay: Math.max(0, this.#maxDelay) / 1e6,
      gaps: this.#gaps.data,
      steps: {
        connected: steps.connected.data,
        watched: steps.watched.data,
        joined: steps.joined.data,
        transport: steps.transport.data,
        firstPacket: steps.firstPacket.data,
        firstKeyFrame: steps.firstKeyFrame.data,
      },
      cpuSeconds,
    };
  }

  #takeReason(reason: string, count = 1): void {
    this.#gone += count;
    const known = this.#reasons.get(reason);
    if (known === undefined && this.#reasons.size >= MAX_REASONS) return;
    this.#reasons.set(reason, (known ?? 0) + count);
  }
}
