/** An SDP that is not taken. */
export class SdpError extends Error {
  override readonly name = 'SdpError';
  /** Number of the line that is wrong, from 1; undefined when it is about the whole. */
  readonly line: number | undefined;

  /** @param why what is wrong and how to mend it */
  constructor(why: string, line?: number) {
    super(line === undefined ? `SDP: ${why}` : `SDP, line ${line}: ${why}`);
    this.line = line;
  }
}
