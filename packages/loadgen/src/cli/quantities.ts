/** What was given cannot be read; the message says what can. */
export class QuantityError extends Error {}

const UNITS = { ms: 0.001, s: 1, m: 60, h: 3600 } as const;

/** Reads a time such as `30s`, `2m`, `500ms` or `1.5h`. Seconds. @throws {QuantityError} */
export function parseDuration(text: string): number {
  const match = /^(\d{1,9}(?:\.\d{1,6})?)(ms|s|m|h)$/.exec(text);
  const unit = match?.[2];
  if (unit !== 'ms' && unit !== 's' && unit !== 'm' && unit !== 'h') {
    throw new QuantityError('a time such as 500ms, 30s or 2m');
  }
  return Number(match?.[1]) * UNITS[unit];
}

/** Reads bits per second such as `1500000`, `800k` or `1.5M`. @throws {QuantityError} */
export function parseBitrate(text: string): number {
  const match = /^(\d{1,10}(?:\.\d{1,6})?)([kM]?)$/.exec(text);
  if (!match) throw new QuantityError('bits per second such as 800k or 1.5M');
  const factor = match[2] === 'k' ? 1000 : match[2] === 'M' ? 1_000_000 : 1;
  return Number(match[1]) * factor;
}

/** Reads a part such as `0.1%`. 0 to 1. @throws {QuantityError} */
export function parsePercentage(text: string): number {
  const match = /^(\d{1,3}(?:\.\d{1,6})?)%$/.exec(text);
  const value = Number(match?.[1] ?? Number.NaN) / 100;
  if (!(value <= 1)) throw new QuantityError('a part such as 0.1%, of 100% at most');
  return value;
}

/** Reads a whole number. @throws {QuantityError} */
export function parseCount(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new QuantityError('a whole number');
  return Number(text);
}
