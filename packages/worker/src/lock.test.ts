import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { expect, it, onTestFinished, vi } from 'vitest';
import { acquireLock } from './lock.ts';
import { temporaryDir } from './test-support.ts';

it('is held by one, in turn', async () => {
  const file = join(temporaryDir(), 'lock');
  const onWait = vi.fn();
  const release = await acquireLock(file);
  let taken = false;
  const second = acquireLock(file, { onWait }).then((releaseSecond) => {
    taken = true;
    releaseSecond();
  });

  await vi.waitFor(() => expect(onWait).toHaveBeenCalledOnce());
  expect(taken).toBe(false);

  release();
  await second;
  expect(taken).toBe(true);
});

it('ends waiting when aborted', async () => {
  const file = join(temporaryDir(), 'lock');
  const release = await acquireLock(file);
  const stop = new AbortController();

  await expect(acquireLock(file, { signal: stop.signal, onWait: () => stop.abort() })).rejects.toMatchObject({
    name: 'AbortError',
  });
  release();
});

it('is taken over from a process that died without releasing it', async () => {
  const file = join(temporaryDir(), 'lock');
  const code = `
    const { acquireLock } = await import(${JSON.stringify(new URL('./lock.ts', import.meta.url).href)});
    await acquireLock(${JSON.stringify(file)});
    process.stdout.write('held');
    setInterval(() => {}, 1000);`;
  const holder = spawn(process.execPath, ['--input-type=module', '-e', code], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });

  onTestFinished(() => void holder.kill('SIGKILL'));
  await once(holder.stdout, 'data');

  const onWait = vi.fn(() => void holder.kill('SIGKILL'));
  const release = await acquireLock(file, { onWait });

  expect(onWait).toHaveBeenCalledOnce();
  release();
});
