import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { isAlive, waitFor } from '../test-support/wait-for.ts';
import { Child, type ChildOptions, describeEnd, MissingProgramError } from './child.ts';
import { type Tether, tetheredCommand } from './tether.ts';

const tethers: Tether[] = ['pdeathsig', 'guard'];
let folder: string;
let started: Child[];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'spillway-child-'));
  started = [];
});

afterEach(async () => {
  await Promise.all(started.map((child) => child.stop()));
  await rm(folder, { recursive: true });
});

async function run(script: string, options: Partial<ChildOptions> = {}): Promise<Child> {
  const child = await Child.start({ name: 'Child', file: 'sh', args: ['-c', script], ...options });
  started.push(child);
  return child;
}

describe.each(tethers)('a child (%s)', (tether) => {
  test('says how it ended and what it wrote', async () => {
    let words = '';
    const onWords = (piece: string) => {
      words += piece;
    };
    const child = await run('echo "no input" >&2; exit 3', { tether, onWords });
    const end = await child.ended;
    expect(end).toEqual({ code: 3, signal: null });
    expect(words).toBe('no input\n');
    expect(describeEnd('Child', end, 'no input')).toBe('Child ended with code 3: no input');
  });

  test('tells the signal that ended it', async () => {
    const end = await (await run('kill -SEGV $$', { tether })).ended;
    expect(end).toEqual({ code: null, signal: 'SIGSEGV' });
    expect(describeEnd('Child', end)).toBe('Child was ended by SIGSEGV');
  });

  test('stops at once with SIGTERM', async () => {
    const ready = join(folder, 'ready');
    const child = await run(`echo > ${ready}; exec sleep 1000`, { tether });
    await waitFor('the child', () => readFile(ready).catch(() => undefined));
    const { pid = 0 } = child;
    expect(isAlive(pid)).toBe(true);
    expect(await child.stop()).toMatchObject({ signal: 'SIGTERM' });
    expect(isAlive(pid)).toBe(false);
  });

  test('is killed when it ignores SIGTERM', async () => {
    const ready = join(folder, 'ready');
    const script = `trap '' TERM; echo > ${ready}; while :; do sleep 0.05; done`;
    const child = await run(script, { tether, killAfterMs: 100 });
    await waitFor('the child', () => readFile(ready).catch(() => undefined));
    expect(await child.stop()).toMatchObject({ signal: 'SIGKILL' });
  });

  test('gets its arguments as they are, and none of the server’s settings', async () => {
    const words = ['a b', "it's", '$HOME', '*', '--', '-x', 'l1\nl2'];
    process.env.SPILLWAY_OPERATOR_TOKEN = 'secret';
    try {
      const script = `printf '%s|' "$@" "[$SPILLWAY_OPERATOR_TOKEN]"`;
      const { promise, resolve } = Promise.withResolvers<string>();
      const onOutput: ChildOptions['onOutput'] = (output) => void text(output).then(resolve);
      await run('', { tether, args: ['-c', script, 'sh', ...words], onOutput });
      expect(await promise).toBe(`${[...words, '[]'].join('|')}|`);
    } finally {
      delete process.env.SPILLWAY_OPERATOR_TOKEN;
    }
  });

  test('cannot take more memory than it may', async () => {
    const hoard = 'a=$(head -c 200000000 /dev/zero | tr "\\0" x); echo "$a" | wc -c';
    const child = await run(hoard, { tether, memoryLimit: 64 * 2 ** 20 });
    expect((await child.ended).code).not.toBe(0);
  });

  test('dies with a server that is killed', async () => {
    const server = join(folder, 'server.ts');
    const module = JSON.stringify(new URL('./child.ts', import.meta.url).href);
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
      `import { Child } from ${module};
      const child = await Child.start({
        name: 'FFmpeg', file: 'ffmpeg', args: ${JSON.stringify(args)}, tether: ${JSON.stringify(tether)},
      });
      process.stdout.write(child.pid + '\\n');`,
    );
    const child = spawn(process.execPath, [server], { stdio: ['ignore', 'pipe', 'inherit'] });
    try {
      let written = '';
      child.stdout.on('data', (data) => {
        written += data;
      });
      const pid = Number(await waitFor('the process id', () => /^(\d+)\n/.exec(written)?.[1]));
      await waitFor('FFmpeg itself', async () => (await commandOf(pid)) === 'ffmpeg');
      child.kill('SIGKILL');
      await waitFor('the end of FFmpeg', () => !isAlive(pid));
    } finally {
      child.kill('SIGKILL');
    }
  });
});

test('reads text and streams from its standard input', async () => {
  const stream = new PassThrough();
  for (const stdin of ['some words', stream]) {
    const { promise, resolve } = Promise.withResolvers<string>();
    await run('cat', { stdin, onOutput: (output) => void text(output).then(resolve) });
    stream.end('some words');
    expect(await promise).toBe('some words');
  }
});

test('a stream that it reads ends with it, also when it has not read all', async () => {
  const stream = new PassThrough();
  stream.write(Buffer.alloc(1_000_000));
  const child = await run('exit 0', { stdin: stream });
  await child.ended;
  await waitFor('the stream to be destroyed', () => stream.destroyed);
});

test('a child with a limit ends by then, also when it is frozen', async () => {
  const child = await run('kill -STOP $$', { limitMs: 50, killAfterMs: 50 });
  expect((await child.ended).signal).toBe('SIGKILL');
});

test('a program that is missing is named', async () => {
  await expect(run('', { file: 'no-such-program' })).rejects.toThrow(MissingProgramError);
});

test('a child whose server is gone before the tether holds does not start', async () => {
  const out = join(folder, 'out');
  // Some other process as the parent that it should have.
  const { file, args } = tetheredCommand({
    tether: 'pdeathsig',
    parent: 1,
    file: 'sh',
    args: ['-c', `echo > ${out}`],
    memoryLimit: 2 ** 30,
  });
  const child = spawn(file, args, { stdio: 'ignore' });
  const code = await new Promise((resolve) => child.once('exit', resolve));
  expect(code).toBe(1);
  await expect(readFile(out)).rejects.toThrow();
});

async function commandOf(pid: number): Promise<string> {
  return (await readFile(`/proc/${pid}/comm`, 'utf8').catch(() => '')).trim();
}
