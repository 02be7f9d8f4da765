import { accessSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { detectPlatform, type Platform } from './platform.ts';
import { canBuild, fakeToolchain, script, temporaryDir } from './test-support.ts';
import { ensureToolchain, whatIsMissing } from './toolchain.ts';

const debian: Platform = { ...detectPlatform(), distribution: { id: 'debian', version: '12', like: [] } };
const alpine: Platform = { ...debian, distribution: { id: 'alpine', version: '3.22', like: [] } };
const log = () => {};

it('names the command where packages are missing and may not be installed', async () => {
  await expect(
    ensureToolchain({ platform: debian, env: { PATH: temporaryDir() }, allowInstall: false, log }),
  ).rejects.toMatchObject({
    code: 'WORKER_TOOLS_MISSING',
    problem: expect.stringContaining('libsrtp2 >= 2.5'),
    remedy: expect.stringMatching(
      /apt-get install --no-install-recommends g\+\+ meson ninja-build .*libsrtp2-dev/,
    ),
  });
});

it('names the tools and MEDIASOUP_WORKER_BIN where there are no Debian packages', async () => {
  await expect(
    ensureToolchain({ platform: alpine, env: { PATH: temporaryDir() }, allowInstall: true, log }),
  ).rejects.toMatchObject({
    code: 'WORKER_TOOLS_MISSING',
    remedy: expect.stringContaining('MEDIASOUP_WORKER_BIN'),
  });
});

describe('what is missing', () => {
  const look = (platform: Platform, path: string) => whatIsMissing({ platform, env: { PATH: path } });

  it('is nothing where all tools are', async () => {
    expect(await look(debian, fakeToolchain('/bin/true'))).toBeUndefined();
  });

  it('comes with the command that mends it, or the names of packages', async () => {
    const path = fakeToolchain('/bin/true');

    rmSync(join(path, 'flatc'));
    expect(await look(debian, path)).toBe(
      'sudo apt-get update && sudo apt-get install --no-install-recommends flatbuffers-compiler',
    );
    expect(await look(alpine, path)).toMatch(/package manager .* flatbuffers-compiler$/);
  });
});

function findOnPath(command: string): string {
  for (const dir of (process.env.PATH ?? '').split(delimiter)) {
    try {
      accessSync(join(dir, command));
      return join(dir, command);
    } catch {
      // The next one.
    }
  }
  throw new Error(`${command} is not on PATH`);
}

describe.runIf(process.getuid?.() === 0 && (await canBuild()))('as root (nobody else may install)', () => {
  /** A PATH without flatc, where an apt-get made for the occasion brings it. */
  function machine(aptGet: string) {
    const dir = temporaryDir();

    for (const command of [
      'ln',
      'g++',
      'as',
      'meson',
      'ninja',
      'pkg-config',
      'patch',
      'make',
      'dpkg-source',
    ]) {
      symlinkSync(findOnPath(command), join(dir, command));
    }
    script(dir, 'apt-get', `echo "$DEBIAN_FRONTEND $*" >> ${dir}/calls\n${aptGet}`);

    return {
      dir,
      env: { PATH: dir },
      calls: () => readFileSync(join(dir, 'calls'), 'utf8').trim().split('\n'),
    };
  }

  const install =
    'noninteractive -o DPkg::Lock::Timeout=300 install --yes --no-install-recommends flatbuffers-compiler';

  it('installs just what is missing', async () => {
    const { env, dir, calls } = machine(`ln -s ${findOnPath('flatc')} "$PATH/flatc"`);
    const lines: string[] = [];

    await ensureToolchain({ platform: debian, env, allowInstall: true, log: (line) => lines.push(line) });
    expect(calls()).toEqual([install]);
    expect(lines).toEqual(['installing Debian packages: flatbuffers-compiler']);
    accessSync(join(dir, 'flatc'));
  });

  it('updates the package lists when the package is not found, and tries again', async () => {
    const { env, calls } = machine(
      `case "$*" in
        *update) echo > "$PATH/updated" ;;
        *) [ -e "$PATH/updated" ] || exit 100; ln -s ${findOnPath('flatc')} "$PATH/flatc" ;;
      esac`,
    );

    await ensureToolchain({ platform: debian, env, allowInstall: true, log });
    expect(calls()).toEqual([install, 'noninteractive -o DPkg::Lock::Timeout=300 update', install]);
  });

  it('goes on without what only makes the worker faster', async () => {
    const path = fakeToolchain('/bin/true');
    const lines: string[] = [];

    rmSync(join(path, 'make'));
    script(path, 'apt-get', 'exit 100');
    await ensureToolchain({
      platform: debian,
      env: { PATH: path },
      allowInstall: true,
      log: (line) => lines.push(line),
    });
    expect(lines.at(-1)).toMatch(/^going on without make: apt-get ended with exit code 100/);
  });

  it('says what apt-get says when it fails', async () => {
    const { env } = machine('echo "E: Unable to locate package"; exit 100');

    await expect(ensureToolchain({ platform: debian, env, allowInstall: true, log })).rejects.toMatchObject({
      code: 'WORKER_INSTALL_FAILED',
      problem: expect.stringContaining('E: Unable to locate package'),
    });
  });
});
