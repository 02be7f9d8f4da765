import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { cacheDirectory, WorkerCache } from './cache.ts';
import { script, temporaryDir } from './test-support.ts';

describe('cache directory', () => {
  it('is the own variable, else the XDG one, else the home folder', () => {
    expect(cacheDirectory({ SPILLWAY_CACHE_DIR: '/own', XDG_CACHE_HOME: '/xdg' })).toBe('/own');
    expect(cacheDirectory({ SPILLWAY_CACHE_DIR: '', XDG_CACHE_HOME: '/xdg' })).toBe('/xdg/spillway');
    expect(cacheDirectory({ XDG_CACHE_HOME: 'relative' })).toBe(join(homedir(), '.cache/spillway'));
    expect(cacheDirectory({})).toBe(join(homedir(), '.cache/spillway'));
  });
});

describe('worker cache', () => {
  async function emptyCache(): Promise<WorkerCache> {
    const cache = new WorkerCache(join(temporaryDir(), 'not', 'there', 'yet'));

    expect(cache.find('key', 'worker')).toBeUndefined();
    await cache.create();

    return cache;
  }

  async function store(cache: WorkerCache, body: string): Promise<string> {
    const dir = await cache.temporaryDir('key');

    script(dir, 'worker', body);

    return cache.store('key', 'worker', dir);
  }

  it('finds what was stored, by its key alone', async () => {
    const cache = await emptyCache();
    const path = await store(cache, 'first');

    expect(cache.find('key', 'worker')).toBe(path);
    expect(cache.find('other', 'worker')).toBeUndefined();
  });

  it('replaces an entry and leaves nothing beside it', async () => {
    const cache = await emptyCache();

    await store(cache, 'first');
    const path = await store(cache, 'second');

    expect(readFileSync(path, 'utf8')).toContain('second');
    expect(readdirSync(cache.dir)).toEqual(['key']);
  });

  it('does not take a file that cannot be executed', async () => {
    const cache = await emptyCache();

    mkdirSync(join(cache.dir, 'key'));
    writeFileSync(join(cache.dir, 'key', 'worker'), '', { mode: 0o644 });

    expect(cache.find('key', 'worker')).toBeUndefined();
  });

  it('does not take what an interrupted build left, and removes it', async () => {
    const cache = await emptyCache();
    const dir = await cache.temporaryDir('key');

    script(dir, 'worker', 'half');
    expect(cache.find('key', 'worker')).toBeUndefined();

    await store(cache, 'whole');
    expect(await cache.removeLeftovers()).toBe(1);
    expect(readdirSync(cache.dir)).toEqual(['key']);
  });
});
