const MAX_LINES = 50;
const MAX_LINE_LENGTH = 500;

/**
 * Cuts text that arrives in pieces into lines and keeps the last 50. Lines that a carriage return overwrites (progress
 * displays) and empty lines are dropped; a line keeps its first 500 characters.
 */
export class LineTail {
  readonly #onLine: (line: string) => void;
  #lines: string[] = [];
  #partial = '';

  /** `onLine` gets each whole line. */
  constructor(onLine: (line: string) => void = () => {}) {
    this.#onLine = onLine;
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
    const line = overwrite(this.#partial, '').replace(/\r$/, '').trimEnd();
    this.#partial = '';
    if (line === '') return;
    this.#lines = [...this.#lines.slice(1 - MAX_LINES), line];
    this.#onLine(line);
  }
}

/** Appends, as a terminal shows it: what follows a carriage return replaces what was before. A final one waits for what follows. */
function overwrite(before: string, text: string): string {
  const joined = before + text;
  const cut = joined.lastIndexOf('\r', joined.length - 2);
  const rest = joined.slice(cut + 1);
  if (rest.length <= MAX_LINE_LENGTH) return rest;
  return rest.slice(0, MAX_LINE_LENGTH) + (rest.endsWith('\r') ? '\r' : '');
}
