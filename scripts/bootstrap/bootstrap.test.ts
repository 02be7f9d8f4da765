import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { adviceFor } from './advice.mjs';
import { runQuietly } from './command.mjs';
import { withLock } from './lock.mjs';
import { chooseNode, majorOf } from './node.mjs';
import { hashFiles, readStamp, writeStamp } from './stamp.mjs';
import { failureText, StepError } from './steps.mjs';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'spillway-scripts-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('hashFiles', () => {
  const hash = (skip?: RegExp) => hashFiles(folder, ['a', 'b.txt'], skip ? { skip } : {});
  beforeEach(() => {
    mkdirSync(join(folder, 'a/deep'), { recursive: true });
    writeFileSync(join(folder, 'a/deep/one'), '1');
    writeFileSync(join(folder, 'b.txt'), '2');
  });

  it('changes with contents, names and salt', () => {
    const first = hash();
    expect(hash()).toBe(first);
    expect(hashFiles(folder, ['a', 'b.txt'], { salt: 'x' })).not.toBe(first);
    writeFileSync(join(folder, 'a/deep/one'), '2');
    const second = hash();
    expect(second).not.toBe(first);
    rmSync(join(folder, 'a/deep/one'));
    writeFileSync(join(folder, 'a/deep/two'), '2');
    expect([first, second]).not.toContain(hash());
  });

  it('leaves out what is skipped', () => {
    const first = hash(/^dist$/);
    mkdirSync(join(folder, 'a/dist'));
    writeFileSync(join(folder, 'a/dist/x'), '3');
    expect(hash(/^dist$/)).toBe(first);
  });
});

it('stamps are written with their folders, and absent ones read as nothing', () => {
  const file = join(folder, 'x/stamp');
  expect(readStamp(file)).toBeUndefined();
  writeStamp(file, 'abc');
  expect(readStamp(file)).toBe('abc');
});

describe('chooseNode', () => {
  const choose = (pinnedVersion: string, systemVersion: string) =>
    chooseNode({ pinned: 'pinned', pinnedVersion, system: 'system', systemVersion });

  it('prefers the pinned one, then the system one', () => {
    expect(choose('v26.10.0', 'v24.1.0')).toBe('pinned');
    expect(choose('', 'v24.1.0')).toBe('system');
  });

  it('says what to do when neither will do', () => {
    expect(() => choose('', 'v20.20.2')).toThrow(/this system's is v20\.20\.2/);
  });

  it('reads versions', () => expect(['v26.10.0', '', 'x'].map(majorOf)).toEqual([26, 0, 0]));
});

describe('adviceFor', () => {
  it.each([
    ['npm error code ENOTFOUND', /network/],
    ['write ENOSPC: no space left on device', /disk space/],
    ['ERR_PNPM_OUTDATED_LOCKFILE', /lockfile-only/],
    ['E: Could not open lock file /var/lib/dpkg/lock-frontend - open (13: Permission denied)', /writable/],
    ['unable to get local issuer certificate', /NODE_EXTRA_CA_CERTS/],
    ['segmentation fault', /the lines above/],
  ])('%s', (line, advice) => expect(adviceFor(['something', line])).toMatch(advice));
});

describe('runQuietly', () => {
  it('reports a failure with its last lines', async () => {
    const failure = await runQuietly(process.execPath, ['-e', 'console.log("why"); process.exit(3)']).catch(
      String,
    );
    expect(failure).toContain('exit code 3');
    const error = new StepError('it broke', { lastLines: ['why'], advice: 'mend it.' });
    expect(failureText(error)).toBe('setup failed: it broke\n  | why\nWhat to do: mend it.');
  });

  it('reports a program that is not there', async () => {
    await expect(runQuietly(join(folder, 'nothing'), [])).rejects.toThrow(/could not be started/);
  });
});

describe('withLock', () => {
  it('lets one run at a time in, across calls', async () => {
    const events: string[] = [];
    const { promise, resolve } = Promise.withResolvers<void>();
    const waiting = Promise.withResolvers<void>();
    const first = withLock(folder, async () => {
      events.push('first in');
      await promise;
      events.push('first out');
    });
    const second = withLock(folder, async () => void events.push('second in'), waiting.resolve);
    await waiting.promise;
    resolve();
    await Promise.all([first, second]);
    expect(events).toEqual(['first in', 'first out', 'second in']);
  });

  it('is free after its holder was killed, and after a failure', async () => {
    const code = `import { withLock } from ${JSON.stringify(join(import.meta.dirname, 'lock.mjs'))};
      await withLock(${JSON.stringify(folder)}, () => new Promise(() => process.stdout.write('in')));`;
    const holder = spawn(process.execPath, ['--input-type=module', '-e', code], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await new Promise((resolve) => holder.stdout.once('data', resolve));
    const waiting = Promise.withResolvers<void>();
    const next = withLock(folder, () => Promise.reject(new Error('no')), waiting.resolve);
    await waiting.promise;
    holder.kill('SIGKILL');
    await expect(next).rejects.toThrow('no');
    expect(await withLock(folder, async () => 'again')).toBe('again');
  });
});
