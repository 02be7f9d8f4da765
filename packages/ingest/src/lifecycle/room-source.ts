import type { RoomSourceConfig, RoomSourceStatus, SourceConfig } from '@spillway/protocol';
import type { SavedSource } from '../rtp/rtp-inputs.ts';
import type { Source } from '../source.ts';
import { decideFailover, type MemberCondition } from './failover.ts';

/** How long a source that is back must be live before it takes over from its backup. Milliseconds. */
const STEADY_MS = 3000;
/** How long the one that was shown goes on, until viewers have had a key frame of the next. Milliseconds. */
const OVERLAP_MS = 3000;

/** What is kept of a room's sources over a restart of the server. */
export interface SavedRoomSource {
  readonly stopped: boolean;
  /** In the order of the sources. */
  readonly sources: readonly (SavedSource | null)[];
}

export interface RoomSourceOptions {
  readonly config: RoomSourceConfig;
  /** The sources that the configuration describes, the first one first. */
  readonly sources: readonly Source[];
  /** Viewers of the room at this moment. */
  readonly viewers: number;
  /** None of the sources is wanted any more: what they broadcast is over. */
  readonly onIdle: (reason: string) => void;
}

/**
 * A room's source with its backups: runs those that are needed, chooses the one that the room shows, and rests while
 * nobody watches, if it is on demand.
 */
export class RoomSource {
  readonly config: RoomSourceConfig;
  readonly gone: Promise<void>;
  readonly #options: RoomSourceOptions;
  readonly #sources: readonly Source[];
  readonly #onDemand: boolean;
  readonly #stopAfterMs: number;
  readonly #failoverMs: number;
  /** Since when each has been live, or has not been. */
  readonly #since: number[];
  readonly #live: boolean[];
  readonly #running: boolean[];
  #onAir: number | undefined;
  #viewers: number;
  #started = false;
  #wanted = false;
  #closed = false;
  #deciding = false;
  /** Something has changed while it was decided. */
  #outdated = false;
  #lingerTimer: NodeJS.Timeout | undefined;
  /** Stops the source that was shown before. */
  #overlap: { readonly index: number; readonly timer: NodeJS.Timeout } | undefined;
  #againTimer: NodeJS.Timeout | undefined;

  constructor(options: RoomSourceOptions) {
    const { config, sources, viewers } = options;
    const { failoverSeconds = 5 } = config;
    this.config = config;
    this.#onDemand = 'onDemand' in config && config.onDemand === true;
    const stopAfterSeconds = ('stopAfterSeconds' in config ? config.stopAfterSeconds : undefined) ?? 10;
    this.#options = options;
    this.#sources = sources;
    this.#viewers = viewers;
    this.#stopAfterMs = stopAfterSeconds * 1000;
    this.#failoverMs = failoverSeconds * 1000;
    this.#since = sources.map(() => performance.now());
    this.#live = sources.map(() => false);
    this.#running = sources.map(() => false);
    this.gone = Promise.all(sources.map((source) => source.gone)).then(() => {});
    // Among several, only a decision puts one on air.
    if (sources.length > 1) for (const source of sources) source.hold(true);
  }

