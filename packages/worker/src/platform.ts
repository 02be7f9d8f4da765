import { readdirSync, readFileSync } from 'node:fs';
import { release } from 'node:os';

/** What a worker binary depends on besides its sources. */
export interface Platform {
  /** As `process.platform`. */
  readonly os: string;
  /** As `process.arch`. */
  readonly arch: string;
  /** C library; only Linux has the choice. */
  readonly libc: 'glibc' | 'musl' | undefined;
  /** First number of the kernel's release. */
  readonly kernelMajor: number;
  /** `ID`, `VERSION_ID` and `ID_LIKE` of os-release(5); Linux only. A binary is linked against its libraries. */
  readonly distribution: Distribution | undefined;
}

export interface Distribution {
  readonly id: string;
  readonly version: string;
  readonly like: readonly string[];
}

/** Parses os-release(5). Missing keys become `linux` and `rolling`. */
export function parseOsRelease(text: string): Distribution {
  const values = new Map<string, string>();

  for (const line of text.split('\n')) {
    const match = /^([A-Z_]+)=(["']?)(.*)\2$/.exec(line.trim());

    if (match?.[1] !== undefined && match[3] !== undefined) {
      values.set(match[1], match[3]);
    }
  }

  return {
    id: values.get('ID') ?? 'linux',
    version: values.get('VERSION_ID') ?? values.get('VERSION_CODENAME') ?? 'rolling',
    like: (values.get('ID_LIKE') ?? '').split(/\s+/).filter((id) => id !== ''),
  };
}

function readOsRelease(): Distribution {
  for (const file of ['/etc/os-release', '/usr/lib/os-release']) {
    try {
      return parseOsRelease(readFileSync(file, 'utf8'));
    } catch {
      // The next place; a system without either is told from others by its other properties.
    }
  }

  return parseOsRelease('');
}

function hasMuslLoader(): boolean {
  try {
    return readdirSync('/lib').some((name) => name.startsWith('ld-musl-'));
  } catch {
    return false;
  }
}

/** Looks at the machine this process runs on. */
export function detectPlatform(): Platform {
  const linux = process.platform === 'linux';

  return {
    os: process.platform,
    arch: process.arch,
    libc: linux ? (hasMuslLoader() ? 'musl' : 'glibc') : undefined,
    kernelMajor: Number.parseInt(release(), 10),
    distribution: linux ? readOsRelease() : undefined,
  };
}

/** Whether Debian's packages, and apt-get to install them, are to be expected. */
export function isDebianFamily({ distribution }: Platform): boolean {
  return (
    distribution !== undefined &&
    [distribution.id, ...distribution.like].some((id) => id === 'debian' || id === 'ubuntu')
  );
}

/** The file name of the binary. */
export function executableName({ os }: Platform): string {
  return os === 'win32' ? 'mediasoup-worker.exe' : 'mediasoup-worker';
}

/**
 * The name under which a binary is kept: equal for two machines and checkouts exactly when one can use the other's.
 *
 * @param recipe hash of what goes into a build besides mediasoup's own sources.
 */
export function cacheKey(version: string, platform: Platform, recipe: string): string {
  const { os, arch, libc, distribution } = platform;
  const parts = [
    version,
    os,
    arch,
    libc,
    distribution && `${distribution.id}${distribution.version}`,
    recipe,
  ];

  return parts
    .filter((part) => part !== undefined)
    .join('-')
    .replace(/[^a-zA-Z0-9._-]/g, '_');
}
