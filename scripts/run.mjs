#!/usr/bin/env node
// Entry of every npm script: prepares what the command needs and runs it. Runs on Node 20 with nothing installed; all
// that needs more is in TypeScript and runs with the Node that the lockfile names.
import { delimiter, dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { endCommandsWithThis } from './bootstrap/command.mjs';
import { handOver } from './bootstrap/handover.mjs';
import { ensureInstalled } from './bootstrap/install.mjs';
import { findNode } from './bootstrap/node.mjs';
import { failureText } from './bootstrap/steps.mjs';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const [command = '', ...args] = process.argv.slice(2);

/** What each command runs, one after the other. @type {Record<string, (readonly string[])[]>} */
const commands = {
  start: [['scripts/setup.ts'], ['apps/server/src/main.ts', ...args]],
  setup: [['scripts/setup.ts']],
  test: [
    ['scripts/setup.ts', '--tests'],
    ['scripts/test.ts', ...args],
  ],
  'test:worker': [['packages/worker/src/native-tests/cli.ts', ...args]],
  load: [['packages/loadgen/src/cli.ts', ...args]],
  bench: [['scripts/setup.ts'], ['packages/loadgen/src/bench/cli.ts', ...args]],
  check: [['scripts/test.ts', '--check']],
};

async function run() {
  const programs = commands[command];
  if (!programs) {
    process.stderr.write(`usage: node scripts/run.mjs ${Object.keys(commands).join('|')} [ARGUMENT...]\n`);
    return 2;
  }
  const release = endCommandsWithThis();
  await ensureInstalled(root);
  const node = findNode(root);
  release();

  const paths = [dirname(node), join(root, 'node_modules', '.bin'), process.env.PATH];
  const env = { ...process.env, PATH: paths.join(delimiter) };
  for (const program of programs) {
    const code = await handOver(node, ['--import', './scripts/end-with-parent.ts', ...program], {
      cwd: root,
      env,
    });
    if (code !== 0) return code;
  }
  return 0;
}

try {
  process.exitCode = await run();
} catch (error) {
  process.stderr.write(`${failureText(error)}\n`);
  process.exitCode = 1;
}
