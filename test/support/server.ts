import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { closeSync, existsSync, openSync, readFileSync } from 'node:fs';
import { copyFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Problem } from '@spillway/protocol';
import { afterAll, afterEach, beforeAll, expect } from 'vitest';
import { artifactFile } from './artifacts.ts';
import { arePortsFree, findPorts, type ServerPorts } from './ports.ts';
import { type FoundProcess, processesMarked } from './processes.ts';
import { waitFor } from './wait-for.ts';

const root = resolve(import.meta.dirname, '../..');

/** The variable by which a server's processes are found again. */
const MARK = 'TEST_SERVER_MARK';
/** Lines of the log that a failed test shows. */
const LOG_LINES = 60;

export interface ServerOptions {
  /** Worker processes. Default 1. */
  readonly workers?: number;
  /** Further keys of the configuration, as in `config/spillway.yaml`. */
  readonly config?: Readonly<Record<string, unknown>>;
  /** Further keys of its section `sources`. */
  readonly sources?: Readonly<Record<string, unknown>>;
  /** Further variables of its environment. */
  readonly env?: Readonly<Record<string, string>>;
}

/** An answer of the REST interface. */
export interface ApiAnswer<T> {
  readonly status: number;
  readonly type: string;
  readonly body: T;
}

/** A real server in a process of its own, with its own ports and data directory. */
export class TestServer {
  readonly token = randomUUID();
  readonly #options: ServerOptions;
  readonly #mark = randomUUID();
  #folder = '';
  #ports: ServerPorts | undefined;
  #process: ChildProcess | undefined;

  constructor(options: ServerOptions = {}) {
    this.#options = options;
  }

  get url(): string {
    return `http://127.0.0.1:${this.#requirePorts().http}`;
  }

  /** The signalling URL of a room. */
  signalingUrl(room: string): string {
    return `${this.url.replace('http', 'ws')}/signaling?room=${room}`;
  }

