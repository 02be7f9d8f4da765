import { setTimeout as sleep } from 'node:timers/promises';
import { Fleet, type FleetResult } from '../../fleet/fleet.ts';
import type { Feedback } from '../harness/harness-options.ts';
import { machineTicks } from '../machine/machine-usage.ts';
import { usageOf } from '../machine/process-usage.ts';
import { BareSubject } from '../subject/bare.ts';
import { type Feeding, type FeedShape, standardShape, startBroadcasts, startFeed } from '../subject/feed.ts';
import { type SpillwayOptions, SpillwaySubject } from '../subject/spillway.ts';
import type { Subject, SubjectKind } from '../subject/subject.ts';
import { type Interval, interval, type Snapshot } from './interval.ts';

/** Processes that play the viewers: enough, and always as many, so that runs compare. */
const FLEET_PROCESSES = 2;
/** How long viewers may take until all play. Milliseconds. */
const PLAY_LIMIT = 30_000;
/** How often joining viewers are looked at. Milliseconds. */
const POLL_INTERVAL = 100;

export interface StageOptions extends SpillwayOptions {
  readonly kind: SubjectKind;
  /** Of the harness's consumers. Default: as the server's. */
  readonly feedback?: Feedback;
  readonly shape?: Partial<FeedShape>;
  /** Viewers of whom one counts its packets. Default 4: counting costs the generator more than receiving. */
  readonly countOneIn?: number;
  /** Viewers stay so long on average and come again. Seconds. Default: they stay. */
  readonly churnSeconds?: number;
  /** Command line in front of that of the viewers' processes. Default: none. */
  readonly launcher?: readonly string[];
  /** Ends what waits when the benchmark is stopped. */
  readonly signal: AbortSignal;
}

/** One run: a fresh subject, its video, and viewers. */
export class Stage {
  readonly subject: Subject;
  readonly #options: StageOptions;
  readonly #feed: Feeding | undefined;
  readonly #fleets = new Set<Fleet>();
  #main: Fleet | undefined;

  /** @throws when something does not start; nothing is left then */
  static async open(options: StageOptions, feed = true): Promise<Stage> {
    const shape = { ...standardShape, ...options.shape };
    const subject =
      options.kind === 'bare'
        ? await BareSubject.start(options, shape.codec)
        : await SpillwaySubject.start(options, shape.codec);
    let pushing: Feeding | undefined;
    try {
      if (feed) pushing = await feedTo(subject, options.ingest, shape);
      if (feed) await subject.whenLive();
      return new Stage(options, subject, pushing);
    } catch (error) {
      await pushing?.close();
      await subject.close();
      throw error;
    }
  }

  private constructor(options: StageOptions, subject: Subject, feed: Feeding | undefined) {
    this.#options = options;
    this.subject = subject;
    this.#feed = feed;
  }

  /** Lets viewers in, at a pace that is no storm, and waits until all of them play. */
  async join(viewers: number, rampSeconds = viewers / 80): Promise<Fleet> {
    const fleet = await this.fleet();
    fleet.join(viewers, rampSeconds);
    await this.whenPlaying(fleet);
    return fleet;
  }

  /** The viewers that are measured; made when they are first asked for. */
  async fleet(): Promise<Fleet> {
    this.#main ??= await this.newFleet();
    return this.#main;
  }

  /** Further viewers, apart from those that are measured. */
  async newFleet(): Promise<Fleet> {
    const { rooms, url: server } = this.subject;
    const { churnSeconds, launcher } = this.#options;
    const fleet = await Fleet.start({
      processes: FLEET_PROCESSES,
      target: { kind: 'signaling', server, rooms: [...rooms] },
      countOneIn: this.countOneIn,
      ...(churnSeconds === undefined ? {} : { churnSeconds }),
      ...(launcher === undefined ? {} : { launcher }),
    });
    this.#fleets.add(fleet);
    return fleet;
  }

  /** @throws when not all play in time, or one is gone */
  async whenPlaying(fleet: Fleet): Promise<void> {
    const end = performance.now() + PLAY_LIMIT;
    for (;;) {
      const { playing, gone, reasons } = await fleet.sample();
      if (gone > 0) throw new Error(`viewers are gone: ${reasons.map(({ reason }) => reason).join('; ')}`);
      if (playing === fleet.viewers) return;
      if (performance.now() > end) throw new Error(`${playing} of ${fleet.viewers} viewers play`);
      await this.wait(POLL_INTERVAL / 1000);
    }
  }

  /** Ends viewers before the stage ends. */
  async leave(fleet: Fleet): Promise<FleetResult> {
    this.#fleets.delete(fleet);
    if (fleet === this.#main) this.#main = undefined;
    return fleet.stop();
  }

  async snapshot(): Promise<Snapshot> {
    const { nodePid, workerPids } = this.subject;
    const fleet = await (await this.fleet()).sample();
    return { fleet, node: usageOf(nodePid), workers: workerPids.map(usageOf), machine: machineTicks() };
  }

  /** Measures what goes on over some seconds. */
  async measure(seconds: number): Promise<Interval> {
    const before = await this.snapshot();
    await this.wait(seconds);
    return interval(before, await this.snapshot(), this.countOneIn);
  }

  /** Requests for a key frame that the video's source got so far. */
  async keyFrameRequests(): Promise<number> {
    if (!this.#feed) throw new Error('the stage has no video');
    return this.#feed.keyFrameRequests();
  }

  get countOneIn(): number {
    return this.#options.countOneIn ?? 4;
  }

  async wait(seconds: number): Promise<void> {
    await sleep(1000 * seconds, undefined, { signal: this.#options.signal });
  }

  /** Idempotent. */
  async close(): Promise<void> {
    await Promise.allSettled([...this.#fleets].map((fleet) => fleet.stop()));
    this.#fleets.clear();
    await this.#feed?.close();
    await this.subject.close();
  }
}

async function feedTo(subject: Subject, ingest: StageOptions['ingest'], shape: FeedShape): Promise<Feeding> {
  if (ingest !== 'whip') return startFeed({ targets: [...subject.targets], shape });
  if (!(subject instanceof SpillwaySubject)) throw new Error('the harness takes no WHIP');
  return startBroadcasts({ ...subject.whip, rooms: [...subject.rooms], shape });
}

/** Opens a stage, lets a run use it, and closes it whatever happens. */
export async function onStage<T>(
  options: StageOptions,
  run: (stage: Stage) => Promise<T>,
  feed = true,
): Promise<T> {
  const stage = await Stage.open(options, feed);
  try {
    return await run(stage);
  } finally {
    await stage.close();
  }
}
