import { SdpError } from './sdp-error.ts';
import type { SdpLine } from './sdp-lines.ts';

/** One `a=name:value` or `a=name` line. */
export interface Attribute {
  readonly line: number;
  /** Empty for `a=name`. */
  readonly value: string;
}

/** The `a=` lines of a session or of an m-section by their names. */
export class Attributes {
  readonly #byName = new Map<string, Attribute[]>();

  constructor(lines: readonly SdpLine[]) {
    for (const { number, type, value } of lines) {
      if (type !== 'a') continue;
      const colon = value.indexOf(':');
      const name = colon === -1 ? value : value.slice(0, colon);
      const attribute = { line: number, value: colon === -1 ? '' : value.slice(colon + 1) };
      const same = this.#byName.get(name);
      if (same) same.push(attribute);
      else this.#byName.set(name, [attribute]);
    }
  }

  has(name: string): boolean {
    return this.#byName.has(name);
  }

  /** In the order of the lines. */
  all(name: string): readonly Attribute[] {
    return this.#byName.get(name) ?? [];
  }

  /**
   * For attributes of which there is one.
   *
   * @throws {SdpError} `malformed` when a second line says something else
   */
  one(name: string): Attribute | undefined {
    const [first, ...others] = this.all(name);
    const other = others.find(({ value }) => value !== first?.value);
    if (other) {
      throw new SdpError('malformed', `a second a=${name} that contradicts the first; leave one`, other.line);
    }
    return first;
  }
}
