const MAX_LINES = 50;
const MAX_LINE_LENGTH = 500;
/** What of a line is looked at: more than is kept, so that the end of what is kept is not the half of a secret. */
const MAX_READ_LENGTH = 8192;

/**
 * Cuts text that arrives in pieces into lines and keeps the last 50. Lines that a carriage return overwrites (progress
 * displays) and empty lines are dropped; a line keeps its first 500 characters.
 */
export class LineTail {
  readonly #clean: (line: string) => string | undefined;
  readonly #onLine: (line: string) => void;
  #lines: string[] = [];
  #partial = '';

  /**
   * @param onLine gets each line that is kept
   * @param clean what to keep of a line, undefined nothing. Default: all
   */
  constructor(
    onLine: (line: string) => void = () => {},
    clean: (line: string) => string | undefined = (line) => line,
  ) {
    this.#onLine = onLine;
    this.#clean = clean;
  }

  /** The last lines, oldest first. */
  get lines(): readonly string[] {
    return this.#lines;
  }

  push(text: string): void {
    const pieces = text.split('\n');
    for (const [index, piece] of pieces.entries()) {
      this.#partial = overwrite(this.#partial, piece);
      if (index < pieces.length - 1) this.end();
    }
  }

  /** Ends the line that has begun. */
  end(): void {
    const whole = overwrite(this.#partial, '').replace(/\r$/, '').trimEnd();
    this.#partial = '';
    const line = whole === '' ? undefined : this.#clean(whole)?.slice(0, MAX_LINE_LENGTH);
    if (!line) return;
    this.#lines = [...this.#lines.slice(1 - MAX_LINES), line];
    this.#onLine(line);
  }
}

/** Appends, as a terminal shows it: what follows a carriage return replaces what was before. A final one waits for what follows. */
function overwrite(before: string, text: string): string {
  const joined = before + text;
  const cut = joined.lastIndexOf('\r', joined.length - 2);
  const rest = joined.slice(cut + 1);
  if (rest.length <= MAX_READ_LENGTH) return rest;
  return rest.slice(0, MAX_READ_LENGTH) + (rest.endsWith('\r') ? '\r' : '');
}
