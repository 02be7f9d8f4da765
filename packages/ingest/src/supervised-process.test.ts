import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type ProcessExit, SupervisedProcess, type SupervisedProcessOptions } from './supervised-process.ts';
import { memoryLogger } from './test-support/logger.ts';
import { isAlive, waitFor } from './test-support/wait-for.ts';
import type { Tether } from './tether.ts';

const backoff = { minMs: 20, maxMs: 100 };
const tethers: Tether[] = ['pdeathsig', 'guard'];
let folder: string;
let started: SupervisedProcess[];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'spillway-process-'));
  started = [];
});

afterEach(async () => {
  await Promise.all(started.map((each) => each.stop()));
  await rm(folder, { recursive: true });
});

function supervise(script: string, options: Partial<SupervisedProcessOptions> = {}) {
  const exits: ProcessExit[] = [];
  const pids: number[] = [];
  const logger = memoryLogger();
  const supervised = new SupervisedProcess({
    name: 'Child',
    file: 'sh',
    args: () => ['-c', script],
    logger,
    backoff,
    onExit: (exit) => exits.push(exit),
    onStart: (pid) => pids.push(pid),
    ...options,
  });
  started.push(supervised);
  supervised.start();
  return { supervised, exits, pids, logger };
}

describe.each(tethers)('a supervised process (%s)', (tether) => {
  test('is started again when it ends, and says how it ended', async () => {
    const { supervised, exits, pids } = supervise('echo "no input" >&2; exit 3', { tether });
    await waitFor('three runs', () => exits.length >= 3);
    await supervised.stop();
    expect(exits[0]).toMatchObject({ code: 3, signal: null, reason: 'Child ended with code 3: no input' });
    expect(exits[1]?.retryInMs).toBeGreaterThan(exits[0]?.retryInMs ?? 0);
    expect(new Set(pids).size).toBe(pids.length);
    expect(supervised.lastWords.slice(0, 2)).toEqual(['no input', 'no input']);
    const runs = pids.length;
    await supervised.stop();
    expect(supervised.pid).toBeUndefined();
    expect(pids).toHaveLength(runs);
  });

  test('tells the signal that ended it', async () => {
    const { exits } = supervise('kill -SEGV $$', { tether });
    await waitFor('an exit', () => exits.length > 0);
    expect(exits[0]).toMatchObject({ code: null, signal: 'SIGSEGV', reason: 'Child was ended by SIGSEGV' });
  });

  test('stops at once with SIGTERM', async () => {
    const ready = join(folder, 'ready');
    const { supervised, exits } = supervise(`echo > ${ready}; exec sleep 1000`, { tether });
    await waitFor('the child', () => readFile(ready).catch(() => undefined));
    const { pid = 0 } = supervised;
    expect(isAlive(pid)).toBe(true);
    await supervised.stop();
    expect(isAlive(pid)).toBe(false);
    expect(exits).toEqual([]);
  });

  test('is killed when it ignores SIGTERM', async () => {
    const ready = join(folder, 'ready');
    const script = `trap '' TERM; echo > ${ready}; while :; do sleep 0.05; done`;
    const { supervised } = supervise(script, { tether, killAfterMs: 100 });
    await waitFor('the child', () => readFile(ready).catch(() => undefined));
    const { pid = 0 } = supervised;
    await supervised.stop();
    expect(isAlive(pid)).toBe(false);
  });

  test('restart() ends the run with the reason given', async () => {
    const ready = join(folder, 'ready');
    const { supervised, exits, pids } = supervise(`echo > ${ready}; exec sleep 1000`, { tether });
    await waitFor('the child', () => readFile(ready).catch(() => undefined));
    supervised.restart('it sends nothing');
    supervised.restart('another reason');
    await waitFor('the second run', () => pids.length === 2);
    expect(exits).toHaveLength(1);
    expect(exits[0]).toMatchObject({ reason: 'it sends nothing', signal: 'SIGTERM' });
  });

  test('gets its arguments as they are, and none of the server’s settings', async () => {
    const out = join(folder, 'out');
    const words = ['a b', "it's", '$HOME', '*', '--', '-x', 'l1\nl2'];
    process.env.SPILLWAY_OPERATOR_TOKEN = 'secret';
    try {
      const script = `printf '%s|' "$@" "[$SPILLWAY_OPERATOR_TOKEN]" > "$0.part"; mv "$0.part" "$0"; exec sleep 1000`;
      supervise('', { tether, args: () => ['-c', script, out, ...words] });
      const text = await waitFor('the output', () => readFile(out, 'utf8').catch(() => undefined));
      expect(text).toBe(`${[...words, '[]'].join('|')}|`);
    } finally {
      delete process.env.SPILLWAY_OPERATOR_TOKEN;
    }
  });

  test('dies with a server that is killed', async () => {
    const server = join(folder, 'server.ts');
    const module = JSON.stringify(new URL('./supervised-process.ts', import.meta.url).href);
    const args = [
      '-v',
      'error',
      '-nostdin',
      '-re',
      '-f',
      'lavfi',
      '-i',
      'testsrc2=size=160x90',
      '-f',
      'null',
      '-',
    ];
    await writeFile(
      server,
      `import { SupervisedProcess } from ${module};
      const silent = () => {};
      new SupervisedProcess({
        name: 'FFmpeg', file: 'ffmpeg', args: () => ${JSON.stringify(args)}, tether: ${JSON.stringify(tether)},
        logger: { debug: silent, info: silent, warn: silent, error: silent },
        onStart: (pid) => process.stdout.write(pid + '\\n'),
      }).start();`,
    );
    const child = spawn(process.execPath, [server], { stdio: ['ignore', 'pipe', 'inherit'] });
    try {
      let text = '';
      child.stdout.on('data', (data) => {
        text += data;
      });
      const pid = Number(await waitFor('the process id', () => /^(\d+)\n/.exec(text)?.[1]));
      await waitFor('FFmpeg itself', async () => (await commandOf(pid)) === 'ffmpeg');
      child.kill('SIGKILL');
      await waitFor('the end of FFmpeg', () => !isAlive(pid));
    } finally {
      child.kill('SIGKILL');
    }
  });
});

