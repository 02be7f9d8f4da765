/** The media type of a fragment (RFC 8840). */
export const ICE_FRAGMENT = 'application/trickle-ice-sdpfrag';

/** What is said of one end's ICE. */
interface SdpParts {
  session: string[];
  media: string[][];
}

/**
 * The fragment (RFC 8840) that tells a server of this end's ICE: credentials and candidates of the section that bears the
 * bundle.
 *
 * @param sdp The local description.
 * @param candidates Lines without `a=`, as `RTCIceCandidate.candidate` has them.
 * @param complete Whether no more will follow.
 * @throws Error when the description has no media.
 */
export function writeIceFragment(sdp: string, candidates: readonly string[], complete: boolean): string {
  const { session, media } = partsOf(sdp);
  const group = session.find((line) => line.startsWith('a=group:BUNDLE '));
  const tagged = `a=mid:${group?.split(' ')[1] ?? ''}`;
  const section = media.find((lines) => lines.includes(tagged)) ?? media[0];
  if (!section) throw new Error('the local description has no media section');
  const own = (name: string) => [...section, ...session].find((line) => line.startsWith(`a=${name}:`)) ?? [];
  const lines = [
    own('ice-options'),
    group ?? [],
    section[0] ?? [],
    own('mid'),
    own('ice-ufrag'),
    own('ice-pwd'),
    candidates.map((candidate) => `a=${candidate}`),
    complete ? 'a=end-of-candidates' : [],
  ].flat();
  return `${lines.join('\r\n')}\r\n`;
}

/**
 * The server's description after an ICE restart: as before, with the credentials and candidates of the fragment that it
 * answered. Where that names no candidates, those of before hold.
 *
 * @throws Error when the fragment has no credentials.
 */
export function applyIceFragment(sdp: string, fragment: string): string {
  const told = linesOf(fragment);
  const credentials = ['a=ice-ufrag:', 'a=ice-pwd:'].map((name) =>
    told.find((line) => line.startsWith(name)),
  );
  const [ufrag, pwd] = credentials;
  if (!ufrag || !pwd) throw new Error('the server’s answer to the ICE restart has no credentials');
  const candidates = told.filter(isCandidate);
  const isBefore = (line: string) => candidates.length === 0 || !isCandidate(line);
  const renew = (line: string) => {
    if (line.startsWith('a=ice-ufrag:')) return ufrag;
    return line.startsWith('a=ice-pwd:') ? pwd : line;
  };
  const { session, media } = partsOf(sdp);
  const [first = [], ...others] = media.map((lines) => lines.filter(isBefore).map(renew));
  const lines = [...session.map(renew), ...first, ...candidates, ...others.flat()];
  return `${lines.join('\r\n')}\r\n`;
}

function isCandidate(line: string): boolean {
  return line.startsWith('a=candidate:') || line === 'a=end-of-candidates';
}

function partsOf(sdp: string): SdpParts {
  const parts: SdpParts = { session: [], media: [] };
  for (const line of linesOf(sdp)) {
    if (line.startsWith('m=')) parts.media.push([line]);
    else (parts.media.at(-1) ?? parts.session).push(line);
  }
  return parts;
}

function linesOf(sdp: string): string[] {
  return sdp.split(/\r?\n/).filter((line) => line !== '');
}
