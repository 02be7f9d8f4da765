import { createHash, randomBytes } from 'node:crypto';
import type { Credentials } from './camera-url.ts';

/** How a request was signed: by it one tells whether another try can help. */
export interface Signature {
  readonly challenge: Challenge;
  /** Value of the `Authorization` header. */
  readonly header: string;
}

export interface Challenge {
  readonly scheme: 'basic' | 'digest';
  readonly realm: string;
  readonly nonce: string;
  readonly opaque?: string | undefined;
  readonly algorithm: string;
  readonly hash: 'md5' | 'sha256';
  /** Whether `qop=auth` is offered; without it the older form of RFC 2069 is in use. */
  readonly qop: boolean;
  readonly stale: boolean;
}

/** Signs the requests of one connection: HTTP Basic and Digest (RFC 7617, RFC 7616), as RTSP has taken them over. */
export class Authorizer {
  readonly #credentials: Credentials | undefined;
  #challenge: Challenge | undefined;
  #count = 0;
  /** Whether a request that was signed for the present challenge was taken. */
  #accepted = false;

  constructor(credentials: Credentials | undefined) {
    this.#credentials = credentials;
  }

  /** The signature of a request; undefined while nobody has asked for one. */
  sign(method: string, uri: string): Signature | undefined {
    const challenge = this.#challenge;
    if (!challenge || !this.#credentials) return undefined;
    if (challenge.scheme === 'basic') {
      const { username, password } = this.#credentials;
      return { challenge, header: `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}` };
    }
    this.#count += 1;
    return { challenge, header: digest(challenge, this.#credentials, method, uri, this.#count) };
  }

  /** A request with this signature was taken. */
  handleAccepted(signature: Signature | undefined): void {
    if (signature && signature.challenge === this.#challenge) this.#accepted = true;
  }

  /**
   * A request was refused with 401.
   *
   * @param values of its `WWW-Authenticate` headers
   * @param signature of the request, if it had one
   * @returns whether the request may be tried again, signed anew
   */
  handleRefused(values: readonly string[], signature: Signature | undefined): boolean {
    if (!this.#credentials) return false;
    // Signed for a challenge that has been replaced since: the present one has not been tried.
    const isOutdated = signature !== undefined && signature.challenge !== this.#challenge;
    const next = strongest(values.flatMap(readChallenges));
    if (!next) return isOutdated;
    // A nonce that was good may have run out without the camera saying so; a wrong password is never taken once.
    const hasRunOut =
      signature?.challenge === this.#challenge && this.#accepted && next.nonce !== this.#challenge?.nonce;
    if (signature && !isOutdated && !next.stale && !hasRunOut) return false;
    this.#challenge = next;
    this.#count = 0;
    this.#accepted = false;
    return true;
  }
}

function digest(
  { realm, nonce, opaque, algorithm, hash, qop }: Challenge,
  { username, password }: Credentials,
  method: string,
  uri: string,
  count: number,
): string {
  const of = (...parts: string[]) => createHash(hash).update(parts.join(':')).digest('hex');
  const cnonce = randomBytes(8).toString('hex');
  const nc = count.toString(16).padStart(8, '0');
  const secret = of(username, realm, password);
  const ha1 = /-sess$/i.test(algorithm) ? of(secret, nonce, cnonce) : secret;
  const ha2 = of(method, uri);
  const response = qop ? of(ha1, nonce, nc, cnonce, 'auth', ha2) : of(ha1, nonce, ha2);
  const fields = [
    `username=${quote(username)}`,
    `realm=${quote(realm)}`,
    `nonce=${quote(nonce)}`,
    `uri=${quote(uri)}`,
    `response="${response}"`,
  ];
  // Old cameras do not expect to be told the one algorithm that they know.
  if (algorithm) fields.push(`algorithm=${algorithm}`);
  if (opaque !== undefined) fields.push(`opaque=${quote(opaque)}`);
  if (qop) fields.push('qop=auth', `nc=${nc}`);
  if (qop || /-sess$/i.test(algorithm)) fields.push(`cnonce="${cnonce}"`);
  return `Digest ${fields.join(', ')}`;
}

function quote(text: string): string {
  return `"${text.replace(/[\\"]/g, '\\$&').replace(/[\r\n]/g, '')}"`;
}

function strongest(challenges: readonly Challenge[]): Challenge | undefined {
  const strength = ({ scheme, hash }: Challenge) => (scheme === 'basic' ? 0 : hash === 'md5' ? 1 : 2);
  return challenges.toSorted((one, other) => strength(other) - strength(one))[0];
}

const SCHEME = /(?:^|,\s*|\s)(basic|digest)(?=\s|,|$)/gi;
const FIELD = /([a-z0-9_-]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,]+))/gi;

/** The challenges of a `WWW-Authenticate` header that can be met. */
export function readChallenges(value: string): Challenge[] {
  // Quoted text may hold anything, such as the word "digest".
  const bare = value.replace(/"(?:[^"\\]|\\.)*"/g, (quoted) => '"'.padEnd(quoted.length, '_'));
  const starts = [...bare.matchAll(SCHEME)];
  return starts.flatMap((start, index) => {
    const end = starts[index + 1]?.index ?? value.length;
    const scheme = start[1]?.toLowerCase() === 'basic' ? 'basic' : 'digest';
    return readChallenge(scheme, value.slice(start.index + start[0].length, end)) ?? [];
  });
}

function readChallenge(scheme: Challenge['scheme'], text: string): Challenge | undefined {
  const fields = new Map<string, string>();
  for (const [, name = '', quoted, bare = ''] of text.matchAll(FIELD)) {
    fields.set(name.toLowerCase(), quoted?.replace(/\\(.)/g, '$1') ?? bare);
  }
  const algorithm = fields.get('algorithm') ?? '';
  const [, family] = /^(md5|sha-256|)(?:-sess)?$/i.exec(algorithm) ?? [];
  const offered = fields
    .get('qop')
    ?.split(',')
    .map((each) => each.trim().toLowerCase());
  const qop = offered?.includes('auth') ?? false;
  if (scheme === 'digest' && (family === undefined || (offered && !qop))) return undefined;
  return {
    scheme,
    realm: fields.get('realm') ?? '',
    nonce: fields.get('nonce') ?? '',
    opaque: fields.get('opaque'),
    algorithm,
    hash: family?.toLowerCase() === 'sha-256' ? 'sha256' : 'md5',
    qop,
    stale: fields.get('stale')?.toLowerCase() === 'true',
  };
}
