import type { DtlsParameters } from '@spillway/protocol';
import type { Attributes } from './attributes.ts';
import type { Description } from './description.ts';
import { MAX_FINGERPRINTS } from './limits.ts';
import type { IceCredentials, Peer } from './peer.ts';
import { SdpError } from './sdp-error.ts';
import type { Sections } from './take-sections.ts';

type Fingerprint = DtlsParameters['fingerprints'][number];

/** Bytes of the hash; the best first, since one is checked. */
const hashes = [
  ['sha-256', 32],
  ['sha-384', 48],
  ['sha-512', 64],
  ['sha-224', 28],
  ['sha-1', 20],
] as const;

/**
 * Reads ICE credentials, certificate fingerprints and the DTLS role. They stand in the session or in the m-sections; of a
 * BUNDLE those of its first section hold for all (RFC 9143, section 7.3.3), whatever stands in the others.
 *
 * @param part whether the writer offers or answers
 * @throws {SdpError}
 */
export function readPeer(
  { session }: Description,
  { transport: [tagged, ...others], line }: Sections,
  part: 'offer' | 'answer' = 'offer',
): Peer {
  const places = [
    ...(tagged ? [tagged.attributes] : []),
    session,
    ...others.map(({ attributes }) => attributes),
  ];
  const ice = first(places, readIce);
  const fingerprints = first(places, readFingerprints);
  const setup = first(places, (attributes) => attributes.one('setup'));
  if (!ice) throw new SdpError('malformed', 'it has no a=ice-ufrag and a=ice-pwd', line);
  if (!fingerprints) throw new SdpError('malformed', 'it has no a=fingerprint', line);
  return {
    ice,
    dtlsParameters: { role: readRole(setup?.value ?? 'active', setup?.line ?? line, part), fingerprints },
  };
}

function first<T>(
  places: readonly Attributes[],
  read: (attributes: Attributes) => T | undefined,
): T | undefined {
  for (const place of places) {
    const found = read(place);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Undefined: it has none. */
export function readIce(attributes: Attributes): IceCredentials | undefined {
  const ufrag = attributes.one('ice-ufrag');
  const pwd = attributes.one('ice-pwd');
  if (!ufrag && !pwd) return undefined;
  const line = ufrag?.line ?? pwd?.line ?? 0;
  if (!ufrag || !pwd) {
    throw new SdpError('malformed', `a=${ufrag ? 'ice-pwd' : 'ice-ufrag'} is missing beside this`, line);
  }
  checkIce('ice-ufrag', ufrag.value, 4, ufrag.line);
  checkIce('ice-pwd', pwd.value, 22, pwd.line);
  return { usernameFragment: ufrag.value, password: pwd.value };
}

function checkIce(name: string, value: string, shortest: number, line: number): void {
  if (value.length >= shortest && value.length <= 256 && /^[A-Za-z0-9+/]+$/.test(value)) return;
  throw new SdpError(
    'malformed',
    `a=${name} is not made of ${shortest} to 256 letters, digits, "+" and "/" (RFC 8839, section 5.4)`,
    line,
  );
}

function readFingerprints(attributes: Attributes): Fingerprint[] | undefined {
  const lines = attributes.all('fingerprint');
  const [top] = lines;
  if (!top) return undefined;
  const excess = lines[MAX_FINGERPRINTS];
  if (excess) throw new SdpError('malformed', `more than ${MAX_FINGERPRINTS} fingerprints`, excess.line);
  const given = new Map<string, string>();
  for (const { value, line } of lines) {
    const [, algorithm = '', hex = ''] = /^([A-Za-z0-9-]{1,16}) +([0-9A-Fa-f:]+)$/.exec(value) ?? [];
    const name = algorithm.toLowerCase();
    const size = hashes.find(([hash]) => hash === name)?.[1];
    if (algorithm === '' || (size !== undefined && !isHash(hex, size))) {
      throw new SdpError(
        'malformed',
        'it is not of the form "a=fingerprint:sha-256 AB:CD:…" (RFC 8122)',
        line,
      );
    }
    if (given.has(name) && given.get(name) !== hex.toUpperCase()) {
      throw new SdpError('malformed', `a second fingerprint of ${name} that contradicts the first`, line);
    }
    given.set(name, hex.toUpperCase());
  }
  const fingerprints = hashes.flatMap(([algorithm]) => {
    const value = given.get(algorithm);
    return value === undefined ? [] : [{ algorithm, value }];
  });
  if (fingerprints.length === 0) {
    throw new SdpError(
      'not-acceptable',
      'no fingerprint of a hash that is taken; add one of sha-256',
      top.line,
    );
  }
  return fingerprints;
}

function isHash(hex: string, bytes: number): boolean {
  return hex.length === bytes * 3 - 1 && /^[0-9A-Fa-f]{2}(:[0-9A-Fa-f]{2})*$/.test(hex);
}

/** What the writer will be in the DTLS handshake (RFC 8842). */
function readRole(setup: string, line: number, part: 'offer' | 'answer'): 'client' | 'server' {
  if (setup === 'active' || (setup === 'actpass' && part === 'offer')) return 'client';
  if (setup === 'passive') return 'server';
  const wanted = part === 'offer' ? 'actpass' : 'active';
  throw new SdpError('unprocessable', `this a=setup cannot be had; write "a=setup:${wanted}"`, line);
}
