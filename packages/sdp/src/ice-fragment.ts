import type { TransportParameters } from '@spillway/protocol';
import { type Attribute, Attributes } from './attributes.ts';
import { candidateLines } from './candidates.ts';
import { MAX_CANDIDATES, MAX_MID_LENGTH, MAX_SECTIONS } from './limits.ts';
import type { IceCredentials, OfferedSection } from './peer.ts';
import { quote } from './quote.ts';
import { readIce } from './read-peer.ts';
import { SdpError } from './sdp-error.ts';
import { cutSections, sdpLines } from './sdp-lines.ts';
import { iceLines } from './write-description.ts';

/** What the body of a PATCH says about the client's ICE end. */
export interface IceFragment {
  /** Other ones than before ask for an ICE restart. Undefined: it names none. */
  readonly ice: IceCredentials | undefined;
  /** Of the first m-section. */
  readonly mid: string | undefined;
  /** How many. They are checked and not used: the server is ICE-lite and learns addresses from checks. */
  readonly candidates: number;
  readonly endOfCandidates: boolean;
}

const TYPES = new Set('amc');
/** RFC 8839, section 5.1: foundation, component, transport, priority, address, port, type. */
const CANDIDATE =
  /^[A-Za-z0-9+/]{1,32} [0-9]{1,5} [!-~]{1,16} [0-9]{1,10} [!-~]{1,255} [0-9]{1,5} typ [!-~]{1,16}( .*)?$/;

/**
 * Reads an `application/trickle-ice-sdpfrag` (RFC 8840, section 9).
 *
 * @throws {SdpError} `malformed`
 */
export function readIceFragment(text: string): IceFragment {
  const lines = sdpLines(text);
  const stray = lines.find(({ type }) => !TYPES.has(type));
  if (stray) {
    throw new SdpError(
      'malformed',
      `a "${stray.type}=" line does not belong in a fragment; send a=, m= and c= lines only`,
      stray.number,
    );
  }
  const parts = cutSections(lines).map((part) => new Attributes(part));
  if (parts.length > MAX_SECTIONS + 1) {
    throw new SdpError('malformed', `it has more than ${MAX_SECTIONS} "m=" lines`);
  }
  const candidates = parts.flatMap((part) => part.all('candidate'));
  checkCandidates(candidates);
  const [ice] = parts.flatMap((part) => readIce(part) ?? []);
  const [mid] = parts.flatMap((part) => part.one('mid') ?? []);
  if (mid && mid.value.length > MAX_MID_LENGTH) {
    throw new SdpError('malformed', `the MID is longer than ${MAX_MID_LENGTH} characters`, mid.line);
  }
  const endOfCandidates = parts.some((part) => part.has('end-of-candidates'));
  if (!ice && candidates.length === 0 && !endOfCandidates) {
    throw new SdpError('malformed', 'it has neither candidates nor a=ice-ufrag and a=ice-pwd');
  }
  return { ice, mid: mid?.value, candidates: candidates.length, endOfCandidates };
}

function checkCandidates(candidates: readonly Attribute[]): void {
  const excess = candidates[MAX_CANDIDATES];
  if (excess) throw new SdpError('malformed', `more than ${MAX_CANDIDATES} candidates`, excess.line);
  const wrong = candidates.find(({ value }) => !CANDIDATE.test(value));
  if (wrong)
    throw new SdpError(
      'malformed',
      `${quote(wrong.value)} is no candidate (RFC 8839, section 5.1)`,
      wrong.line,
    );
}

/**
 * Writes the answer to an ICE restart: the server's new credentials and its candidates.
 *
 * @param sections of the offer that the session began with
 */
export function writeIceFragment(
  sections: readonly OfferedSection[],
  { iceParameters, iceCandidates }: Pick<TransportParameters, 'iceParameters' | 'iceCandidates'>,
): string {
  const [first] = sections;
  const lines = [
    ...iceLines,
    `a=group:BUNDLE ${sections.map(({ mid }) => mid).join(' ')}`,
    ...(first
      ? [`m=${first.kind} 9 ${first.protocol} ${first.formats[0]?.payloadType ?? 0}`, `a=mid:${first.mid}`]
      : []),
    `a=ice-ufrag:${iceParameters.usernameFragment}`,
    `a=ice-pwd:${iceParameters.password}`,
    ...candidateLines(iceCandidates),
  ];
  return `${lines.join('\r\n')}\r\n`;
}
