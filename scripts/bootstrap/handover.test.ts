import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';

/** A program that starts another one, tells both process ids, and counts the signals that it gets. */
const program = `
const { spawn } = require('node:child_process');
const other = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
let signals = 0;
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => {
  if (signals++ === 0) setTimeout(() => { process.stdout.write(' signals=' + signals); process.exit(7); }, 600);
});
setInterval(() => {}, 1000);
process.stdout.write(process.pid + ' ' + other.pid + ' ');
`;
const root = resolve(import.meta.dirname, '../..');
const starter = `
import { handOver } from ${JSON.stringify(join(import.meta.dirname, 'handover.mjs'))};
process.exit(await handOver(process.execPath,
  ['--import', './scripts/end-with-parent.ts', '-e', ${JSON.stringify(program)}],
  { cwd: ${JSON.stringify(root)}, env: process.env }));
`;

let child: ChildProcess | undefined;
afterEach(() => child?.kill('SIGKILL'));

async function start() {
  const { npm_lifecycle_event: _, ...env } = process.env;
  const started = spawn(process.execPath, ['--input-type=module', '-e', starter], {
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  child = started;
  let output = '';
  started.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text;
  });
  const exited = new Promise<number | null>((resolve) => started.once('exit', resolve));
  await vi.waitUntil(() => /\d+ \d+ /.test(output), { timeout: 20_000 });
  const pids = output.trim().split(' ').map(Number);
  return { started, exited, pids, output: () => output };
}

/** A process that is gone, or waits to be collected. */
function isGone(pid: number): boolean {
  try {
    return / Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return true;
  }
}

const gone = (pids: number[]) => () => pids.every(isGone);

describe.runIf(process.platform === 'linux')('handOver (needs /proc)', () => {
  it('passes a signal that comes twice once, and the exit code back', async () => {
    const { started, exited, pids, output } = await start();
    started.kill('SIGINT');
    started.kill('SIGTERM');
    expect(await exited).toBe(7);
    expect(output()).toContain('signals=1');
    await vi.waitUntil(gone(pids), { timeout: 20_000 });
  });

  it('leaves nothing behind when it is killed', async () => {
    const { started, pids } = await start();
    started.kill('SIGKILL');
    await vi.waitUntil(gone(pids), { timeout: 20_000 });
  });

  it('leaves nothing behind when the program is killed', async () => {
    const { exited, pids } = await start();
    process.kill(pids[0] ?? 0, 'SIGKILL');
    expect(await exited).toBe(137);
    await vi.waitUntil(gone(pids), { timeout: 20_000 });
  });
});
