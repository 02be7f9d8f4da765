import { fetchCapabilities } from '@spillway/loadgen';
import { compileCheck, notifications, type RtpCapabilities, requests } from '@spillway/protocol';
import { RawSignaling } from './raw-signaling.ts';
import type { TestServer } from './server.ts';

const checkQueued = compileCheck(notifications.queued);
const checkAnswer = compileCheck(requests.watch.answer);

/** One that has sent `watch`, and waits for what becomes of it. */
export class Watcher {
  readonly #signaling: RawSignaling;
  /** The places that it was told, in their order. */
  readonly places: number[] = [];
  #answered = false;

  constructor(signaling: RawSignaling, rtpCapabilities: RtpCapabilities) {
    this.#signaling = signaling;
    signaling.on('notification', (method, data) => {
      if (method !== 'queued') return;
      const queued = checkQueued(data);
      if (!queued.ok) throw new Error(`queued: ${queued.error}`);
      this.places.push(queued.value.place);
    });
    signaling.on('response', ({ ok, data }) => {
      const answer = checkAnswer(data);
      if (!ok || !answer.ok) throw new Error('watch was refused, or its answer is none');
      this.#answered = true;
    });
    signaling.post('watch', { rtpCapabilities });
  }

  /** Whether it was let in. */
  get answered(): boolean {
    return this.#answered;
  }

  /** Whether neither has come yet, an answer or the end of the connection. */
  get waits(): boolean {
    return !this.#answered && !this.#signaling.end;
  }

  /** How the server ended the connection. */
  get end() {
    return this.#signaling.end;
  }

  hangUp(): void {
    this.#signaling.close();
  }
}

/** Viewers that watch a room, and do no more than that: they wait for their turns. */
export class WaitingCrowd {
  readonly watchers: Watcher[] = [];
  readonly #server: TestServer;
  readonly #room: string;
  readonly #capabilities: RtpCapabilities;

  static async create(server: TestServer, room: string): Promise<WaitingCrowd> {
    return new WaitingCrowd(server, room, await fetchCapabilities(server.url));
  }

  private constructor(server: TestServer, room: string, capabilities: RtpCapabilities) {
    this.#server = server;
    this.#room = room;
    this.#capabilities = capabilities;
  }

  /** Those that wait now. */
  get waiting(): Watcher[] {
    return this.watchers.filter(({ waits }) => waits);
  }

  /** Lets one more come. */
  async add(): Promise<Watcher> {
    const signaling = await RawSignaling.open(this.#server.signalingUrl(this.#room));
    const watcher = new Watcher(signaling, this.#capabilities);
    this.watchers.push(watcher);
    return watcher;
  }

  /** All hang up. */
  close(): void {
    for (const watcher of this.watchers) watcher.hangUp();
  }
}
