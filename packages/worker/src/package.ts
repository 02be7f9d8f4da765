import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

/** The installed mediasoup package. */
export interface MediasoupPackage {
  /** Its exact version, such as `3.27.1`. */
  readonly version: string;
  /** The folder with the worker's sources. */
  readonly workerDir: string;
}

/** Finds the installed mediasoup without loading it. */
export function mediasoupPackage(): MediasoupPackage {
  // Its exports hide package.json, so the way there is from the main module, <package>/node/lib/index.js.
  const main = createRequire(import.meta.url).resolve('mediasoup');
  const root = dirname(dirname(dirname(main)));
  const manifest: unknown = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));

  if (
    typeof manifest !== 'object' ||
    manifest === null ||
    !('version' in manifest) ||
    typeof manifest.version !== 'string'
  ) {
    throw new Error(`${join(root, 'package.json')} names no version`);
  }

  return { version: manifest.version, workerDir: join(root, 'worker') };
}
