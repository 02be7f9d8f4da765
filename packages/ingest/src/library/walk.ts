import type { Dirent } from 'node:fs';
import { readdir, realpath, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { compileCheck, LibraryPath } from '@spillway/protocol';
import { isVideoName } from './file-args.ts';
import { type FoundFile, isInside } from './resolve-path.ts';

const MAX_FILES = 2000;
const MAX_DEPTH = 8;
/** Names that are looked at, of whatever kind. */
const MAX_NAMES = 50_000;

const checkPath = compileCheck(LibraryPath);

/** A video file of the library. */
export interface ListedFile extends FoundFile {
  /** Its path below the library. */
  readonly name: string;
}

export interface Listing {
  readonly files: readonly ListedFile[];
  /** Whether there are more files, or folders further down. */
  readonly truncated: boolean;
}

/** Finds the video files below a folder, without hidden ones. A folder that is not there has none. */
export async function listVideoFiles(root: string, maxFiles = MAX_FILES): Promise<Listing> {
  const folder = await realpath(root).catch(() => undefined);
  if (folder === undefined) return { files: [], truncated: false };
  const walk = new Walk(folder, maxFiles);
  await walk.enter('', folder, 0);
  return { files: walk.files, truncated: walk.truncated };
}

class Walk {
  readonly files: ListedFile[] = [];
  truncated = false;
  readonly #root: string;
  readonly #maxFiles: number;
  /** Links may lead to a folder twice, or around. */
  readonly #entered = new Set<string>();
  #names = 0;

  constructor(root: string, maxFiles: number) {
    this.#root = root;
    this.#maxFiles = maxFiles;
  }

  async enter(name: string, real: string, depth: number): Promise<void> {
    if (this.#entered.has(real)) return;
    this.#entered.add(real);
    const entries = await readdir(real, { withFileTypes: true }).catch((): Dirent[] => []);
    entries.sort((one, other) => (one.name < other.name ? -1 : 1));
    for (const entry of entries) {
      this.#names += 1;
      if (this.#names > MAX_NAMES) this.truncated = true;
      if (this.truncated && this.files.length >= this.#maxFiles) return;
      if (this.#names > MAX_NAMES) return;
      const below = name === '' ? entry.name : `${name}/${entry.name}`;
      if (checkPath(below).ok) await this.#look(entry, below, join(real, entry.name), depth);
    }
  }

  async #look(entry: Dirent, name: string, path: string, depth: number): Promise<void> {
    const plain = entry.isDirectory() || entry.isFile();
    if (!plain && !entry.isSymbolicLink()) return;
    const real = plain ? path : await realpath(path).catch(() => undefined);
    const found = real === undefined ? undefined : await stat(real).catch(() => undefined);
    if (real === undefined || !found || !isInside(this.#root, real)) return;
    if (found.isDirectory()) {
      if (depth < MAX_DEPTH) await this.enter(name, real, depth + 1);
      else this.truncated = true;
      return;
    }
    if (!found.isFile() || !isVideoName(name)) return;
    if (this.files.length >= this.#maxFiles) this.truncated = true;
    else this.files.push({ name, path: real, size: found.size, modifiedMs: found.mtimeMs });
  }
}
