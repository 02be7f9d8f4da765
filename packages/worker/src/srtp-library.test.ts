import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runCommand } from './command.ts';
import { recipe } from './recipe.ts';
import { buildSrtpLibrary } from './srtp-library.ts';
import { canBuild, script, temporaryDir } from './test-support.ts';

const onNss = 'echo "-lsrtp2 -lnss3 -lnssutil3"';

/** Builds where these are the only commands, and gives the result and what was said. */
async function build(commands: Readonly<Record<string, string>>) {
  const bin = temporaryDir();
  const lines: string[] = [];

  for (const [name, body] of Object.entries(commands)) {
    script(bin, name, body);
  }
  symlinkSync('/bin/sh', join(bin, 'sh'));
  const library = await buildSrtpLibrary({
    dir: join(temporaryDir(), 'srtp'),
    recipe,
    env: { PATH: bin },
    log: (line) => lines.push(line),
  });

  return { library, lines };
}

it("uses the system's library where that is not on NSS", async () => {
  expect(await build({ 'pkg-config': 'echo "-lsrtp2 -lcrypto"' })).toEqual({
    library: { name: 'system', env: {} },
    lines: [],
  });
});

it("uses the system's library where the sources cannot be had, and says why", async () => {
  const { library, lines } = await build({
    'pkg-config': onNss,
    'apt-get': 'echo "E: no sources"; exit 100',
  });

  expect(library).toEqual({ name: 'system', env: {} });
  expect(lines.at(-1)).toMatch(/using the system's libsrtp, which is slower: .*E: no sources/);
});

it('ends when it is told to', async () => {
  const giveUp = AbortSignal.abort();
  const options = { dir: join(temporaryDir(), 'srtp'), recipe, env: process.env, log() {}, signal: giveUp };

  await expect(buildSrtpLibrary(options)).rejects.toMatchObject({ failure: 'aborted' });
});

describe.runIf(await canBuild())('where the tools are, or can be installed', () => {
  it('builds a library without NSS that the worker’s build finds', { timeout: 240_000 }, async () => {
    const dir = join(temporaryDir(), 'srtp');
    const found = await buildSrtpLibrary({ dir, recipe, env: process.env, log() {} });
    const lines: string[] = [];

    expect(found.name).toBe('openssl-static');
    await runCommand('pkg-config', ['--libs', '--static', 'libsrtp2'], {
      env: { ...process.env, ...found.env },
      onLine: (line) => lines.push(line),
    });
    expect(lines.join(' ')).toContain('-lsrtp2');
    expect(lines.join(' ')).not.toContain('nss');
  });
});
