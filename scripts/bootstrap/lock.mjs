import { createHash } from 'node:crypto';
import { rmSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * The lock is a local socket that its holder listens on: the system frees it at the very moment the holder dies, and
 * those who wait learn of it because their connection ends. On Linux it is an abstract one, which leaves no file.
 *
 * @param {string} folder
 * @returns {string}
 */
function socketName(folder) {
  const user = process.getuid?.() ?? 0;
  const name = `spillway-${user}-${createHash('sha256').update(folder).digest('hex').slice(0, 16)}`;
  return process.platform === 'linux' ? `\0${name}` : join(tmpdir(), `${name}.sock`);
}

/**
 * @param {string} name
 * @returns {Promise<(() => void) | undefined>} frees the lock; undefined: another one holds it
 */
function tryListen(name) {
  return new Promise((resolve, reject) => {
    /** @type {Set<import('node:net').Socket>} */
    const waiting = new Set();
    const server = createServer((socket) => {
      waiting.add(socket);
      socket.on('error', () => {}).on('close', () => waiting.delete(socket));
    });
    server.once('error', (/** @type {NodeJS.ErrnoException} */ error) => {
      if (error.code === 'EADDRINUSE') resolve(undefined);
      else reject(error);
    });
    server.listen(name, () => {
      resolve(() => {
        server.close();
        for (const socket of waiting) socket.destroy();
      });
    });
  });
}

/** Waits until the holder is gone. @param {string} name @returns {Promise<void>} */
function waitForHolder(name) {
  return new Promise((resolve) => {
    const socket = connect(name);
    socket.once('error', (/** @type {NodeJS.ErrnoException} */ error) => {
      // A socket file that nobody listens on is what a killed holder left.
      if (error.code === 'ECONNREFUSED' && !name.startsWith('\0')) rmSync(name, { force: true });
    });
    socket.once('close', () => setTimeout(resolve, 50));
  });
}

/**
 * Lets one run at a time change what a folder holds.
 *
 * @template T
 * @param {string} folder
 * @param {() => Promise<T>} run
 * @param {() => void} [onWait] called once when another run has the lock
 * @returns {Promise<T>}
 */
export async function withLock(folder, run, onWait) {
  const name = socketName(folder);
  let release = await tryListen(name);
  if (!release) onWait?.();
  while (!release) {
    await waitForHolder(name);
    release = await tryListen(name);
  }
  try {
    return await run();
  } finally {
    release();
  }
}
