import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { STOP_SIGNALS } from './bootstrap/parent.mjs';

// Runs every check, even after one has failed, and sums up. `--check`: types and style only. Other arguments go to vitest.

/** Milliseconds that the tests have to end in after a signal. */
const STOP_MS = 10_000;

const root = resolve(import.meta.dirname, '..');
const plain = !process.stdout.isTTY;
const folder = mkdtempSync(join(tmpdir(), 'spillway-test-'));
const countFile = join(folder, 'count');
const env = { ...process.env, TEST_COUNT_FILE: countFile, ...(plain ? { NO_COLOR: '1' } : {}) };

const inModules = (path: string) => join(root, 'node_modules', path);
const tsc = inModules('typescript/bin/tsc');
const biome = inModules('@biomejs/biome/bin/biome');
const vitest = inModules('vitest/vitest.mjs');

let stopped = false;
let current: ChildProcess | undefined;
for (const signal of STOP_SIGNALS) {
  process.on(signal, () => {
    if (stopped) return;
    stopped = true;
    // vitest has things to put away; the others have not, and the type checker heeds no signal.
    current?.kill(current.spawnargs.includes(vitest) ? signal : 'SIGKILL');
    setTimeout(() => current?.kill('SIGKILL'), STOP_MS).unref();
  });
}

/** Runs one check with this Node, its output going to ours. */
function run(title: string, args: readonly string[]): Promise<boolean> {
  process.stdout.write(`\n== ${title}\n`);
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, { cwd: root, env, stdio: 'inherit' });
    current = child;
    child.once('error', reject);
    child.once('exit', (code) => resolve(code === 0));
  });
}

const args = process.argv.slice(2);
const checks: [title: string, args: string[]][] = [
  ['types (server)', [tsc, '-p', 'tsconfig.json']],
  ['types (browser)', [tsc, '-p', 'tsconfig.web.json']],
  ['types (end to end)', [tsc, '-p', 'tsconfig.test.json']],
  ['style', [biome, 'ci', ...(plain ? ['--colors=off'] : []), '.']],
];
if (args[0] !== '--check') {
  const reporters = ['--reporter=default', '--reporter=./scripts/test/count-reporter.ts'];
  checks.push(['tests', [vitest, 'run', ...reporters, ...args]]);
}

const results: [title: string, passed: boolean][] = [];
try {
  for (const [title, command] of checks) {
    if (!stopped) results.push([title, await run(title, command)]);
  }
  process.stdout.write('\n== summary\n');
  for (const [title, passed] of results) process.stdout.write(`${passed ? 'passed' : 'FAILED'}  ${title}\n`);
  if (existsSync(countFile)) process.stdout.write(readFileSync(countFile, 'utf8'));
} finally {
  rmSync(folder, { recursive: true, force: true });
}
process.exitCode = !stopped && results.every(([, passed]) => passed) ? 0 : 1;
