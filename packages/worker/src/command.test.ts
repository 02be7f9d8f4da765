import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, it, vi } from 'vitest';
import { runCommand } from './command.ts';
import { processesWith } from './test-support.ts';

// Told from everything else on the machine by the seconds that they sleep.
let unique = process.pid * 1000;
const nextSleep = () => `sleep ${++unique}.5`;
const cmdline = (command: string) => command.replace(' ', '\0');
const gone = (command: string) =>
  vi.waitFor(() => expect(processesWith(cmdline(command))).toEqual([]), { timeout: 30_000 });
const there = (command: string) =>
  vi.waitFor(() => expect(processesWith(cmdline(command))).toHaveLength(1), { timeout: 30_000 });

it('gives the lines of both outputs', async () => {
  const lines: string[] = [];

  await runCommand('sh', ['-c', 'echo one; echo two >&2'], { onLine: (line) => lines.push(line) });
  expect(lines.sort()).toEqual(['one', 'two']);
});

it('fails with the exit code and the last lines', async () => {
  await expect(runCommand('sh', ['-c', 'echo why; exit 3'])).rejects.toMatchObject({
    failure: 'exit',
    exitCode: 3,
    lastLines: ['why'],
  });
});

it('fails when there is no such command', async () => {
  await expect(runCommand('/no/such/command', [])).rejects.toMatchObject({ failure: 'spawn' });
});

it('fails when the command dies of a signal', async () => {
  await expect(runCommand('sh', ['-c', 'kill -9 $$'])).rejects.toMatchObject({ failure: 'killed' });
});

it('ends all that was started when it takes too long', async () => {
  const command = nextSleep();

  await expect(runCommand('sh', ['-c', `${command} & wait`], { timeout: 300 })).rejects.toMatchObject({
    failure: 'timeout',
  });
  await gone(command);
});

it('ends a command that ignores the polite signal', async () => {
  const command = nextSleep();

  await expect(
    runCommand('sh', ['-c', `trap '' TERM; ${command}; ${command}`], { timeout: 300 }),
  ).rejects.toMatchObject({ failure: 'timeout' });
  await gone(command);
});

it('ends all that was started when aborted', async () => {
  const command = nextSleep();
  const stop = new AbortController();
  const ended = expect(
    runCommand('sh', ['-c', `${command} & wait`], { signal: stop.signal }),
  ).rejects.toMatchObject({ failure: 'aborted' });

  await there(command);
  stop.abort();
  await ended;
  await gone(command);
});

it('ends what a command leaves behind', async () => {
  const command = nextSleep();

  await runCommand('sh', ['-c', `${command} &`]);
  await gone(command);
});

it.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)(
  'lets %s end the process as ever, and the command with it',
  async (signal) => {
    const command = nextSleep();
    const code = `
      const { runCommand } = await import(${JSON.stringify(new URL('./command.ts', import.meta.url).href)});
      await runCommand('sh', ['-c', '${command} & wait']);`;
    const parent = spawn(process.execPath, ['--input-type=module', '-e', code], { stdio: 'ignore' });
    const exited = once(parent, 'exit');

    await there(command);
    parent.kill(signal);
    expect(await exited).toEqual([null, signal]);
    await gone(command);
  },
);

it('leaves no listeners', async () => {
  const before = process.listenerCount('SIGINT');

  await runCommand('true', []);
  expect(process.listenerCount('SIGINT')).toBe(before);
});
