import { monotonicMicros } from '../media/clock.ts';
import { fetchCapabilities } from '../viewer/capabilities.ts';
import { LoadViewer } from '../viewer/load-viewer.ts';
import { roomUrl } from '../viewer/room-url.ts';
import { signalingEntry } from '../viewer/signaling-session.ts';
import type { Entry } from '../viewer/viewer-session.ts';
import { whepEntry } from '../viewer/whep-session.ts';
import type { Arrivals, CrowdOptions, FleetTarget } from './messages.ts';
import type { FleetSample, VisitResult } from './sample.ts';
import { Tally } from './tally.ts';
import { visitResult } from './visit-result.ts';

/** Visits whose results are kept one by one; those beyond are in the sums alone. */
const MAX_RESULTS = 5000;
/** Before a viewer comes again that was refused or lost. Milliseconds. */
const RETRY_DELAY = 500;

/** Viewers of one process. */
export class Crowd {
  readonly #options: CrowdOptions;
  readonly #entryTo: (room: string) => Entry;
  /** Timers of viewers that are to come or to go. */
  readonly #timers = new Set<NodeJS.Timeout>();
  readonly #visits = new Map<LoadViewer, { viewer: number; room: string }>();
  /** Viewers that are leaving, until the server knows. */
  readonly #leaving = new Set<Promise<void>>();
  readonly #past = new Tally();
  readonly #results: VisitResult[] = [];
  #closing = false;

  /** @throws when the server cannot be asked what it sends */
  static async create(options: CrowdOptions): Promise<Crowd> {
    return new Crowd(options, await entries(options.target));
  }

  private constructor(options: CrowdOptions, entryTo: (room: string) => Entry) {
    this.#options = options;
    this.#entryTo = entryTo;
  }

  /** Results of visits that are over. */
  get results(): readonly VisitResult[] {
    return this.#results;
  }

  /** Lets viewers join, each at its time. */
  join(arrivals: Arrivals): void {
    for (const { viewer, delay } of arrivals) this.#later(delay, () => this.#visit(viewer));
  }

  sample(): FleetSample {
    const now = monotonicMicros();
    const tally = new Tally();
    tally.merge(this.#past);
    for (const viewer of this.#visits.keys()) tally.take(viewer, now);
    const { user, system } = process.cpuUsage();
    return tally.sample(now, (user + system) / 1e6);
  }

  /** All leave. Idempotent; fulfilled when the server knows. */
  async close(): Promise<void> {
    this.#closing = true;
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers.clear();
    for (const viewer of [...this.#visits.keys()]) this.#leave(viewer);
    await Promise.all(this.#leaving);
  }

  #visit(number: number): void {
    const { target, countOneIn = 1, nack = false, churnSeconds } = this.#options;
    const room = target.rooms[number % target.rooms.length] ?? '';
    const counted = Math.floor(number / target.rooms.length) % countOneIn === 0;
    const viewer = new LoadViewer(this.#entryTo(room), { counted, nack });
    this.#visits.set(viewer, { viewer: number, room });
    let leaves = false;
    viewer.once('closed', (reason) => {
      this.#note(viewer, leaves || this.#closing ? undefined : reason);
      if (churnSeconds !== undefined) this.#later(leaves ? 0 : RETRY_DELAY, () => this.#visit(number));
    });
    // Why it failed, its event says.
    viewer.join().catch(() => {});
    if (churnSeconds === undefined) return;
    this.#later(1000 * randomStay(churnSeconds), () => {
      leaves = true;
      this.#leave(viewer);
    });
  }

  #leave(viewer: LoadViewer): void {
    const leaving = viewer.close().finally(() => this.#leaving.delete(leaving));
    this.#leaving.add(leaving);
  }

  #note(viewer: LoadViewer, gone: string | undefined): void {
    const facts = this.#visits.get(viewer);
    if (!facts) return;
    this.#visits.delete(viewer);
    const now = monotonicMicros();
    this.#past.take(viewer, now, gone);
    if (this.#results.length >= MAX_RESULTS) return;
    this.#results.push(visitResult({ ...facts, ...(gone === undefined ? {} : { gone }) }, viewer, now));
  }

  #later(delay: number, task: () => void): void {
    if (this.#closing) return;
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      task();
    }, delay);
    this.#timers.add(timer);
  }
}

/** How a room is joined. */
async function entries(target: FleetTarget): Promise<(room: string) => Entry> {
  if (target.kind === 'whep') {
    const { url, token } = target;
    return (room) => whepEntry({ url: roomUrl(url, room), token });
  }
  const { server } = target;
  const capabilities = await fetchCapabilities(server);
  return (room) => signalingEntry({ server, room, capabilities });
}

/** Seconds of a stay, exponentially distributed, at most five times the mean. */
function randomStay(mean: number): number {
  return Math.min(5, -Math.log(1 - Math.random())) * mean;
}
