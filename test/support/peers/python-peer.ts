import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { waitFor } from '../wait-for.ts';
import type { Player, Publisher, Received, ReceivedAudio, ReceivedVideo } from './player.ts';

/** The system's own: only it has the Debian packages. */
const PYTHON = '/usr/bin/python3';

/** aiortc, or GStreamer's webrtcbin. */
export type PythonPeerKind = 'aiortc' | 'gst';

/** A line that a peer prints; see `peer_common.py`. */
interface PeerEvent {
  readonly answer?: number;
  readonly location?: string;
  readonly state?: string;
  readonly ssrc?: number;
  readonly kind?: 'audio' | 'video';
  readonly codec?: string;
  readonly video?: ReceivedVideo;
  readonly audio?: ReceivedAudio;
  readonly deleted?: number;
  readonly error?: string;
}

/** A WebRTC client in a process of its own, written in Python. Ended with the test at the latest. */
export class PythonPeer implements Player, Publisher {
  readonly #process: ChildProcess;
  readonly #exited: Promise<void>;
  #events: PeerEvent[] = [];
  #received: Received = {};
  #words = '';
  #rest = '';

  /** Begins to play a WHEP URL; resolves when the server has answered. */
  static async play(kind: PythonPeerKind, url: string, token = ''): Promise<PythonPeer> {
    return PythonPeer.#start(kind, ['play', url, token]);
  }

  /** Begins to publish a moving picture of 320x180 and a tone at a WHIP URL; resolves when the server has answered. */
  static async publish(
    kind: PythonPeerKind,
    url: string,
    token: string,
    codec: 'VP8' | 'H264',
  ): Promise<PythonPeer> {
    return PythonPeer.#start(kind, ['publish', url, token, codec]);
  }

  static async #start(kind: PythonPeerKind, args: readonly string[]): Promise<PythonPeer> {
    const peer = new PythonPeer(join(import.meta.dirname, `${kind}-peer.py`), args);
    await waitFor(
      `${kind} to have an answer`,
      () => {
        peer.#expectRunning();
        return peer.location !== '';
      },
      30_000,
      () => peer.describe(),
    );
    return peer;
  }

  private constructor(script: string, args: readonly string[]) {
    this.#process = spawn(PYTHON, [script, ...args], {
      // It ends when its stdin does, and so with this process at the latest.
      stdio: ['pipe', 'pipe', 'pipe'],
      env: { ...process.env, PYTHONDONTWRITEBYTECODE: '1' },
    });
    this.#process.stdout?.setEncoding('utf8').on('data', (text: string) => this.#take(text));
    this.#process.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.#words = (this.#words + text).slice(-3000);
    });
    this.#exited = new Promise((resolve) => this.#process.once('close', () => resolve()));
    onTestFinished(() => this.kill());
  }

  get location(): string {
    return this.#events.find(({ location }) => location)?.location ?? '';
  }

  /** SSRCs that it has received, in their order. */
  ssrcs(kind: 'audio' | 'video'): number[] {
    return this.#events.flatMap((event) => (event.kind === kind && event.ssrc ? [event.ssrc] : []));
  }

  async received(): Promise<Received> {
    this.#expectRunning();
    return this.#received;
  }

  describe(): unknown {
    return { events: this.#events.slice(-20), words: this.#words };
  }

  async end(): Promise<number> {
    this.#process.stdin?.end();
    await this.#exited;
    const { deleted } = this.#events.find((event) => event.deleted !== undefined) ?? {};
    if (deleted === undefined) throw new Error(`it has not deleted its session: ${this.#lastWords}`);
    return deleted;
  }

  /** Idempotent. */
  async kill(): Promise<void> {
    this.#process.kill('SIGKILL');
    await this.#exited;
  }

  get #lastWords(): string {
    return JSON.stringify(this.describe());
  }

  #expectRunning(): void {
    const failed = this.#events.some(({ error }) => error !== undefined);
    if (failed || this.#process.exitCode !== null) throw new Error(`the peer has ended: ${this.#lastWords}`);
  }

  #take(text: string): void {
    const lines = (this.#rest + text).split('\n');
    this.#rest = lines.pop() ?? '';
    for (const line of lines.filter((each) => each.startsWith('{'))) {
      const event: PeerEvent = JSON.parse(line);
      const { video, audio } = event;
      if (video) this.#received = { ...this.#received, video };
      else if (audio) this.#received = { ...this.#received, audio };
      else this.#events.push(event);
    }
  }
}
