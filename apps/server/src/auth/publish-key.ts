import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto';

/** Bytes of a derived key. */
const LENGTH = 32;

function derive(key: string, salt: Buffer): Promise<Buffer> {
  const { promise, resolve, reject } = Promise.withResolvers<Buffer>();
  scrypt(key, salt, LENGTH, (error, derived) => (error ? reject(error) : resolve(derived)));
  return promise;
}

/** Hashes a publish key for storage: `scrypt:SALT:HASH`, in base64url. People choose such keys, so the hash is slow. */
export async function hashPublishKey(key: string): Promise<string> {
  const salt = randomBytes(16);
  const hash = await derive(key, salt);
  return `scrypt:${salt.toString('base64url')}:${hash.toString('base64url')}`;
}

/** Whether a key is the one that was hashed. */
export async function isPublishKey(key: string, stored: string): Promise<boolean> {
  const [, salt = '', hash = ''] = stored.split(':');
  const expected = Buffer.from(hash, 'base64url');
  if (expected.length !== LENGTH) return false;
  return timingSafeEqual(await derive(key, Buffer.from(salt, 'base64url')), expected);
}
