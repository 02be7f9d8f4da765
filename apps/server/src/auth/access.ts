import { timingSafeEqual } from 'node:crypto';
import { hashToken } from './operator-token.ts';
import { isPublishKey } from './publish-key.ts';

/**
 * All decisions on who may do what. Watching and reading public rooms is open to everybody; every writing call
 * and reading of what is not public needs the operator; publishing needs the operator or the room's publish key.
 */
export class Access {
  readonly #operatorHash: Buffer;

  /** @param operatorHash SHA-256 of the operator's token */
  constructor(operatorHash: Buffer) {
    this.#operatorHash = operatorHash;
  }

  isOperator(credential: string | undefined): boolean {
    return credential !== undefined && timingSafeEqual(hashToken(credential), this.#operatorHash);
  }

  /** @param publishKeyHash of the room; undefined when it has no publish key */
  async canPublish(credential: string | undefined, publishKeyHash: string | undefined): Promise<boolean> {
    if (credential === undefined) return false;
    if (this.isOperator(credential)) return true;
    return publishKeyHash !== undefined && isPublishKey(credential, publishKeyHash);
  }
}

/** The credential of an `Authorization: Bearer …` header (RFC 6750). Publish keys may hold spaces, other than that RFC's tokens. */
export function bearerCredential(header: string | undefined): string | undefined {
  return /^Bearer +([\x21-\x7e](?:[\x20-\x7e]{0,254}[\x21-\x7e])?)$/i.exec(header ?? '')?.[1];
}
