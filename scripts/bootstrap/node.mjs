import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { StepError } from './steps.mjs';

/** The oldest Node that runs the TypeScript of this repository. */
const OLDEST_NODE = 24;

/** @param {string} version as `v26.10.0` @returns {number} 0 when it is none */
export function majorOf(version) {
  return Number(/^v(\d+)\./.exec(version)?.[1] ?? 0);
}

/**
 * Which Node to run with: the one from the lockfile, else the system's where it is new enough.
 *
 * @param {{ pinned: string, pinnedVersion: string, system: string, systemVersion: string }} options
 *   `pinnedVersion` is empty where that Node is absent or does not run here
 * @returns {string}
 * @throws {StepError} when neither will do
 */
export function chooseNode({ pinned, pinnedVersion, system, systemVersion }) {
  if (majorOf(pinnedVersion) >= OLDEST_NODE) return pinned;
  if (majorOf(systemVersion) >= OLDEST_NODE) return system;
  throw new StepError(
    `there is no packaged Node for ${process.platform} ${process.arch}, and this system's is ${systemVersion}`,
    {
      advice: `install Node ${OLDEST_NODE} or newer (https://nodejs.org/download) and run the same command again.`,
    },
  );
}

/** The Node that everything after the installation runs with. @param {string} root @returns {string} */
export function findNode(root) {
  const pinned = join(root, 'node_modules', '.bin', 'node');
  const { stdout } = spawnSync(pinned, ['--version'], { encoding: 'utf8' });
  return chooseNode({
    pinned,
    pinnedVersion: stdout?.trim() ?? '',
    system: process.execPath,
    systemVersion: process.version,
  });
}
