/** Numbers for people: three digits that mean something. `-` for what was not measured. */
export function number(value: number): string {
  if (!Number.isFinite(value)) return '-';
  const size = Math.abs(value);
  if (size >= 100) return value.toFixed(0);
  if (size >= 10) return value.toFixed(1);
  return value.toFixed(2);
}

/** A ratio, such as `1.04`. */
export function factor(value: number): string {
  return Number.isFinite(value) ? value.toFixed(2) : '-';
}

/** A part of one, as `12.3 %`. */
export function percent(part: number): string {
  return Number.isFinite(part) ? `${number(100 * part)} %` : '-';
}

/** Seconds as `12.3 ms`; `never` for what did not happen. */
export function milliseconds(seconds: number): string {
  if (seconds === Number.POSITIVE_INFINITY) return 'never';
  return Number.isFinite(seconds) ? `${number(1000 * seconds)} ms` : '-';
}

/** Bytes as `123 kB`. */
export function kilobytes(bytes: number): string {
  return Number.isFinite(bytes) ? `${number(bytes / 1000)} kB` : '-';
}

/** Bytes as `12.3 MB`. */
export function megabytes(bytes: number): string {
  return Number.isFinite(bytes) ? `${number(bytes / 1e6)} MB` : '-';
}