  /** Where it stores what it keeps. */
  get dataDir(): string {
    return join(this.#folder, 'data');
  }

  /** The video library, unless `sources` names another one. */
  get library(): string {
    return join(this.dataDir, 'library');
  }

  /** Of its first worker. */
  get mediaPort(): number {
    return this.#requirePorts().media;
  }

  /** First of four UDP ports that it does not know of, for what a test lets it listen to. */
  get sparePort(): number {
    return this.#requirePorts().spare;
  }

  /** Process id of the server itself. */
  get pid(): number {
    const pid = this.#process?.pid;
    if (pid === undefined) throw new Error('the server does not run');
    return pid;
  }

  get running(): boolean {
    return this.#process !== undefined && this.#process.exitCode === null && !this.#process.signalCode;
  }

  /** The server and all its children. */
  get processes(): FoundProcess[] {
    return processesMarked(MARK, this.#mark);
  }

  /** Everything that the server wrote. */
  get log(): string {
    return existsSync(this.#logFile) ? readFileSync(this.#logFile, 'utf8') : '';
  }

  /** Starts it and waits until it is ready; after a stop, on the same ports and data. */
  async start(): Promise<void> {
    if (!existsSync(join(root, 'apps/web/dist/watch.html'))) {
      throw new Error('the pages are not built: run npm run setup');
    }
    this.#ports ??= await findPorts();
    if (!this.#folder) {
      this.#folder = await mkdtemp(join(tmpdir(), 'spillway-e2e-'));
      await this.#writeConfig();
    }
    const output = openSync(this.#logFile, 'a');
    const { workers = 1 } = this.#options;
    this.#process = spawn(process.execPath, ['apps/server/src/main.ts'], {
      cwd: root,
      stdio: ['ignore', output, output],
      env: {
        ...inheritedEnvironment(),
        ...this.#options.env,
        [MARK]: this.#mark,
        SPILLWAY_CONFIG: join(this.#folder, 'spillway.yaml'),
        SPILLWAY_HTTP_HOST: '127.0.0.1',
        SPILLWAY_HTTP_PORT: `${this.#ports.http}`,
        SPILLWAY_MEDIA_PORT: `${this.#ports.media}`,
        SPILLWAY_WORKERS: `${workers}`,
        SPILLWAY_DATA_DIR: this.dataDir,
        SPILLWAY_OPERATOR_TOKEN: this.token,
      },
    });
    closeSync(output);
    await waitFor(
      'the server to be ready',
      () => this.#isReady(),
      60_000,
      () => this.log,
    );
  }

  /** Ends it in order. */
  async stop(): Promise<void> {
    const code = await this.#end('SIGTERM');
    expect(code, 'exit code of the server').toBe(0);
    await this.expectNothingLeft();
  }

  /** Ends it without a chance to clean up. */
  async kill(): Promise<void> {
    await this.#end('SIGKILL');
  }

  /** Fails when one of its processes or ports outlives it. */
  async expectNothingLeft(): Promise<void> {
    // The kernel tells of the end of a parent a moment later.
    await waitFor(
      'the processes of the server to end',
      () => this.processes.length === 0,
      5000,
      () => this.processes,
    );
    await waitFor('the ports of the server to be free', () => arePortsFree(this.#requirePorts()), 5000);
  }

  /** Ends what is left of it, whatever happened, and removes its files. */
  async dispose(): Promise<void> {
    try {
      if (this.running) await this.stop();
      else await this.expectNothingLeft();
    } finally {
      for (const { pid } of this.processes) process.kill(pid, 'SIGKILL');
      await rm(this.#folder, { recursive: true, force: true });
    }
  }

  /** Keeps the log in `test/artifacts` and gives its last lines. */
  async keepLog(name: string): Promise<string> {
    const file = artifactFile(name, 'log');
    await copyFile(this.#logFile, file);
    return [`The server's log (all of it: ${file}):`, ...this.log.split('\n').slice(-LOG_LINES)].join('\n');
  }

  /**
   * A REST call; with the operator's token unless `token` says otherwise.
   *
   * @param path below `/api/v1`
   */
  async api<T = Problem>(
    method: string,
    path: string,
    body?: unknown,
    token: string | null = this.token,
  ): Promise<ApiAnswer<T>> {
    const response = await fetch(`${this.url}/api/v1${path}`, {
      method,
      headers: {
        ...(token === null ? {} : { authorization: `Bearer ${token}` }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    return {
      status: response.status,
      type: response.headers.get('content-type') ?? '',
      body: text ? JSON.parse(text) : undefined,
    };
  }

  get #logFile(): string {
    return join(this.#folder, 'server.log');
  }

  #requirePorts(): ServerPorts {
    if (!this.#ports) throw new Error('the server was not started');
    return this.#ports;
  }

  async #writeConfig(): Promise<void> {
    const { rtp, rtmp } = this.#requirePorts();
    // JSON is YAML too.
    const config = {
      sources: { rtpPorts: rtp, rtmpPort: rtmp, ...this.#options.sources },
      log: { pretty: false },
      ...this.#options.config,
    };
    await writeFile(join(this.#folder, 'spillway.yaml'), JSON.stringify(config, null, 2));
  }

  async #isReady(): Promise<boolean> {
    if (!this.running) throw new Error(`the server ended at its start:\n${this.log}`);
    const response = await fetch(`${this.url}/readyz`).catch(() => undefined);
    return response?.ok ?? false;
  }

  async #end(signal: 'SIGTERM' | 'SIGKILL'): Promise<number | null> {
    const child = this.#process;
    if (!child || !this.running) throw new Error(`the server does not run any more:\n${this.log}`);
    const { promise, resolve } = Promise.withResolvers<number | null>();
    child.once('exit', resolve);
    child.kill(signal);
    return promise;
  }
}

/** The environment without what the test runner or the user has set for themselves. What says which worker it is stays. */
function inheritedEnvironment(): NodeJS.ProcessEnv {
  const ours =
    /^(SPILLWAY_(?!CACHE_DIR$|WORKER_ORIGIN$)|VITEST|NODE_ENV$|NODE_OPTIONS$|TEST|DEV$|PROD$|MODE$)/;
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !ours.test(name)));
}

/** A server for all tests of a file. Shows its log when one fails, and checks at the end that nothing of it is left. */
export function useServer(options: ServerOptions = {}): TestServer {
  const server = new TestServer(options);
  beforeAll(() => server.start());
  afterEach(async ({ task }) => {
    if (task.result?.state === 'fail') process.stderr.write(`${await server.keepLog(task.name)}\n`);
  });
  afterAll(() => server.dispose());
  return server;
}
