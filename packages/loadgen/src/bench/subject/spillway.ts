import { closeSync, openSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Checked, compileCheck, RoomInfo, RoomSourceStatus, WorkerInfo } from '@spillway/protocol';
import { Type } from 'typebox';
import { childrenOf } from '../machine/process-usage.ts';
import { BenchChild } from './child-process.ts';
import type { FeedShape, FeedTarget } from './feed.ts';
import { freePorts } from './free-ports.ts';
import { inheritedEnvironment } from './inherited-environment.ts';
import { PROBE, ProbeReport } from './probe-report.ts';
import type { Subject, SubjectOptions } from './subject.ts';
import { settingsWithout } from './worker-feature.ts';

const root = resolve(import.meta.dirname, '../../../../..');
const checkProbe = compileCheck(ProbeReport);
const checkSource = compileCheck(RoomSourceStatus);
const checkRoom = compileCheck(RoomInfo);
const checkWorkers = compileCheck(Type.Object({ workers: Type.Array(WorkerInfo) }));

/** UDP ports that a room's source of type `rtp` may take. */
const PORTS_PER_ROOM = 4;
const START_LIMIT = 60_000;
const TOKEN = 'benchmark-of-this-machine-only';

export interface SpillwayOptions extends SubjectOptions {
  /** IPv4 address of this machine at which viewers reach it. Default 127.0.0.1. */
  readonly address?: string;
  /** How its rooms get their video: by plain RTP, or published by WHIP. Default `rtp`. */
  readonly ingest?: 'rtp' | 'whip';
}

/** A real server in a process of its own, with its own ports, files and configuration. */
export class SpillwaySubject implements Subject {
  readonly url: string;
  readonly rooms: readonly string[];
  readonly #child: BenchChild;
  readonly #folder: string;
  #targets: readonly FeedTarget[] = [];
  #workerPids: readonly number[] = [];
  #startSeconds = 0;

  /** @throws when it does not start; the message has its log */
  static async start(options: SpillwayOptions, codec: FeedShape['codec']): Promise<SpillwaySubject> {
    const { workers = 1, rooms = 1, without = [], address = '127.0.0.1', ingest = 'rtp' } = options;
    const first = await freePorts(2 + workers + PORTS_PER_ROOM * rooms, 2 + workers);
    const folder = await mkdtemp(join(tmpdir(), 'spillway-bench-'));
    const names = Array.from({ length: rooms }, (_, index) => `bench_${index + 1}`);
    const file = join(folder, 'spillway.yaml');
    // JSON is YAML too.
    await writeFile(
      file,
      JSON.stringify(configuration(names, first + 2 + workers, { address, ingest, without })),
    );
    const output = openSync(join(folder, 'server.log'), 'a');
    const child = new BenchChild({
      module: join(root, 'apps/server/src/main.ts'),
      nodeArgs: [
        '--expose-gc',
        ...['--import', join(root, 'scripts/end-with-parent.ts')],
        ...['--import', join(import.meta.dirname, 'probe.ts')],
      ],
      cwd: root,
      output,
      env: {
        ...inheritedEnvironment(process.env),
        SPILLWAY_CONFIG: file,
        SPILLWAY_HTTP_HOST: address,
        SPILLWAY_HTTP_PORT: `${first}`,
        SPILLWAY_MEDIA_PORT: `${first + 2}`,
        SPILLWAY_WORKERS: `${workers}`,
        SPILLWAY_DATA_DIR: join(folder, 'data'),
        SPILLWAY_OPERATOR_TOKEN: TOKEN,
      },
    });
    closeSync(output);
    const subject = new SpillwaySubject(child, folder, `http://${address}:${first}`, names);
    try {
      await subject.#whenReady();
      subject.#workerPids = childrenOf(child.pid, 'mediasoup-worker');
      if (ingest === 'rtp')
        subject.#targets = await Promise.all(names.map((name) => subject.#target(name, codec)));
      return subject;
    } catch (error) {
      const log = await readFile(join(folder, 'server.log'), 'utf8');
      await subject.close();
      throw new Error(`the server does not start: ${error}\n${log.slice(-2000)}`);
    }
  }

