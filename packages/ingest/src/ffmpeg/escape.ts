/** A word for a POSIX shell, quoted where needed. */
export function shellQuote(word: string): string {
  return /^[A-Za-z0-9_@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}

/** Text as FFmpeg's drawtext takes it literally (its "text expansion"). */
export function escapeDrawText(text: string): string {
  return text.replace(/[\\%{}]/g, '\\$&');
}

/** The value of a filter's option inside a filter graph ("notes on filtergraph escaping": the option, then the graph). */
export function filterValue(value: string): string {
  return value.replace(/[\\':]/g, '\\$&').replace(/[\\'[\],;]/g, '\\$&');
}
