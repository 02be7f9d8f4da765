import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { createInterface } from 'node:readline';
import { adviceFor } from './advice.mjs';
import { STOP_SIGNALS, watchParent } from './parent.mjs';
import { StepError } from './steps.mjs';

const KEPT_LINES = 20;
/** npm's remarks about settings of the user that it does not know. */
const NOISE = /^npm warn Unknown .* config /;
/** @type {Set<number>} */
const groups = new Set();

/**
 * Makes a signal that ends this process end the commands that it runs too, with all that they have started.
 *
 * @param {() => void} [before] called first
 * @returns {() => void} takes it back
 */
export function endCommandsWithThis(before = () => {}) {
  const end = (/** @type {NodeJS.Signals} */ signal) => {
    before();
    for (const group of groups) endGroup(group, 'SIGKILL');
    process.exit(128 + constants.signals[signal]);
  };
  const unwatch = watchParent(() => end('SIGTERM'));
  for (const signal of STOP_SIGNALS) process.on(signal, end);
  return () => {
    unwatch();
    for (const signal of STOP_SIGNALS) process.off(signal, end);
  };
}

/** @param {number} group its leader's process id @param {NodeJS.Signals} signal */
export function endGroup(group, signal) {
  try {
    process.kill(-group, signal);
  } catch {
    // It is gone already.
  }
}

/**
 * Runs a command quietly to its end, in a process group of its own.
 *
 * @param {string} command
 * @param {readonly string[]} args
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv, onLine?: (line: string) => void }} [options]
 * @returns {Promise<void>}
 * @throws {StepError} with the last lines of its output and what to do
 */
export async function runQuietly(command, args, { cwd, env, onLine } = {}) {
  /** @type {string[]} */
  const lastLines = [];
  const child = spawn(command, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
  if (child.pid !== undefined) groups.add(child.pid);
  for (const input of [child.stdout, child.stderr]) {
    createInterface({ input }).on('line', (line) => {
      if (line.trim() === '' || NOISE.test(line)) return;
      lastLines.push(line);
      if (lastLines.length > KEPT_LINES) lastLines.shift();
      onLine?.(line.trim());
    });
  }
  const shown = [command, ...args].join(' ');
  try {
    /** @type {string | undefined} */
    const failure = await new Promise((resolve) => {
      child.once('error', (error) => resolve(`could not be started: ${error.message}`));
      child.once('close', (code, signal) => {
        if (signal) resolve(`was ended by ${signal}`);
        else resolve(code === 0 ? undefined : `ended with exit code ${code}`);
      });
    });
    if (failure) throw new StepError(`"${shown}" ${failure}`, { lastLines, advice: adviceFor(lastLines) });
  } finally {
    if (child.pid !== undefined) groups.delete(child.pid);
  }
}
