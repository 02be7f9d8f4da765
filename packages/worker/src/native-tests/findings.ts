/** Collects what a sanitizer reports, each place once. */
export class Findings {
  readonly #places = new Set<string>();

  /** Takes a line of a program's output. */
  add(line: string): void {
    const undefinedBehaviour = /(\S+:\d+:\d+): runtime error: (.*)/.exec(line);
    const summary = /SUMMARY: (AddressSanitizer: .*)/.exec(line);

    if (undefinedBehaviour) {
      // Values differ from time to time; the place and the kind do not.
      this.#places.add(
        `${undefinedBehaviour[1]}: ${undefinedBehaviour[2]?.replace(/-?(0x[0-9a-f]+|\d[\de+.]*)/g, 'N')}`,
      );
    } else if (summary?.[1]) {
      this.#places.add(summary[1]);
    }
  }

  /** The places, sorted. */
  get list(): readonly string[] {
    return [...this.#places].sort();
  }
}
