import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { runQuietly } from './command.mjs';
import { withLock } from './lock.mjs';
import { hashFiles, readStamp, writeStamp } from './stamp.mjs';
import { note, runStep } from './steps.mjs';

/** The package manager's version: here and nowhere else. */
const PNPM = 'pnpm@12.21.0';

/** Folders of the workspace, as in pnpm-workspace.yaml. */
const GROUPS = ['apps', 'packages'];

/** @param {string} root @returns {string[]} folders of the workspace that have dependencies */
function foldersWithDependencies(root) {
  const inGroups = GROUPS.flatMap((group) => readdirSync(join(root, group)).map((name) => join(group, name)));
  return [...inGroups, 'test'].filter((folder) => {
    const file = join(root, folder, 'package.json');
    if (!existsSync(file)) return false;
    const { dependencies, devDependencies } = JSON.parse(readFileSync(file, 'utf8'));
    return Object.keys({ ...dependencies, ...devDependencies }).length > 0;
  });
}

/**
 * Whether node_modules is what the lockfile says: the stamp of the last whole installation fits, and no package has
 * lost its links.
 *
 * @param {string} root
 * @returns {boolean}
 */
function isInstalled(root) {
  return (
    readStamp(stampFile(root)) === wanted(root) &&
    foldersWithDependencies(root).every((folder) => existsSync(join(root, folder, 'node_modules')))
  );
}

/** @param {string} root */
const stampFile = (root) => join(root, 'node_modules', '.spillway-installed');

/** @param {string} root */
function wanted(root) {
  const salt = [PNPM, process.platform, process.arch].join();
  return hashFiles(root, ['pnpm-lock.yaml', 'pnpm-workspace.yaml'], { salt });
}

/**
 * Installs the workspace from the lockfile, unless it is.
 *
 * @param {string} root
 * @returns {Promise<void>}
 */
export async function ensureInstalled(root) {
  if (isInstalled(root)) return;
  const wait = () => note('waiting for another run that is installing');
  await withLock(
    root,
    async () => {
      if (isInstalled(root)) return;
      await runStep('installing packages', async (detail) => {
        rmSync(stampFile(root), { force: true });
        // CI: pnpm asks no questions.
        const env = { ...process.env, CI: 'true', NO_COLOR: '1' };
        const args = ['--yes', PNPM, 'install', '--frozen-lockfile', '--reporter=append-only'];
        await runQuietly('npx', args, { cwd: root, env, onLine: detail });
        writeStamp(stampFile(root), wanted(root));
      });
    },
    wait,
  );
}
