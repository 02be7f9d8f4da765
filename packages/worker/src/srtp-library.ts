import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { sourceLines, sourceStanzas } from './apt-sources.ts';
import { CommandError, runCommand } from './command.ts';
import { reasonOf } from './errors.ts';
import type { Recipe } from './recipe.ts';

/** Where libsrtp is built, and how. */
export interface SrtpLibraryOptions {
  /** The folder for sources and result. It must not exist; the result is needed until the worker is linked. */
  readonly dir: string;
  readonly recipe: Recipe;
  readonly env: NodeJS.ProcessEnv;
  readonly log: (line: string) => void;
  readonly signal?: AbortSignal | undefined;
}

/** Which libsrtp a worker is built with. */
export interface SrtpLibrary {
  /** As manifests name it. */
  readonly name: 'openssl-static' | 'system';
  /** Variables by which the worker's build finds it. */
  readonly env: NodeJS.ProcessEnv;
}

const ETC_APT = '/etc/apt';
const SYSTEM: SrtpLibrary = { name: 'system', env: {} };

/**
 * Builds libsrtp on OpenSSL, from the distribution's own sources, where the distribution's library is built on NSS, as
 * Debian's is: NSS costs several times what the encryption of a packet costs, and 40 kB more for each viewer.
 *
 * Where that fails, the system's library is used, with the reason in the log.
 */
export async function buildSrtpLibrary(options: SrtpLibraryOptions): Promise<SrtpLibrary> {
  const { dir, log, env } = options;

  if (!(await isOnNss(options)) || !existsSync(ETC_APT)) {
    return SYSTEM;
  }

  try {
    log('building libsrtp on OpenSSL, from the sources of this distribution');
    await mkdir(dir);
    const source = await fetchSource(options);
    const prefix = join(dir, 'prefix');
    const run = (command: string, ...args: string[]) =>
      runCommand(command, args, { ...options, cwd: source });

    await run('./configure', `--prefix=${prefix}`, ...options.recipe.srtpArguments);
    // Without the shared library: the linker would prefer it, and it goes with this folder.
    await run('make', 'libsrtp2.a');
    await run('make', 'install');

    const path = [join(prefix, 'lib', 'pkgconfig'), env.PKG_CONFIG_PATH].filter(Boolean).join(':');

    return { name: 'openssl-static', env: { PKG_CONFIG_PATH: path } };
  } catch (error) {
    if (error instanceof CommandError && error.failure !== 'aborted') {
      log(
        `using the system's libsrtp, which is slower: ${[reasonOf(error), ...error.lastLines.slice(-2)].join(' ')}`,
      );
      return SYSTEM;
    }
    throw error;
  }
}

async function isOnNss({ env, signal }: SrtpLibraryOptions): Promise<boolean> {
  let nss = false;

  await runCommand('pkg-config', ['--libs', '--static', 'libsrtp2'], {
    env,
    signal,
    onLine: (line) => {
      nss ||= line.includes('-lnss3');
    },
  });

  return nss;
}

/** Fetches, checks and unpacks the sources by apt, which needs no rights for that, and names their folder. */
async function fetchSource({ dir, env, signal }: SrtpLibraryOptions): Promise<string> {
  const parts = join(dir, 'sources.list.d');
  const lists = join(dir, 'lists');

  await writeSourceLists(parts);
  await mkdir(join(lists, 'partial'), { recursive: true });
  const aptGet = (...args: string[]) =>
    runCommand(
      'apt-get',
      [
        ...['Dir::Etc::sourcelist=/dev/null', `Dir::Etc::sourceparts=${parts}`, `Dir::State::lists=${lists}`],
        ...['Dir::Cache::pkgcache=', 'Dir::Cache::srcpkgcache='],
      ]
        .flatMap((option) => ['-o', option])
        .concat(args),
      { cwd: dir, env: { ...env, LC_ALL: 'C.UTF-8' }, signal },
    );

  // Sources from elsewhere may have no packages in source; what counts is whether libsrtp's are there.
  await aptGet('update').catch((error: unknown) => {
    if (!(error instanceof CommandError) || error.failure !== 'exit') throw error;
  });
  await aptGet('source', 'libsrtp2');
  const folders = await readdir(dir, { withFileTypes: true });
  const source = folders.find((entry) => entry.isDirectory() && entry.name.startsWith('libsrtp2-'));

  if (!source) {
    throw new CommandError('apt-get source unpacked no libsrtp2', 'exit', []);
  }

  return join(dir, source.name);
}

async function writeSourceLists(parts: string): Promise<void> {
  await mkdir(parts);
  const named = (await readdir(join(ETC_APT, 'sources.list.d')).catch(() => [])).map((name) =>
    join('sources.list.d', name),
  );

  for (const [index, name] of ['sources.list', ...named].entries()) {
    const text = await readFile(join(ETC_APT, name), 'utf8').catch(() => '');
    const [ending, converted] = name.endsWith('.sources')
      ? ['sources', sourceStanzas(text)]
      : ['list', sourceLines(text)];

    if (converted) {
      await writeFile(join(parts, `${index}.${ending}`), converted);
    }
  }
}
