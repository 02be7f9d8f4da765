import { randomBytes } from 'node:crypto';
import { isIPv6 } from 'node:net';
import type { PushAddress } from '@spillway/protocol';
import { APP } from './publish-session.ts';

/** A stream key that nobody guesses. */
export function makeStreamKey(): string {
  return randomBytes(18).toString('base64url');
}

/** Where an encoder pushes to by RTMP. `address` is a name or an IP address of this server. */
export function rtmpPushAddress(address: string, port: number, key: string): PushAddress {
  return { url: `rtmp://${isIPv6(address) ? `[${address}]` : address}:${port}/${APP}`, key };
}