  /** The operator wants it. Idempotent; sources that have failed are tried again. */
  start(): void {
    if (this.#closed) return;
    this.#started = true;
    if (this.#wanted)
      for (const [index, source] of this.#sources.entries()) if (this.#running[index]) source.start();
    this.#update();
    // The first viewer shall not wait for what can be known before.
    if (!this.#wanted) this.#sources[0]?.prepare();
  }

  /** The operator does not want it. Idempotent. */
  stop(): void {
    this.#started = false;
    clearTimeout(this.#lingerTimer);
    this.#lingerTimer = undefined;
    this.#update();
  }

  /** Tells how many watch the room. */
  setViewers(count: number): void {
    this.#viewers = count;
    clearTimeout(this.#lingerTimer);
    this.#lingerTimer = undefined;
    if (count === 0 && this.#wanted && this.#onDemand) {
      this.#lingerTimer = setTimeout(() => {
        this.#lingerTimer = undefined;
        this.#update();
      }, this.#stopAfterMs);
    }
    this.#update();
  }

  /** Has to be called when one of the sources has changed. */
  handleChange(): void {
    this.#decide();
  }

  /** Ends it for good. Idempotent. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    // What is persisted stays what it was: it may be made again.
    clearTimeout(this.#lingerTimer);
    this.#lingerTimer = undefined;
    this.#update();
    for (const source of this.#sources) source.close();
  }

  status(): RoomSourceStatus {
    const [first, ...backups] = this.#sources.map((source) => source.status());
    if (!first) throw new Error('a room source has no source');
    return {
      ...first,
      stopped: !this.#started,
      onDemand: this.#onDemand,
      stopAfterSeconds: this.#stopAfterMs / 1000,
      failoverSeconds: this.#failoverMs / 1000,
      backups,
      onAir: this.#onAir !== undefined && this.#sources[this.#onAir]?.state === 'live' ? this.#onAir : null,
    };
  }

  /** What has to be passed on after a restart of the server. */
  persisted(): SavedRoomSource {
    return {
      stopped: !this.#started,
      sources: this.#sources.map((source) => source.persisted() ?? null),
    };
  }

  #update(): void {
    const watched = !this.#onDemand || this.#viewers > 0 || this.#lingerTimer !== undefined;
    const wanted = this.#started && watched && !this.#closed;
    if (wanted === this.#wanted) return;
    this.#wanted = wanted;
    if (wanted) {
      this.#decide();
      return;
    }
    clearTimeout(this.#againTimer);
    this.#onAir = undefined;
    for (const index of this.#sources.keys()) this.#run(index, false);
    this.#endOverlap();
    this.#options.onIdle(this.#idleReason);
  }

  get #idleReason(): string {
    if (this.#closed) return 'its source was removed';
    return this.#started ? 'nobody watches' : 'its source was stopped';
  }

  #decide(): void {
    if (!this.#wanted) return;
    // Starting, stopping and showing a source changes it, which leads here again.
    this.#outdated = true;
    if (this.#deciding) return;
    this.#deciding = true;
    clearTimeout(this.#againTimer);
    const policy = { failoverMs: this.#failoverMs, steadyMs: STEADY_MS };
    try {
      let again: number | undefined;
      // Each source can fail once at once.
      for (let round = 0; this.#outdated && this.#wanted && round <= 2 * this.#sources.length; round += 1) {
        this.#outdated = false;
        const now = performance.now();
        const members = this.#sources.map((source, index) => this.#condition(source, index, now));
        const decision = decideFailover(members, this.#onAir, policy, now);
        again = decision.again;
        this.#show(decision.onAir);
        for (const [index, runs] of decision.running.entries()) this.#run(index, runs);
      }
      if (!this.#wanted) return;
      const now = performance.now();
      if (this.#outdated) again = now;
      if (again !== undefined) this.#againTimer = setTimeout(() => this.#decide(), again - now + 1);
    } finally {
      this.#deciding = false;
    }
  }

  /** One that only another's broadcast keeps from the room needs no backup, which would be refused too; nothing is lost by choosing it at once. */
  #condition({ state, refused }: Source, index: number, now: number): MemberCondition {
    const live = state === 'live' || refused;
    if (live !== this.#live[index] || !this.#running[index]) {
      this.#live[index] = live;
      this.#since[index] = now;
    }
    const over = this.#running[index] && (state === 'failed' || state === 'idle');
    const since = refused ? 0 : (this.#since[index] ?? now);
    return { state: live ? 'live' : over ? 'over' : 'down', since };
  }

  #run(index: number, running: boolean): void {
    if (this.#running[index] === running) return;
    this.#running[index] = running;
    this.#since[index] = performance.now();
    if (this.#overlap?.index === index) {
      if (!running) return;
      clearTimeout(this.#overlap.timer);
      this.#overlap = undefined;
    }
    if (running) this.#sources[index]?.start();
    else this.#sources[index]?.stop();
  }

  #endOverlap(): void {
    const { index, timer } = this.#overlap ?? {};
    this.#overlap = undefined;
    clearTimeout(timer);
    if (index !== undefined && !this.#running[index]) this.#sources[index]?.stop();
  }

  #show(onAir: number | undefined): void {
    if (onAir === this.#onAir) return;
    const before = this.#onAir;
    this.#onAir = onAir;
    if (this.#sources.length === 1) return;
    const goesOn = before !== undefined && this.#sources[before]?.state === 'live';
    if (goesOn && onAir !== undefined) {
      this.#endOverlap();
      const timer = setTimeout(() => this.#endOverlap(), OVERLAP_MS);
      this.#overlap = { index: before, timer };
    }
    for (const [index, source] of this.#sources.entries()) source.hold(index !== onAir);
  }
}

/** The configurations of a room's sources, the first one first. */
export function sourceConfigs(config: RoomSourceConfig): SourceConfig[] {
  const { failoverSeconds: _, backups = [], ...rest } = config;
  if (!('onDemand' in rest || 'stopAfterSeconds' in rest)) return [rest, ...backups];
  const { onDemand: __, stopAfterSeconds: ___, ...first } = rest;
  return [first, ...backups];
}
