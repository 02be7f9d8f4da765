import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { endGroup } from './command.mjs';
import { STOP_SIGNALS, watchParent } from './parent.mjs';

/** Milliseconds within which a repeated signal is the same one: Ctrl-C reaches this process from the terminal and from npm. */
const SAME_SIGNAL_MS = 400;

/**
 * Runs a program in the foreground as if it were this process: it gets this process's signals, each once, and it ends
 * when this process does, however that ends. What it leaves behind in its process group is ended after it.
 *
 * It leads a group of its own, so that a Ctrl-C of the terminal comes to it by this process only. Its IPC channel
 * closes when this process dies; `scripts/end-with-parent.ts`, loaded into it, then ends it.
 *
 * @param {string} command
 * @param {readonly string[]} args
 * @param {{ cwd: string, env: NodeJS.ProcessEnv }} options
 * @returns {Promise<number>} its exit code, or 128 and the signal's number
 */
export function handOver(command, args, { cwd, env }) {
  const child = spawn(command, args, {
    cwd,
    env,
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
    detached: true,
  });
  let last = Number.NEGATIVE_INFINITY;
  const pass = (/** @type {NodeJS.Signals} */ signal) => {
    if (performance.now() - last < SAME_SIGNAL_MS) return;
    last = performance.now();
    child.kill(signal === 'SIGHUP' ? 'SIGTERM' : signal);
  };
  for (const signal of STOP_SIGNALS) process.on(signal, pass);
  const unwatch = watchParent(() => child.kill('SIGTERM'));

  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code, signal) => {
      if (child.pid !== undefined) endGroup(child.pid, 'SIGKILL');
      resolve(code ?? 128 + constants.signals[signal ?? 'SIGTERM']);
    });
  }).finally(() => {
    unwatch();
    for (const signal of STOP_SIGNALS) process.off(signal, pass);
  });
}
