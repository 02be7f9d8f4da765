import type { IceServer } from '@spillway/protocol';

const URL_TEXT = /^[\x21-\x3b\x3d\x3f-\x7e]+$/;
/** What can be told in a header. */
const VISIBLE = /^[\x20-\x7e]*$/;

/** A quoted string (RFC 9110, section 5.6.4). */
function quoted(text: string): string {
  return `"${text.replace(/["\\]/g, '\\$&')}"`;
}

/**
 * Link headers of STUN and TURN servers (RFC 9725, section 4.6), one for each URL. All values are in quotes, because OBS
 * takes no others. A server whose URL or login no header can carry is left out.
 */
export function iceServerLinks(servers: readonly IceServer[]): string[] {
  return servers.flatMap(({ urls, username = '', credential = '' }) => {
    if (!VISIBLE.test(username) || !VISIBLE.test(credential)) return [];
    const login = username
      ? [`username=${quoted(username)}`, `credential=${quoted(credential)}`, 'credential-type="password"']
      : [];
    return urls
      .filter((url) => URL_TEXT.test(url))
      .map((url) => [`<${url}>`, 'rel="ice-server"', ...login].join('; '));
  });
}
