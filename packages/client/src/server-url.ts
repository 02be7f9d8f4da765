/** A room on a server, as a watch URL names it. */
export interface RoomAddress {
  /** Base URL of the server, http(s), ending in `/`. */
  server: URL;
  room: string;
}

const HTTP_PROTOCOLS: Record<string, string> = {
  'http:': 'http:',
  'https:': 'https:',
  'ws:': 'http:',
  'wss:': 'https:',
};

/**
 * Base URL of a server: http(s), ending in `/`, without query and hash. A path is kept, for servers behind a proxy's
 * prefix.
 *
 * @param server Absolute `http(s)` or `ws(s)` URL, or one relative to `base`.
 * @throws TypeError when it is no such URL.
 */
export function serverUrl(server: string | URL, base?: string | URL): URL {
  const url = new URL(server, base);
  const protocol = HTTP_PROTOCOLS[url.protocol];
  if (!protocol) throw new TypeError(`server URL ${url.href} must start with http:// or https://`);
  const path = url.pathname.endsWith('/') ? url.pathname : `${url.pathname}/`;
  return new URL(`${protocol}//${url.host}${path}`);
}

/** The WebSocket URL of a room's signalling. */
export function signalingUrl(server: URL, room: string): URL {
  const url = new URL('signaling', server);
  url.protocol = server.protocol === 'https:' ? 'wss:' : 'ws:';
  url.searchParams.set('room', room);
  return url;
}

/** A URL of the REST interface. `path` is relative to `/api/v1/`, for example `rooms`. */
export function apiUrl(server: URL, path: string): URL {
  return new URL(`api/v1/${path}`, server);
}

/** The page that plays a room. */
export function watchUrl(server: URL, room: string): URL {
  return new URL(`watch/${encodeURIComponent(room)}`, server);
}

/**
 * Server and room of a watch URL, for example `https://host/watch/demo`.
 *
 * @returns undefined when the URL has no `/watch/ROOM` at its end or is no http(s) URL.
 */
export function parseWatchUrl(src: string, base?: string | URL): RoomAddress | undefined {
  if (!URL.canParse(src, base?.toString())) return undefined;
  const url = new URL(src, base);
  const [, prefix, room] = /^(.*\/)watch\/([^/%]+)\/?$/.exec(url.pathname) ?? [];
  if (!prefix || !room || !HTTP_PROTOCOLS[url.protocol]) return undefined;
  return { server: serverUrl(new URL(prefix, url)), room };
}
