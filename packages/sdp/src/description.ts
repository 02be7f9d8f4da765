import { Attributes } from './attributes.ts';
import { MAX_CANDIDATES, MAX_SECTIONS } from './limits.ts';
import { quote } from './quote.ts';
import { SdpError } from './sdp-error.ts';
import { cutSections, type SdpLine, sdpLines } from './sdp-lines.ts';
import { type Writer, writerOf } from './writer.ts';

/** An `m=` line and what follows it up to the next. */
export interface MediaSection {
  /** Of the `m=` line. */
  readonly line: number;
  readonly media: string;
  readonly port: number;
  readonly protocol: string;
  readonly formats: readonly string[];
  readonly attributes: Attributes;
}

/** A session description (RFC 8866), cut into its parts, the values of attributes not yet read. */
export interface Description {
  /** Which software wrote it, where it has to be told from others. */
  readonly writer: Writer | undefined;
  readonly session: Attributes;
  readonly sections: readonly MediaSection[];
}

const SESSION_TYPES = new Set('vosiuepcbtrzka');
const SECTION_TYPES = new Set('micbka');

/**
 * Reads the structure of a description. In constant memory and linear time, whatever the text.
 *
 * @throws {SdpError} `malformed`
 */
export function readDescription(text: string): Description {
  const [session = [], ...sections] = cutSections(sdpLines(text));
  const [version] = session;
  if (version?.type !== 'v' || version.value !== '0') {
    throw new SdpError('malformed', 'it does not begin with "v=0"', version?.number ?? 1);
  }
  checkTypes(session, SESSION_TYPES, 'before the first "m=" line');
  for (const section of sections) checkTypes(section, SECTION_TYPES, 'in an m-section');
  only(session, 'v');
  only(session, 's');
  const { value: origin, number } = only(session, 'o');
  if (origin.split(' ').length !== 6) {
    throw new SdpError(
      'malformed',
      'it is not of the form "o=name id version IN IP4 address" (RFC 8866, section 5.2)',
      number,
    );
  }
  if (sections.length > MAX_SECTIONS) {
    throw new SdpError(
      'malformed',
      `it has more than ${MAX_SECTIONS} "m=" lines`,
      sections[MAX_SECTIONS]?.[0]?.number,
    );
  }
  const description = {
    writer: writerOf(origin),
    session: new Attributes(session),
    sections: sections.map(readSection),
  };
  checkCandidates(description.sections);
  return description;
}

function checkTypes(lines: readonly SdpLine[], allowed: ReadonlySet<string>, where: string): void {
  const stray = lines.find(({ type }) => !allowed.has(type));
  if (stray)
    throw new SdpError('malformed', `a "${stray.type}=" line does not belong ${where}`, stray.number);
}

function only(session: readonly SdpLine[], type: string): SdpLine {
  const [first, second] = session.filter((line) => line.type === type);
  if (!first) throw new SdpError('malformed', `it has no "${type}=" line before its first "m=" line`);
  if (second)
    throw new SdpError('malformed', `a second "${type}=" line; send one description`, second.number);
  return first;
}

function readSection(lines: readonly SdpLine[]): MediaSection {
  const [head = { number: 0, type: 'm', value: '' }] = lines;
  const [media = '', portText = '', protocol = '', ...formats] = head.value.split(/ +/);
  const port = /^[0-9]{1,5}$/.test(portText) ? Number(portText) : Number.NaN;
  if (!(port <= 65_535)) {
    throw new SdpError('malformed', `its port ${quote(portText)} is no number from 0 to 65535`, head.number);
  }
  const isFormat = (format: string) => /^[!-~]{1,64}$/.test(format);
  const readable = /^[a-z]{1,32}$/.test(media) && /^[A-Za-z/]{1,32}$/.test(protocol);
  if (!readable || formats.length === 0 || !formats.every(isFormat)) {
    throw new SdpError('malformed', 'it is not of the form "m=media port protocol formats"', head.number);
  }
  return { line: head.number, media, port, protocol, formats, attributes: new Attributes(lines) };
}

function checkCandidates(sections: readonly MediaSection[]): void {
  const candidates = sections.flatMap(({ attributes }) => attributes.all('candidate'));
  const excess = candidates[MAX_CANDIDATES];
  if (excess) {
    throw new SdpError(
      'malformed',
      `more than ${MAX_CANDIDATES} candidates; none are needed, since this server is ICE-lite`,
      excess.line,
    );
  }
}
