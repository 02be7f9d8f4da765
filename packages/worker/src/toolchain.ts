import { CommandError, runCommand } from './command.ts';
import { commandFailure } from './command-failure.ts';
import { interrupted, reasonOf, WorkerUnavailableError } from './errors.ts';
import { isDebianFamily, type Platform } from './platform.ts';

/** Something a build needs, and the Debian package that brings it. */
interface Requirement {
  readonly package: string;
  /** What to tell where there are no Debian packages. */
  readonly description: string;
  /** A command that succeeds when it is there. */
  readonly probe: readonly [command: string, ...args: string[]];
}

function tool(command: string, debianPackage = command): Requirement {
  return { package: debianPackage, description: command, probe: [command, '--version'] };
}

function library(debianPackage: string, ...modules: readonly string[]): Requirement {
  return {
    package: debianPackage,
    description: `${modules.join(', ')} (development files)`,
    probe: ['pkg-config', '--exists', ...modules],
  };
}

const requirements: readonly Requirement[] = [
  tool('g++'),
  tool('meson'),
  tool('ninja', 'ninja-build'),
  tool('pkg-config'),
  tool('patch'),
  tool('flatc', 'flatbuffers-compiler'),
  {
    package: 'libflatbuffers-dev',
    description: 'flatbuffers (headers)',
    probe: [
      'g++',
      '-x',
      'c++',
      '-E',
      '-o',
      '/dev/null',
      '-include',
      'flatbuffers/flatbuffers.h',
      '/dev/null',
    ],
  },
  library('libssl-dev', 'openssl >= 3.0'),
  library('libuv1-dev', 'libuv >= 1.44'),
  library('libsrtp2-dev', 'libsrtp2 >= 2.5'),
  library('libabsl-dev', 'absl_flat_hash_map', 'absl_flat_hash_set', 'absl_hash', 'absl_optional'),
];

/** What mediasoup's own tests need besides. */
const forTests: readonly Requirement[] = [library('catch2', 'catch2 >= 2.13')];

/** What a faster build needs, on Debian and its like: see `srtp-library.ts`. Installed where that may be done. */
const wanted: readonly Requirement[] = [tool('make'), tool('dpkg-source', 'dpkg-dev')];

/** What the toolchain is allowed to do and whom it tells. */
export interface ToolchainOptions {
  readonly platform: Platform;
  readonly env: NodeJS.ProcessEnv;
  /** Whether missing packages may be installed, given the rights. */
  readonly allowInstall: boolean;
  /** Whether mediasoup's own tests are to be built too. Default false. */
  readonly tests?: boolean;
  readonly log: (line: string) => void;
  readonly signal?: AbortSignal | undefined;
}

type ProbeOptions = Pick<ToolchainOptions, 'env' | 'signal'>;

async function succeeds(requirement: Requirement, options: ProbeOptions): Promise<boolean> {
  const [command, ...args] = requirement.probe;

  try {
    await runCommand(command, args, { env: options.env, signal: options.signal });
    return true;
  } catch (error) {
    if (error instanceof CommandError && error.failure !== 'aborted') {
      return false;
    }
    throw error;
  }
}

async function findMissing(
  of: readonly Requirement[],
  options: ProbeOptions,
): Promise<readonly Requirement[]> {
  const present = await Promise.all(of.map((requirement) => succeeds(requirement, options)));

  return of.filter((_, index) => !present[index]);
}

/** How to get what a build lacks, in words for the operator. */
function howToInstall(missing: readonly Requirement[], platform: Platform): string {
  const packages = missing.map((one) => one.package).join(' ');

  return isDebianFamily(platform)
    ? `sudo apt-get update && sudo apt-get install --no-install-recommends ${packages}`
    : `install by this system's package manager what Debian names ${packages}`;
}

function toolsMissing(missing: readonly Requirement[], platform: Platform): WorkerUnavailableError {
  const problem = `Building mediasoup-worker needs ${missing.map((one) => one.description).join('; ')}.`;
  const how = howToInstall(missing, platform);
  const remedy = isDebianFamily(platform)
    ? `Install the packages and start again: ${how}`
    : `Start again after this: ${how}. Or set MEDIASOUP_WORKER_BIN to a mediasoup-worker built elsewhere.`;

  return new WorkerUnavailableError('WORKER_TOOLS_MISSING', problem, remedy);
}

/**
 * Looks whether a build could begin.
 *
 * @returns how to get what it lacks, or undefined when nothing is missing
 */
export async function whatIsMissing(
  options: Pick<ToolchainOptions, 'platform' | 'env' | 'signal'>,
): Promise<string | undefined> {
  const missing = await findMissing(requirements, options).catch((error: unknown) => {
    throw error instanceof CommandError ? interrupted(error) : error;
  });

  return missing.length === 0 ? undefined : howToInstall(missing, options.platform);
}

async function install(packages: readonly string[], options: ToolchainOptions): Promise<void> {
  const { env, signal } = options;
  // Another package manager at work, as on a machine's first boot, is waited for.
  const aptGet = (...args: string[]) =>
    runCommand('apt-get', ['-o', 'DPkg::Lock::Timeout=300', ...args], {
      env: { ...env, DEBIAN_FRONTEND: 'noninteractive' },
      signal,
    });
  const installPackages = () => aptGet('install', '--yes', '--no-install-recommends', ...packages);

  options.log(`installing Debian packages: ${packages.join(' ')}`);
  try {
    await installPackages();
  } catch (error) {
    if (!(error instanceof CommandError) || error.failure !== 'exit') {
      throw error;
    }
    // Package lists are often absent from images, and outdated elsewhere.
    options.log('updating the package lists');
    await aptGet('update');
    await installPackages();
  }
}

/** What only makes the worker faster is no reason to fail. */
async function installWanted(options: ToolchainOptions): Promise<void> {
  const packages = (await findMissing(wanted, options)).map((one) => one.package);

  if (packages.length === 0) {
    return;
  }
  try {
    await install(packages, options);
  } catch (error) {
    if (!(error instanceof CommandError) || error.failure === 'aborted') {
      throw error;
    }
    options.log(`going on without ${packages.join(' and ')}: ${reasonOf(error)}`);
  }
}

/**
 * Makes sure that everything a build needs is there, installing Debian packages where that is possible and allowed.
 *
 * @throws {WorkerUnavailableError} with the command to run when something stays missing.
 */
export async function ensureToolchain(options: ToolchainOptions): Promise<void> {
  const { platform, allowInstall, tests = false } = options;
  const needed = tests ? [...requirements, ...forTests] : requirements;
  const mayInstall = allowInstall && isDebianFamily(platform) && process.getuid?.() === 0;

  try {
    let missing = await findMissing(needed, options);

    if (missing.length > 0 && mayInstall) {
      const all = [...missing, ...(await findMissing(wanted, options))];

      await install(
        all.map((one) => one.package),
        options,
      );
      missing = await findMissing(needed, options);
    } else if (mayInstall) {
      await installWanted(options);
    }
    if (missing.length > 0) {
      throw toolsMissing(missing, platform);
    }
  } catch (error) {
    throw commandFailure(error, {
      code: 'WORKER_INSTALL_FAILED',
      problem: ({ message, lastLines }) =>
        `Installing the build packages failed: ${[message, ...lastLines.slice(-5)].join('\n')}`,
      remedy:
        'Mend what apt-get complains about and start again, or set MEDIASOUP_WORKER_BIN to a mediasoup-worker built elsewhere.',
    });
  }
}
