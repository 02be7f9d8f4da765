import { readFileSync, readlinkSync } from 'node:fs';
import { basename } from 'node:path';

const CHECK_MS = 1000;

/** Signals that ask to stop. The end of the terminal is one, as for any program. @type {readonly NodeJS.Signals[]} */
export const STOP_SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'];

/**
 * The parent of a process, where the system shows it in /proc.
 *
 * @param {number} pid
 * @returns {number | undefined}
 */
function parentOf(pid) {
  try {
    // "PID (name) state PPID …", and the name may hold anything.
    return Number(
      readFileSync(`/proc/${pid}/stat`, 'utf8')
        .replace(/^.*\) \S+ /s, '')
        .split(' ')[0],
    );
  } catch {
    return undefined;
  }
}

/** @param {number} pid */
function isNode(pid) {
  try {
    return basename(readlinkSync(`/proc/${pid}/exe`)) === basename(process.execPath);
  } catch {
    return true;
  }
}

/**
 * Tells when npm, which started this process, is gone: one that is killed can pass on no signal. Without npm nothing is
 * watched, because a shell that ends is no reason to stop.
 *
 * @param {() => void} onGone
 * @returns {() => void} stops watching
 */
export function watchParent(onGone) {
  if (!process.env.npm_lifecycle_event) return () => {};
  const parent = process.ppid;
  // npm starts a script by a shell; some shells give their place to the last command, others wait for it.
  const npm = isNode(parent) ? undefined : parentOf(parent);
  const timer = setInterval(() => {
    if (process.ppid === parent && (npm === undefined || parentOf(parent) === npm)) return;
    clearInterval(timer);
    onGone();
  }, CHECK_MS).unref();
  return () => clearInterval(timer);
}
