import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';

/**
 * A hash over files, by their names and contents. Folders are walked; those named in `skip` are left out.
 *
 * @param {string} root names count from here
 * @param {readonly string[]} entries files and folders
 * @param {{ skip?: RegExp, salt?: string }} [options] `skip` is tested against bare names; `salt` is hashed too
 * @returns {string}
 */
export function hashFiles(root, entries, { skip, salt = '' } = {}) {
  const hash = createHash('sha256').update(salt);
  const visit = (/** @type {string} */ path, /** @type {boolean} */ isFolder) => {
    if (isFolder) {
      const children = readdirSync(path, { withFileTypes: true });
      for (const child of children.sort((a, b) => (a.name < b.name ? -1 : 1))) {
        if (!skip?.test(child.name)) visit(join(path, child.name), child.isDirectory());
      }
      return;
    }
    const contents = readFileSync(path);
    hash.update(`\0${relative(root, path)}\0${contents.length}\0`).update(contents);
  };
  for (const entry of entries) {
    const path = join(root, entry);
    visit(path, statSync(path).isDirectory());
  }
  return hash.digest('hex');
}

/** What a stamp file holds; nothing when there is none. @param {string} file @returns {string | undefined} */
export function readStamp(file) {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch {
    return undefined;
  }
}

/** Writes a stamp whole or not at all. @param {string} file @param {string} value */
export function writeStamp(file, value) {
  mkdirSync(dirname(file), { recursive: true });
  const fresh = `${file}.${process.pid}`;
  writeFileSync(fresh, `${value}\n`);
  renameSync(fresh, file);
}
