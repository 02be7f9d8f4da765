/** @type {readonly (readonly [RegExp, string])[]} */
const known = [
  [/ENOSPC|no space left/i, 'free some disk space (about 1.5 GB are needed) and run the same command again.'],
  [
    /OUTDATED_LOCKFILE|lockfile is not up to date/i,
    'pnpm-lock.yaml and a package.json differ; run "pnpm install --lockfile-only" in the repository and commit pnpm-lock.yaml.',
  ],
  [
    /CERT_|certificate|SELF_SIGNED/i,
    'a proxy with its own certificate seems to be in between: name its CA file by NODE_EXTRA_CA_CERTS and run the same command again.',
  ],
  [
    /\b407\b|proxy auth/i,
    'the proxy wants a login: set HTTPS_PROXY=http://USER:PASSWORD@HOST:PORT and try again.',
  ],
  [
    /EACCES|EPERM|EROFS|permission denied/i,
    'make the repository and the cache in your home directory writable for this user, and run the same command again.',
  ],
  [
    /ENOTFOUND|EAI_AGAIN|ETIMEDOUT|ECONNREFUSED|ECONNRESET|ENETUNREACH|EHOSTUNREACH|socket hang up|FETCH_ERROR|could not resolve|temporary failure/i,
    'check the network (behind a proxy: set HTTPS_PROXY) and run the same command again.',
  ],
  [
    /INTEGRITY/i,
    'what was downloaded is not what the lockfile names: clear the cache with "npm cache clean --force" and try again.',
  ],
  [/ENOENT/, 'a program is missing; npm brings npx, so install npm (Debian: apt-get install npm).'],
];

/**
 * What to do about a failed command, from what it wrote.
 *
 * @param {readonly string[]} lines
 * @returns {string}
 */
export function adviceFor(lines) {
  const text = lines.join('\n');
  const found = known.find(([pattern]) => pattern.test(text));
  return found
    ? found[1]
    : 'mend what the lines above name and run the same command again; what was done is kept.';
}
