import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import type { RequestListener } from 'node:http';
import { join } from 'node:path';
import { create } from 'tar';
import { describe, expect, it } from 'vitest';
import { defaultLimits, downloadWorker, prebuiltUrl } from './download.ts';
import type { Platform } from './platform.ts';
import { script, temporaryDir, webServer } from './test-support.ts';

const platform: Platform = {
  os: 'linux',
  arch: 'x64',
  libc: 'glibc',
  kernelMajor: 6,
  distribution: undefined,
};

/** A tarball as mediasoup makes it, of random bytes that do not compress. */
async function tarball(name = 'mediasoup-worker', lines = 2000): Promise<Buffer> {
  const dir = temporaryDir();
  const body = Array.from({ length: lines }, () => `# ${crypto.randomUUID()}`).join('\n');

  script(dir, name, body);
  await create({ cwd: dir, gzip: true, file: join(dir, 'worker.tgz') }, [name]);

  return readFileSync(join(dir, 'worker.tgz'));
}

async function download(listener: RequestListener, limits = {}, signal?: AbortSignal) {
  const dir = temporaryDir();
  const url = prebuiltUrl('3.27.1', platform, {
    MEDIASOUP_WORKER_PREBUILT_DOWNLOAD_BASE_URL: await webServer(listener),
  });

  return downloadWorker(url, dir, platform, signal, { ...defaultLimits, ...limits });
}

describe('address', () => {
  it('is that of mediasoup’s release', () => {
    expect(prebuiltUrl('3.27.1', platform, {})).toBe(
      'https://github.com/versatica/mediasoup/releases/download/3.27.1/mediasoup-worker-3.27.1-linux-x64-kernel6.tgz',
    );
    expect(prebuiltUrl('3.27.1', { ...platform, os: 'darwin', arch: 'arm64' }, {})).toMatch(
      /3\.27\.1-darwin-arm64\.tgz$/,
    );
  });
});

describe('download', () => {
  it('unpacks the worker', async () => {
    const body = await tarball();
    const path = await download((request, response) => {
      expect(request.url).toBe('/3.27.1/mediasoup-worker-3.27.1-linux-x64-kernel6.tgz');
      response.end(body);
    });

    expect(readFileSync(path, 'utf8')).toMatch(/^#!\/bin\/sh/);
    expect(readdirSync(join(path, '..'))).toEqual(['mediasoup-worker']);
  });

  it('follows redirections, as GitHub’s releases need', async () => {
    const body = await tarball();

    await download((request, response) => {
      if (request.url === '/elsewhere') {
        response.end(body);
      } else {
        response.writeHead(302, { location: '/elsewhere' }).end();
      }
    });
  });

  it.each([
    [404, 'there is none for this platform'],
    [503, 'the server answered 503'],
  ])('is refused by a status of %i', async (status, message) => {
    await expect(download((_, response) => response.writeHead(status).end('sorry'))).rejects.toThrow(message);
  });

  it('is refused when truncated', async () => {
    const body = await tarball();

    await expect(
      download((_, response) => response.end(body.subarray(0, body.length / 2))),
    ).rejects.toMatchObject({ name: 'DownloadError' });
  });

  it('is refused when cut off', async () => {
    const body = await tarball();

    await expect(
      download((_, response) => {
        response.writeHead(200, { 'content-length': body.length });
        response.write(body.subarray(0, body.length / 2), () => response.destroy());
      }),
    ).rejects.toMatchObject({ name: 'DownloadError' });
  });

  it.each([
    ['a page', Buffer.from('<html>Please log in</html>')],
    ['nothing', Buffer.alloc(0)],
    ['zeros', Buffer.alloc(100_000)],
  ])('is refused when it is %s', async (_, body) => {
    await expect(download((_, response) => response.end(body))).rejects.toMatchObject({
      name: 'DownloadError',
    });
  });

  it('is refused when the archive holds something else', async () => {
    const body = await tarball('other');

    await expect(download((_, response) => response.end(body))).rejects.toThrow(
      'the archive holds something other than mediasoup-worker',
    );
  });

  it('closes the connection of what it refuses half-way', async () => {
    const body = await tarball('other');
    let closed: Promise<unknown> | undefined;

    await expect(
      download((_, response) => {
        closed = once(response, 'close');
        response.write(body);
      }),
    ).rejects.toMatchObject({ name: 'DownloadError' });
    await closed;
  });

  it('is refused when the server does not answer', async () => {
    await expect(download(() => {}, { connect: 200 })).rejects.toThrow('no answer within 200 ms');
  });

  it('is refused when the data stop coming', async () => {
    const body = await tarball();

    await expect(
      download((_, response) => void response.write(body.subarray(0, 1000)), { stall: 200 }),
    ).rejects.toThrow('no data for 200 ms');
  });

  it('is refused when it is larger than allowed', async () => {
    const body = await tarball();

    await expect(download((_, response) => response.end(body), { size: 10_000 })).rejects.toThrow(
      'more than 10000 bytes',
    );
  });

  it('is refused when it unpacks to more than allowed', async () => {
    const dir = temporaryDir();

    script(dir, 'mediasoup-worker', ' '.repeat(10_000_000));
    await create({ cwd: dir, gzip: true, file: join(dir, 'bomb.tgz') }, ['mediasoup-worker']);
    const body = readFileSync(join(dir, 'bomb.tgz'));

    expect(body.length).toBeLessThan(1_000_000);
    await expect(download((_, response) => response.end(body), { size: 1_000_000 })).rejects.toThrow(
      'unpacks to more than',
    );
  });

  it('ends when aborted', async () => {
    const stop = new AbortController();

    await expect(download(() => stop.abort(), {}, stop.signal)).rejects.toMatchObject({
      name: 'AbortError',
    });
  });
});
