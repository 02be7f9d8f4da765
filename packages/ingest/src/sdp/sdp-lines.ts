import { SdpError } from './sdp-error.ts';

/** One `type=value` line (RFC 8866, section 5). */
export interface SdpLine {
  /** Its number, from 1. */
  readonly number: number;
  readonly type: string;
  readonly value: string;
}

const MAX_BYTES = 16_384;
const MAX_LINES = 256;
const MAX_LINE_LENGTH = 4096;
/** A carriage return belongs to the end of a line, and the tabulator is an old habit of encoders. */
const CONTROL = /[^\t\P{Cc}]/u;

/**
 * Cuts an SDP into its lines. Empty lines and a first line `SDP:`, as FFmpeg prints it, are left out.
 *
 * @throws {SdpError}
 */
export function sdpLines(text: string): SdpLine[] {
  if (Buffer.byteLength(text) > MAX_BYTES) throw new SdpError(`it is longer than ${MAX_BYTES} bytes`);
  const lines = text.split(/\r?\n/);
  if (lines.length > MAX_LINES) throw new SdpError(`it has more than ${MAX_LINES} lines`);
  return lines.flatMap((line, index) => {
    const number = index + 1;
    if (line.length > MAX_LINE_LENGTH)
      throw new SdpError(`it is longer than ${MAX_LINE_LENGTH} characters`, number);
    if (CONTROL.test(line)) throw new SdpError('it holds a control character', number);
    const trimmed = line.trim();
    if (trimmed === '' || (index === 0 && trimmed === 'SDP:')) return [];
    const [, type, value] = /^([a-z])=(.*)$/u.exec(trimmed) ?? [];
    if (type === undefined || value === undefined) {
      throw new SdpError('it is not of the form "letter=value"', number);
    }
    return [{ number, type, value }];
  });
}