test('a program that is missing is told once, and can be tried again', async () => {
  let missing = 0;
  const { supervised, exits } = supervise('', { file: 'no-such-program', onMissing: () => (missing += 1) });
  await waitFor('the news', () => missing === 1);
  supervised.start();
  await waitFor('the second news', () => missing === 2);
  expect(exits).toEqual([]);
});

test('a flood of errors is condensed in the log', async () => {
  const script = 'i=0; while [ $i -lt 2000 ]; do echo broken >&2; i=$((i+1)); done; exit 1';
  const { exits, logger } = supervise(script, { backoff: { minMs: 60_000, maxMs: 60_000 } });
  await waitFor('an exit', () => exits.length > 0);
  const lines = logger.lines.filter(({ message }) => message === 'broken');
  expect(lines.length).toBeLessThan(20);
  const told = lines.reduce(
    (sum, { fields }) => sum + 1 + ('leftOut' in fields ? Number(fields.leftOut) : 0),
    0,
  );
  expect(told).toBe(2000);
});

test('a child whose server is gone before the tether holds does not start', async () => {
  const { tetheredCommand } = await import('./tether.ts');
  const out = join(folder, 'out');
  // Some other process as the parent that it should have.
  const { file, args } = tetheredCommand('pdeathsig', 1, 'sh', ['-c', `echo > ${out}`]);
  const child = spawn(file, args, { stdio: 'ignore' });
  const code = await new Promise((resolve) => child.once('exit', resolve));
  expect(code).toBe(1);
  await expect(readFile(out)).rejects.toThrow();
});

async function commandOf(pid: number): Promise<string> {
  return (await readFile(`/proc/${pid}/comm`, 'utf8').catch(() => '')).trim();
}
