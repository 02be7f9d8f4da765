/**
 * What is wrong with a description, as the standards tell it apart: `malformed` is no SDP (400), `not-acceptable` is SDP
 * that cannot be taken as a whole (422 of WHIP, RFC 9725, section 4.4.3; 406 of WHEP, which may bring an offer of the
 * server), `unprocessable` asks for a role that cannot be had (422).
 */
export type SdpFault = 'malformed' | 'not-acceptable' | 'unprocessable';

/** A description that cannot be taken. The message names the line, what is wrong with it and how to mend it. */
export class SdpError extends Error {
  readonly fault: SdpFault;
  /** Line of the description, from 1; undefined where the fault is not of one line. */
  readonly line: number | undefined;

  constructor(fault: SdpFault, reason: string, line?: number) {
    super(line === undefined ? `SDP: ${reason}` : `SDP, line ${line}: ${reason}`);
    this.name = 'SdpError';
    this.fault = fault;
    this.line = line;
  }
}
