import { MAX_BYTES, MAX_LINE_LENGTH, MAX_LINES } from './limits.ts';
import { quote } from './quote.ts';
import { SdpError } from './sdp-error.ts';

/** One `type=value` line (RFC 8866, section 5). */
export interface SdpLine {
  /** Its number, from 1. */
  readonly number: number;
  readonly type: string;
  readonly value: string;
}

/** A carriage return belongs to the end of a line; NUL and other controls belong nowhere. */
const CONTROL = /\p{Cc}/u;

/**
 * Cuts a description or a fragment of one into its lines, which end with CRLF or LF. Empty lines are left out.
 *
 * @throws {SdpError} `malformed`
 */
export function sdpLines(text: string): SdpLine[] {
  if (text.length > MAX_BYTES || Buffer.byteLength(text) > MAX_BYTES) {
    throw new SdpError(
      'malformed',
      `it is longer than ${MAX_BYTES} bytes; offer fewer codecs and candidates`,
    );
  }
  const lines = text.split('\n', MAX_LINES + 2);
  if (lines.length > MAX_LINES + 1) {
    throw new SdpError('malformed', `it has more than ${MAX_LINES} lines; offer fewer codecs and candidates`);
  }
  return lines.flatMap((line, index) => readLine(line.endsWith('\r') ? line.slice(0, -1) : line, index + 1));
}

function readLine(line: string, number: number): SdpLine[] {
  if (line.length > MAX_LINE_LENGTH) {
    throw new SdpError('malformed', `it is longer than ${MAX_LINE_LENGTH} characters`, number);
  }
  if (CONTROL.test(line)) {
    throw new SdpError('malformed', 'it holds a control character; end lines with CRLF or LF', number);
  }
  if (line.trim() === '') return [];
  if (!/^[a-z]=/.test(line)) {
    throw new SdpError('malformed', `${quote(line)} is not of the form letter=value`, number);
  }
  return [{ number, type: line.slice(0, 1), value: line.slice(2).trimEnd() }];
}

/** The lines before the first `m=` line, then those of each m-section, which begins with it. */
export function cutSections(lines: readonly SdpLine[]): SdpLine[][] {
  const parts: SdpLine[][] = [[]];
  for (const line of lines) {
    if (line.type === 'm') parts.push([]);
    parts.at(-1)?.push(line);
  }
  return parts;
}
