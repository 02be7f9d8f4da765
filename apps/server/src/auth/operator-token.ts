import { createHash, randomBytes } from 'node:crypto';
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { compileCheck } from '@spillway/protocol';
import { Type } from 'typebox';
import { writeFileAtomic } from '../files/write-file-atomic.ts';

const StoredToken = Type.Object(
  { sha256: Type.String({ pattern: '^[0-9a-f]{64}$' }) },
  { additionalProperties: false },
);
const checkStoredToken = compileCheck(StoredToken);

/** Name of the file in the data folder that holds the hash of the operator's token. */
export const TOKEN_FILE = 'operator-token.json';

export interface OperatorToken {
  /** SHA-256 of the token. */
  readonly hash: Buffer;
  /** The token itself, only when it was made just now: show it once. */
  readonly fresh?: string;
}

/** SHA-256 of a token. Tokens are long and random, so that a plain hash suffices. */
export function hashToken(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}

/**
 * The operator's token: the configured one; else the one whose hash the data folder holds; else a new one.
 *
 * @throws when the stored file cannot be read or is not one of ours
 */
export async function loadOperatorToken(dataDir: string, configured: string | null): Promise<OperatorToken> {
  if (configured !== null) return { hash: hashToken(configured) };
  const file = join(dataDir, TOKEN_FILE);
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  if (text !== undefined) return { hash: readStoredHash(file, text) };
  const fresh = randomBytes(24).toString('base64url');
  const hash = hashToken(fresh);
  await mkdir(dataDir, { recursive: true });
  await writeFileAtomic(file, `${JSON.stringify({ sha256: hash.toString('hex') })}\n`);
  return { hash, fresh };
}

function readStoredHash(file: string, text: string): Buffer {
  let stored: unknown;
  try {
    stored = JSON.parse(text);
  } catch {
    stored = undefined;
  }
  const checked = checkStoredToken(stored);
  if (!checked.ok)
    throw new Error(`${file} is damaged; remove it and the next start makes a new operator's token`);
  return Buffer.from(checked.value.sha256, 'hex');
}