  private constructor(child: BenchChild, folder: string, url: string, rooms: readonly string[]) {
    this.#child = child;
    this.#folder = folder;
    this.url = url;
    this.rooms = rooms;
  }

  get targets(): readonly FeedTarget[] {
    return this.#targets;
  }

  /** Where, and with what, its rooms are published to by WHIP. */
  get whip(): { readonly url: string; readonly token: string } {
    return { url: `${this.url}/whip/{room}`, token: TOKEN };
  }

  get nodePid(): number {
    return this.#child.pid;
  }

  get workerPids(): readonly number[] {
    return this.#workerPids;
  }

  get startSeconds(): number {
    return this.#startSeconds;
  }

  async probe(): Promise<ProbeReport> {
    const report = checkProbe(await this.#child.ask(PROBE));
    if (!report.ok) throw new Error(`the probe answered ${report.error}`);
    return report.value;
  }

  /** Viewers on each worker, in the order of {@link workerPids}. */
  async workerViewers(): Promise<number[]> {
    const { workers } = await this.#get('/workers', checkWorkers);
    return this.#workerPids.map((pid) => workers.find((worker) => worker.pid === pid)?.viewers ?? 0);
  }

  /** What its workers do beyond mediasoup's own. */
  async features(): Promise<readonly string[]> {
    const { workers } = await this.#get('/workers', checkWorkers);
    return workers[0]?.features ?? [];
  }

  async whenLive(): Promise<void> {
    const end = performance.now() + START_LIMIT;
    for (const room of this.rooms) {
      while ((await this.#get(`/rooms/${room}`, checkRoom)).state !== 'live') {
        if (performance.now() > end) throw new Error(`room ${room} does not go live`);
        await sleep(50);
      }
    }
  }

  async close(): Promise<void> {
    await this.#child.close();
    await rm(this.#folder, { recursive: true, force: true });
  }

  async #whenReady(): Promise<void> {
    const start = performance.now();
    for (;;) {
      if (!this.#child.running) throw new Error('it has ended');
      const response = await fetch(`${this.url}/readyz`).catch(() => undefined);
      const elapsed = performance.now() - start;
      this.#startSeconds = elapsed / 1000;
      if (response?.ok) return;
      if (elapsed > START_LIMIT) throw new Error('it does not become ready');
      await sleep(20);
    }
  }

  /** The video input of a room's source. */
  async #target(room: string, codec: FeedShape['codec']): Promise<FeedTarget> {
    const { inputs = [] } = await this.#get(`/rooms/${room}/source`, checkSource);
    const input = inputs.find((each) => each.codec === codec);
    if (!input) throw new Error(`room ${room} takes no ${codec}`);
    const { port, rtcpPort, ssrc, payloadType } = input;
    return { port, rtcpPort, ssrc, payloadType };
  }

  async #get<T>(path: string, check: (value: unknown) => Checked<T>): Promise<T> {
    const headers = { authorization: `Bearer ${TOKEN}` };
    const response = await fetch(`${this.url}/api/v1${path}`, { headers });
    const checked = check(await response.json());
    if (!checked.ok) throw new Error(`${path} answered ${response.status}: ${checked.error}`);
    return checked.value;
  }
}

function configuration(
  names: readonly string[],
  rtpPort: number,
  { address, ingest, without }: Required<Pick<SpillwayOptions, 'address' | 'ingest' | 'without'>>,
) {
  // A machine without CPU left makes pauses that no broadcaster makes; they would count as its end.
  const source = { type: 'rtp', audio: false, stallSeconds: 10 };
  const rtpPorts = `${rtpPort}-${rtpPort + PORTS_PER_ROOM * names.length - 1}`;
  return {
    demo: { enabled: false },
    rooms: names.map((name) => (ingest === 'rtp' ? { name, source } : { name })),
    sources: { rtpPorts },
    // The way that the viewers of the harness have: packets by IPv6 or another interface cost the kernel more.
    media: { interfaces: [address], ...settingsWithout(without) },
    log: { level: 'warn', pretty: false },
  };
}
