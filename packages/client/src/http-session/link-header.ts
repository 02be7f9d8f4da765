/** Beyond these a header is cut off. */
const MAX_CHARACTERS = 16_384;
const MAX_LINKS = 32;
const MAX_ICE_SERVERS = 8;

/** One link of a `Link` header (RFC 8288). */
export interface HttpLink {
  url: string;
  /** Relations, in lower case. */
  rel: readonly string[];
  /** The other parameters, by their names in lower case. */
  parameters: Readonly<Record<string, string>>;
}

const TARGET = /[\s,]*<([^>]*)>/y;
// The semicolon may be missing: the WHEP draft's own examples forget it.
const PARAMETER = /\s*(?:;\s*)*([\w!#$%&'*+.^`|~-]+)\s*(?:=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s;,"]*)))?/y;

/** Reads a `Link` header, as `Headers.get()` gives several in one. What is malformed is passed over. */
export function parseLinks(header: string | null): HttpLink[] {
  const text = (header ?? '').slice(0, MAX_CHARACTERS);
  const links: HttpLink[] = [];
  let at = 0;
  const take = (pattern: RegExp) => {
    pattern.lastIndex = at;
    const match = pattern.exec(text);
    if (match) at = pattern.lastIndex;
    return match;
  };
  while (at < text.length && links.length < MAX_LINKS) {
    const target = take(TARGET);
    if (!target) {
      const next = text.indexOf(',', at);
      if (next === -1) break;
      at = next + 1;
      continue;
    }
    const parameters: Record<string, string> = {};
    for (let match = take(PARAMETER); match; match = take(PARAMETER)) {
      const [, name = '', quoted, plain] = match;
      parameters[name.toLowerCase()] ??= quoted?.replaceAll(/\\(.)/g, '$1') ?? plain ?? '';
    }
    const { rel = '', ...rest } = parameters;
    links.push({
      url: target[1]?.trim() ?? '',
      rel: rel.toLowerCase().split(/\s+/).filter(Boolean),
      parameters: rest,
    });
  }
  return links;
}

/** The STUN and TURN servers among links (RFC 9725, section 4.6). A TURN server without credentials is of no use. */
export function iceServersOf(links: readonly HttpLink[]): RTCIceServer[] {
  return links
    .filter(({ rel }) => rel.includes('ice-server'))
    .flatMap(({ url, parameters: { username, credential } }): RTCIceServer[] => {
      if (/^stuns?:/i.test(url)) return [{ urls: url }];
      if (!/^turns?:/i.test(url) || username === undefined || credential === undefined) return [];
      return [{ urls: url, username, credential }];
    })
    .slice(0, MAX_ICE_SERVERS);
}

/** The link to an extension (`urn:ietf:params:whep:ext:core:…`), relative to `base`; undefined where it is not offered. */
export function extensionOf(
  links: readonly HttpLink[],
  name: string,
  base: URL,
): { url: URL; events: string[] } | undefined {
  const link = links.find(({ rel }) => rel.includes(`urn:ietf:params:whep:ext:core:${name}`));
  if (!link || !URL.canParse(link.url, base)) return undefined;
  const events = (link.parameters.events ?? '').split(',').map((event) => event.trim());
  return { url: new URL(link.url, base), events: events.filter(Boolean) };
}
