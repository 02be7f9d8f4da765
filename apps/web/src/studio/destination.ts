import type { StudioText } from './texts.ts';

/** Where a broadcast from this page goes: a room of this server, or any server by WHIP. */
export type DestinationKind = 'here' | 'whip';

/** Another server, to be reached by WHIP (RFC 9725). */
export interface WhipTarget {
  /** URL of its endpoint. */
  url: string;
  /** Bearer token; empty: none. */
  token: string;
  /** Several layers, for a server that has viewers choose among them. */
  layers: boolean;
}

const TOKEN_KEY = 'spillway.whip-token';

export function isDestinationKind(value: unknown): value is DestinationKind {
  return value === 'here' || value === 'whip';
}

/**
 * What is wrong with a WHIP URL; undefined when it can be tried.
 *
 * @param pageProtocol Protocol of this page: one of https may not speak plain http with other machines.
 */
export function whipUrlFault(url: string, pageProtocol: string): StudioText | undefined {
  if (url === '') return 'whipUrlEmpty';
  if (!URL.canParse(url)) return 'whipUrlInvalid';
  const { protocol, hostname } = new URL(url);
  if (protocol !== 'http:' && protocol !== 'https:') return 'whipUrlInvalid';
  const isLocal = hostname === 'localhost' || hostname === '127.0.0.1' || hostname === '[::1]';
  return pageProtocol === 'https:' && protocol === 'http:' && !isLocal ? 'whipUrlInsecure' : undefined;
}

/** The token of the other server. It stays with this tab, as it is nobody's password here. */
export const whipToken = {
  read: (): string => sessionStorage.getItem(TOKEN_KEY) ?? '',
  write: (token: string): void => sessionStorage.setItem(TOKEN_KEY, token),
  forget: (): void => sessionStorage.removeItem(TOKEN_KEY),
};
