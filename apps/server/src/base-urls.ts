import { isIPv6 } from 'node:net';

/** Where the HTTP port is reached without a proxy before it. */
export interface HttpPlace {
  /** The address listened on; `::` and `0.0.0.0` are all. */
  readonly host: string;
  readonly port: number;
}

const LOOPBACK = new Set(['127.0.0.1', '::1']);

/**
 * Base URLs of the server, that of this machine first, then those of its networks.
 *
 * @param addresses of this machine
 */
export function baseUrls({ host, port }: HttpPlace, addresses: readonly string[]): [string, ...string[]] {
  const url = (name: string) => `http://${isIPv6(name) ? `[${name}]` : name}:${port}`;
  if (host !== '::' && host !== '0.0.0.0') return [url(host)];
  const others = addresses.filter((address) => !LOOPBACK.has(address) && (host === '::' || !isIPv6(address)));
  return [url('localhost'), ...others.map(url)];
}
