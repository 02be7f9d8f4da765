import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Access, bearerCredential } from './access.ts';
import { hashToken, loadOperatorToken, TOKEN_FILE } from './operator-token.ts';
import { hashPublishKey } from './publish-key.ts';

describe('Access', () => {
  const access = new Access(hashToken('operator'));

  it('knows the operator', () => {
    expect(access.isOperator('operator')).toBe(true);
    expect(access.isOperator('Operator')).toBe(false);
    expect(access.isOperator('')).toBe(false);
    expect(access.isOperator(undefined)).toBe(false);
  });

  it('lets the operator and the holder of the publish key publish, and nobody else', async () => {
    const hash = await hashPublishKey('camera-key');
    expect(await access.canPublish('operator', undefined)).toBe(true);
    expect(await access.canPublish('operator', hash)).toBe(true);
    expect(await access.canPublish('camera-key', hash)).toBe(true);
    expect(await access.canPublish('camera-key', undefined)).toBe(false);
    expect(await access.canPublish('camera-kez', hash)).toBe(false);
    expect(await access.canPublish('camera-key', 'scrypt:damaged')).toBe(false);
    expect(await access.canPublish(undefined, hash)).toBe(false);
  });

  it('reads the bearer credential of a header', () => {
    expect(bearerCredential('Bearer abc')).toBe('abc');
    expect(bearerCredential('bearer abc')).toBe('abc');
    expect(bearerCredential('Bearer a long random text')).toBe('a long random text');
    expect(bearerCredential('Basic abc')).toBeUndefined();
    expect(bearerCredential('Bearer')).toBeUndefined();
    expect(bearerCredential(`Bearer ${'x'.repeat(257)}`)).toBeUndefined();
    expect(bearerCredential(undefined)).toBeUndefined();
  });
});

describe('loadOperatorToken', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'spillway-token-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  it('makes a token once and keeps only its hash, for its owner alone', async () => {
    const first = await loadOperatorToken(folder, null);
    expect(first.fresh).toMatch(/^[\w-]{32}$/);
    const file = join(folder, TOKEN_FILE);
    expect(await readFile(file, 'utf8')).not.toContain(first.fresh);
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    const second = await loadOperatorToken(folder, null);
    expect(second).toEqual({ hash: first.hash });
    expect(new Access(second.hash).isOperator(first.fresh)).toBe(true);
  });

  it('takes the configured token and stores nothing', async () => {
    const token = await loadOperatorToken(join(folder, 'none'), 'configured');
    expect(token).toEqual({ hash: hashToken('configured') });
    await expect(stat(join(folder, 'none'))).rejects.toThrow('ENOENT');
  });

  it('says how to mend a damaged file', async () => {
    await writeFile(join(folder, TOKEN_FILE), '{"sha256":"short"}');
    await expect(loadOperatorToken(folder, null)).rejects.toThrow(/damaged; remove it/);
  });
});
