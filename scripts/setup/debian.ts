import { accessSync, constants, existsSync, globSync, readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { runQuietly } from '../bootstrap/command.mjs';
import { StepError } from '../bootstrap/steps.mjs';

/** Something that is needed, and the Debian package that brings it. */
export interface Tool {
  /** The program, or a file by which the package is known; `*` stands for one folder. */
  command?: string;
  file?: string;
  package: string;
  /** Who needs it: the server, or only the tests. */
  for: 'server' | 'tests';
  /** What does not work without it. */
  without: string;
}

/** Every Debian package that the server and the tests use; those of the worker's build are in packages/worker. */
export const tools: readonly Tool[] = [
  { command: 'ffmpeg', package: 'ffmpeg', for: 'server', without: 'the demo and sources that run FFmpeg' },
  { command: 'chromium', package: 'chromium', for: 'tests', without: 'the tests with a browser' },
  {
    command: 'firefox-esr',
    package: 'firefox-esr',
    for: 'tests',
    without: 'the tests with a second browser',
  },
  { command: 'openssl', package: 'openssl', for: 'tests', without: 'the tests with a camera by TLS' },
  ...[
    { file: '/usr/lib/*/girepository-1.0/GstRtspServer-1.0.typelib', package: 'gir1.2-gst-rtsp-server-1.0' },
    { file: '/usr/lib/python3/dist-packages/gi/__init__.py', package: 'python3-gi' },
    { file: '/usr/lib/*/gstreamer-1.0/libgstrtp.so', package: 'gstreamer1.0-plugins-good' },
    { file: '/usr/lib/*/gstreamer-1.0/libgstvideoparsersbad.so', package: 'gstreamer1.0-plugins-bad' },
  ].map((part) => ({ ...part, for: 'tests' as const, without: 'the tests with a camera' })),
  ...[
    { file: '/usr/lib/python3/dist-packages/aiortc/__init__.py', package: 'python3-aiortc' },
    { file: '/usr/lib/*/gstreamer-1.0/libgstnice.so', package: 'gstreamer1.0-nice' },
    { file: '/usr/lib/*/girepository-1.0/GstWebRTC-1.0.typelib', package: 'gir1.2-gst-plugins-bad-1.0' },
  ].map((part) => ({ ...part, for: 'tests' as const, without: 'the tests with clients of WHIP and WHEP' })),
];

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** The tools that are not on the PATH. Folders of system programs count too: they are not on every user's PATH. */
export function missingTools(who: 'server' | 'tests', path = process.env.PATH ?? ''): Tool[] {
  const folders = [...path.split(delimiter).filter(Boolean), '/usr/sbin', '/sbin'];
  return tools
    .filter((tool) => who === 'tests' || tool.for === 'server')
    .filter(
      ({ command, file }) =>
        !(command === undefined || folders.some((folder) => isExecutable(join(folder, command)))) ||
        !(file === undefined || globSync(file).length > 0),
    );
}

/** Whether an `os-release` file is that of Debian or of a system made from it. */
export function isDebianFamily(osRelease: string): boolean {
  return osRelease.split('\n').some((line) => /^ID(_LIKE)?=/.test(line) && /\b(debian|ubuntu)\b/.test(line));
}

/** Whether packages can be installed here by this process. */
export function canInstall(): boolean {
  if (process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get')) return false;
  return existsSync('/etc/os-release') && isDebianFamily(readFileSync('/etc/os-release', 'utf8'));
}

/** The command that a person with the right to do so runs. */
export function installCommand(packages: readonly string[]): string {
  return `sudo apt-get update && sudo apt-get install -y --no-install-recommends ${packages.join(' ')}`;
}

/**
 * Installs Debian packages. The package lists are often absent from images and stale elsewhere: they are fetched when
 * the first attempt fails.
 *
 * @throws StepError with apt-get's last words
 */
export async function installPackages(
  packages: readonly string[],
  detail: (text: string) => void,
): Promise<void> {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  // Another package manager at work, as on a machine's first boot, is waited for.
  const aptGet = (...args: string[]) =>
    runQuietly('apt-get', ['-o', 'DPkg::Lock::Timeout=300', ...args], { env, onLine: detail });
  const install = () => aptGet('install', '-y', '--no-install-recommends', ...packages);
  try {
    await install();
  } catch (error) {
    if (!(error instanceof StepError)) throw error;
    await aptGet('update');
    await install();
  }
}
