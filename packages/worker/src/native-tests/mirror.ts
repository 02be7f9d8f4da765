import { copyFile, mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';

async function filesIn(dir: string): Promise<Set<string>> {
  const entries = await readdir(dir, { recursive: true, withFileTypes: true });

  return new Set(
    entries
      .filter((entry) => entry.isFile())
      .map((entry) => relative(dir, join(entry.parentPath, entry.name))),
  );
}

async function contentOf(file: string): Promise<Buffer | undefined> {
  try {
    return await readFile(file);
  } catch {
    return undefined;
  }
}

/**
 * Makes a folder's files those of another. Files that are the same already keep their times, so that a build tool makes
 * anew what has changed and nothing else.
 *
 * @returns how many files were written or removed.
 */
export async function mirror(from: string, to: string): Promise<number> {
  await mkdir(to, { recursive: true });
  const [wanted, present] = await Promise.all([filesIn(from), filesIn(to)]);
  let changes = 0;

  for (const name of present) {
    if (!wanted.has(name)) {
      await rm(join(to, name));
      changes++;
    }
  }
  for (const name of wanted) {
    const [content, former] = await Promise.all([readFile(join(from, name)), contentOf(join(to, name))]);

    if (former === undefined || !content.equals(former)) {
      await mkdir(dirname(join(to, name)), { recursive: true });
      await copyFile(join(from, name), join(to, name));
      changes++;
    }
  }

  return changes;
}
