import { describe, expect, it } from 'vitest';
import { cacheKey, detectPlatform, isDebianFamily, type Platform, parseOsRelease } from './platform.ts';

const bookworm: Platform = {
  os: 'linux',
  arch: 'x64',
  libc: 'glibc',
  kernelMajor: 6,
  distribution: { id: 'debian', version: '12', like: [] },
};

describe('os-release', () => {
  it('is read with and without quotes', () => {
    const text =
      'PRETTY_NAME="Linux Mint 22"\nID=linuxmint\nVERSION_ID="22"\nID_LIKE=\'ubuntu debian\'\n# end\n';

    expect(parseOsRelease(text)).toEqual({ id: 'linuxmint', version: '22', like: ['ubuntu', 'debian'] });
  });

  it('may lack everything', () => {
    expect(parseOsRelease('')).toEqual({ id: 'linux', version: 'rolling', like: [] });
  });

  it('tells the Debian family', () => {
    const on = (id: string, ...like: string[]) =>
      isDebianFamily({ ...bookworm, distribution: { id, version: '1', like } });

    expect([on('debian'), on('ubuntu', 'debian'), on('linuxmint', 'ubuntu', 'debian')]).not.toContain(false);
    expect([
      on('fedora'),
      on('alpine'),
      isDebianFamily({ ...bookworm, distribution: undefined }),
    ]).not.toContain(true);
  });
});

describe('cache key', () => {
  it('names everything that a binary depends on', () => {
    expect(cacheKey('3.27.1', bookworm, 'abc')).toBe('3.27.1-linux-x64-glibc-debian12-abc');
    expect(
      cacheKey(
        '3.27.1',
        { os: 'darwin', arch: 'arm64', libc: undefined, kernelMajor: 25, distribution: undefined },
        'abc',
      ),
    ).toBe('3.27.1-darwin-arm64-abc');
  });

  it('differs whenever one of them does', () => {
    const keys = [
      cacheKey('3.27.1', bookworm, 'abc'),
      cacheKey('3.27.2', bookworm, 'abc'),
      cacheKey('3.27.1', { ...bookworm, arch: 'arm64' }, 'abc'),
      cacheKey('3.27.1', { ...bookworm, libc: 'musl' }, 'abc'),
      cacheKey('3.27.1', { ...bookworm, distribution: { id: 'debian', version: '13', like: [] } }, 'abc'),
      cacheKey('3.27.1', bookworm, 'abd'),
    ];

    expect(new Set(keys).size).toBe(keys.length);
  });

  it('is a plain file name whatever the system calls itself', () => {
    const odd = { ...bookworm, distribution: { id: '../x y', version: '/', like: [] } };

    expect(cacheKey('3.27.1', odd, 'abc')).toMatch(/^[a-zA-Z0-9._-]+$/);
    expect(cacheKey('3.27.1', detectPlatform(), 'abc')).toMatch(/^[a-zA-Z0-9._-]+$/);
  });
});
