/** Names of keys whose values are secrets. */
const SECRET = '[a-z0-9]*(?:pass|pwd|psw|token|auth|key|secret|signature|credential)[a-z0-9]*';

/** A key of a query, or of a path such as that of many DVRs: `/user=admin_password=xyz_channel=1_stream=0.sdp`. */
const KEY = new RegExp(`(?<=[/?&;_.,-])(${SECRET})=`, 'gi');

/** Where the value of such a key in a path ends, beside at the usual separators. */
const NEXT_KEY = /_(?:channel|stream|subtype|user|username|profile|track)=/i;

/** A folder whose name says that the next one is a secret: `/token/xyz/live`. */
const FOLDER = new RegExp(`(?<=/)(${SECRET})/([^/?]+)`, 'gi');

/**
 * A URL as it may be shown: without user name and password, and with the values of query keys and path parts that are
 * named like secrets as `***`. Masks too much rather than too little. Takes anything that looks like a URL.
 */
export function redactUrl(url: string): string {
  const [, scheme = '', rest = url] = /^([a-z][a-z0-9+.-]*:\/\/)(.*)$/is.exec(url) ?? [];
  const end = rest.search(/[/?]/);
  const authority = end < 0 ? rest : rest.slice(0, end);
  const path = end < 0 ? '' : rest.slice(end);
  // A password that holds a slash and was not encoded makes the first part look like the host.
  const at = rest.lastIndexOf('@');
  if (at > authority.length) return `${scheme}***`;
  return scheme + authority.slice(authority.lastIndexOf('@') + 1) + maskSecrets(path);
}

/** The values that `redactUrl` masks in a path with its query. */
export function secretsOfPath(path: string): string[] {
  const secrets: string[] = [];
  maskSecrets(path, (secret) => secrets.push(secret));
  return secrets;
}

function maskSecrets(path: string, onSecret: (secret: string) => void = () => {}): string {
  const mask = (secret: string) => {
    if (secret) onSecret(secret);
    return '***';
  };
  let masked = '';
  let at = 0;
  for (const match of path.matchAll(KEY)) {
    const start = match.index + match[0].length;
    if (match.index < at) continue;
    const end = valueEnd(path, start);
    masked += path.slice(at, start) + mask(path.slice(start, end));
    at = end;
  }
  masked += path.slice(at);
  return masked.replace(FOLDER, (whole, folder: string, secret: string) =>
    secret === '***' || secret.includes('=') ? whole : `${folder}/${mask(secret)}`,
  );
}

/** In a query a value may hold slashes, and goes on until the next key. */
function valueEnd(path: string, start: number): number {
  const inQuery = path.lastIndexOf('?', start) >= 0;
  const rest = path.slice(start);
  const ends = [rest.search(inQuery ? /[&;]/ : /[/?&;]/), rest.search(NEXT_KEY)].filter((end) => end >= 0);
  return start + Math.min(rest.length, ...ends);
}
