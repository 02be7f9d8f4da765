import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';

const folder = resolve(import.meta.dirname, '../artifacts');

/** A file in `test/artifacts`, for what helps to understand a failed test. Git leaves that folder out. */
export function artifactFile(testName: string, extension: string): string {
  mkdirSync(folder, { recursive: true });
  return join(folder, `${testName.replaceAll(/[^A-Za-z0-9]+/g, '-')}.${extension}`);
}
