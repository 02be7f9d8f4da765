import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { LoadResult } from '@spillway/loadgen';
import { compileCheck, type RoomInfo } from '@spillway/protocol';
import { expect, onTestFinished, test } from 'vitest';
import { processesMarked } from './support/processes.ts';
import { useServer } from './support/server.ts';
import { waitFor } from './support/wait-for.ts';
import { viewerCount } from './support/watched-room.ts';

const cli = resolve(import.meta.dirname, '../packages/loadgen/src/cli.ts');
const MARK = 'TEST_LOAD_MARK';
const checkResult = compileCheck(LoadResult);

const server = useServer({ workers: 2 });

/** The load tool, run against the server. Ended with the test at the latest. */
class LoadTool {
  readonly #mark = randomUUID();
  readonly #child: ChildProcess;
  readonly #code: Promise<number | null>;
  readonly #output: Promise<string>;
  #progress = '';

  constructor(...args: string[]) {
    this.#child = spawn(process.execPath, [cli, '--url', server.url, '--json', '-', ...args], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, SPILLWAY_OPERATOR_TOKEN: server.token, [MARK]: this.#mark },
    });
    this.#code = new Promise((resolve) => this.#child.once('exit', resolve));
    this.#output = this.#child.stdout ? text(this.#child.stdout) : Promise.resolve('');
    this.#child.stderr?.on('data', (data) => {
      this.#progress += data;
    });
    onTestFinished(() => {
      for (const { pid } of this.processes) process.kill(pid, 'SIGKILL');
    });
  }

  /** What it has said of how it goes. */
  get progress(): string {
    return this.#progress;
  }

  get processes() {
    return processesMarked(MARK, this.#mark);
  }

  kill(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  /** Its exit code and what it printed, once it has ended and left no process behind. */
  async ended(): Promise<{ code: number | null; output: string }> {
    const code = await this.#code;
    await waitFor('its processes to end', () => this.processes.length === 0);
    return { code, output: await this.#output };
  }

  /** The same with the result that it printed. */
  async result(): Promise<{ code: number | null; result: LoadResult }> {
    const { code, output } = await this.ended();
    const checked = checkResult(JSON.parse(output || JSON.stringify(this.#progress)));
    if (!checked.ok) throw new Error(`${checked.error}\n${this.#progress}`);
    return { code, result: checked.value };
  }
}

async function expectNobodyLeft(...rooms: string[]): Promise<void> {
  for (const room of rooms) {
    await waitFor(`all viewers of ${room} to be gone`, async () => (await viewerCount(server, room)) === 0);
  }
}

test('50 viewers join at once and all receive the demo', async () => {
  const { code, result } = await new LoadTool('--viewers', '50', '--duration', '8s').result();
  const { viewers, media, visits } = result;
  expect(viewers).toMatchObject({ visits: 50, joined: 50, played: 50, gone: 0, reasons: [] });
  expect(code).toBe(0);
  expect(visits).toHaveLength(50);
  // Video and audio both.
  for (const { received } of visits) {
    expect(received?.video.keyFrames).toBeGreaterThan(0);
    expect(received?.audio.packets).toBeGreaterThan(0);
  }
  expect(media.video.frames).toBeGreaterThan(50);
  // Nothing of the demo is stamped.
  expect(result.delay).toBeUndefined();
  await expectNobodyLeft('demo');
});

test('broadcasts of its own are watched in their rooms, within limits; then all is over', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'spillway-load-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const page = join(folder, 'report.html');
  const tool = new LoadTool(
    ...['--rooms', '3', '--viewers-per-room', '4', '--ramp', '1s', '--duration', '4s', '--processes', '2'],
    ...['--bitrate', '500k', '--fps', '25', '--html', page],
    ...['--min-joined', '100%', '--p95-ttff', '30s', '--max-loss', '50%', '--p99-delay', '20s'],
  );
  const { code, result } = await tool.result();
  expect(result.limits.map(({ name, passed }) => [name, passed])).toEqual([
    ['min-joined', true],
    ['p95-ttff', true],
    ['max-loss', true],
    ['p99-delay', true],
  ]);
  expect(code).toBe(0);
  expect(result.viewers).toMatchObject({ visits: 12, joined: 12, played: 12, gone: 0 });
  expect(Object.keys(result.joinTimes)).toEqual([
    'connected',
    'watched',
    'joined',
    'transport',
    'firstPacket',
    'firstKeyFrame',
  ]);
  // Each packet was stamped.
  expect(result.delay?.count).toBe(result.media.video.packets);
  expect(result.timeline.length).toBeGreaterThanOrEqual(5);
  const rooms = result.visits.map(({ room }) => room);
  for (const room of ['load_1', 'load_2', 'load_3']) {
    expect(rooms.filter((each) => each === room)).toHaveLength(4);
    await expectNobodyLeft(room);
    const { body } = await server.api<RoomInfo>('GET', `/rooms/${room}`);
    expect(body.state).toBe('offline');
  }
  const html = await readFile(page, 'utf8');
  expect(html).toContain('<svg');
  expect(html).not.toMatch(/(src|href)="(?!#)/);
});

test('by WHEP; a limit that is missed makes the exit code 1', async () => {
  const tool = new LoadTool(
    ...['--room', 'load_whep', '--broadcast', '--whep', `${server.url}/whep/{room}`],
    ...['--viewers', '6', '--duration', '4s', '--max-loss', '50%', '--p99-delay', '0ms'],
  );
  const { code, result } = await tool.result();
  expect(result.viewers).toMatchObject({ visits: 6, joined: 6, played: 6, gone: 0 });
  expect(result.limits).toMatchObject([
    { name: 'max-loss', passed: true },
    { name: 'p99-delay', limit: 0, passed: false },
  ]);
  expect(code).toBe(1);
  await expectNobodyLeft('load_whep');
});

test.each([
  ['the signalling', () => []],
  ['WHEP', () => ['--whep', `${server.url}/whep/{room}`]],
])('viewers that come and go by %s all the time leave nothing behind', async (_, args) => {
  const tool = new LoadTool(
    ...['--room', 'load_churn', '--broadcast', '--viewers', '10', '--duration', '5s', '--churn', '500ms'],
    ...args(),
  );
  const { code, result } = await tool.result();
  expect(code).toBe(0);
  expect(result.viewers.visits).toBeGreaterThan(20);
  expect(result.viewers.played).toBeGreaterThan(0);
  expect(result.viewers.reasons).toEqual([]);
  await expectNobodyLeft('load_churn');
});

test('one in five is counted when that is asked for, and all of them play', async () => {
  const tool = new LoadTool(
    ...['--room', 'load_part', '--broadcast', '--viewers', '10', '--duration', '3s', '--detail', '1/5'],
  );
  const { result } = await tool.result();
  expect(result.viewers).toMatchObject({ visits: 10, played: 10, counted: 2 });
  expect(result.visits.filter(({ received }) => received)).toHaveLength(2);
});

test('interrupted, it ends in order and reports what there is', async () => {
  const tool = new LoadTool('--room', 'load_stop', '--broadcast', '--viewers', '4', '--duration', '10m');
  await waitFor('viewers to play', async () => (await viewerCount(server, 'load_stop')) === 4);
  await waitFor('word of how it goes', () => tool.progress.includes('of 4 play'));
  tool.kill('SIGINT');
  const { result } = await tool.result();
  expect(result.interrupted).toBe(true);
  expect(result.viewers.joined).toBe(4);
  await expectNobodyLeft('load_stop');
});

test('killed, it takes its processes along', async () => {
  const tool = new LoadTool('--room', 'load_kill', '--broadcast', '--viewers', '4', '--duration', '10m');
  await waitFor('viewers to play', async () => (await viewerCount(server, 'load_kill')) === 4);
  tool.kill('SIGKILL');
  await tool.ended();
  await expectNobodyLeft('load_kill');
});

test('where nothing is live, nobody receives anything, and the exit code is 1', async () => {
  const tool = new LoadTool('--room', 'load_kill', '--viewers', '2', '--duration', '1s');
  const { code, result } = await tool.result();
  expect(code).toBe(1);
  expect(result).toMatchObject({ viewers: { played: 0 }, passed: false });
});

test.each([
  [['--viewers', 'many'], '--viewers must be a whole number'],
  [['--room', 'a', '--rooms', '2'], '--room and --rooms exclude each other'],
  [['--seconds', '3'], "Unknown option '--seconds'"],
])('wrong arguments are told, with the exit code 2: %s', async (args, message) => {
  const tool = new LoadTool(...args);
  expect(await tool.ended()).toEqual({ code: 2, output: '' });
  expect(tool.progress).toContain(message);
});
