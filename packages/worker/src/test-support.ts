import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { WorkerUnavailableError } from './errors.ts';
import { detectPlatform } from './platform.ts';
import { ensureToolchain } from './toolchain.ts';

/** A folder that goes with the test. */
export function temporaryDir(): string {
  const dir = mkdtempSync(join(tmpdir(), 'spillway-worker-test-'));

  onTestFinished(() => rmSync(dir, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 }));

  return dir;
}

/** An executable shell script. */
export function script(dir: string, name: string, body: string): string {
  const path = join(dir, name);

  writeFileSync(path, `#!/bin/sh\n${body}\n`, { mode: 0o755 });

  return path;
}

/**
 * A folder for PATH with all that a build needs, which makes a given worker in no time.
 *
 * @param ninja what ninja does instead
 */
export function fakeToolchain(worker: string, ninja = `/bin/cp ${worker} "$2/mediasoup-worker"`): string {
  const dir = temporaryDir();

  for (const tool of ['g++', 'pkg-config', 'patch', 'flatc', 'make', 'dpkg-source']) {
    script(dir, tool, 'exit 0');
  }
  script(dir, 'meson', '[ "$1" = setup ] || exit 0\nfor last; do :; done\n/bin/mkdir "$last"');
  script(dir, 'ninja', `[ "$1" = -C ] || exit 0\necho "[3/7] compiling"\n${ninja}`);
  script(dir, 'strip', '/bin/cp "$3" "$2"');

  return dir;
}

/** A web server that goes with the test, and its address without a slash at the end. */
export async function webServer(listener: RequestListener): Promise<string> {
  const server = createServer(listener);

  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });

  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** The living processes whose command line contains a text. Linux only. */
export function processesWith(text: string): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(text);
      } catch {
        return false;
      }
    });
}

/** Whether a worker can be built here, after installing what may be installed. */
export async function canBuild(): Promise<boolean> {
  try {
    await ensureToolchain({
      platform: detectPlatform(),
      env: process.env,
      allowInstall: true,
      log: (line) => process.stderr.write(`${line}\n`),
    });

    return true;
  } catch (error) {
    if (error instanceof WorkerUnavailableError && error.code === 'WORKER_TOOLS_MISSING') {
      return false;
    }
    throw error;
  }
}
