/* Numbers for people. Absent ones are a dash. */

const NONE = '–';

/** Seconds, as milliseconds below ten seconds, and as microseconds below one millisecond. */
export function time(seconds: number | undefined): string {
  if (seconds === undefined) return NONE;
  if (seconds === 0) return '0 ms';
  if (seconds >= 10) return `${seconds.toFixed(1)} s`;
  const milliseconds = 1000 * seconds;
  if (milliseconds < 1) return `${(1000 * milliseconds).toFixed(0)} us`;
  return `${milliseconds.toFixed(milliseconds < 9.95 ? 1 : 0)} ms`;
}

/** Bits per second. */
export function rate(bits: number): string {
  if (bits >= 1e9) return `${(bits / 1e9).toFixed(2)} Gbps`;
  if (bits >= 1e6) return `${(bits / 1e6).toFixed(1)} Mbps`;
  return `${(bits / 1e3).toFixed(0)} kbps`;
}

/** A part of all, 0 to 1. */
export function percentage(part: number | undefined): string {
  return part === undefined ? NONE : `${(100 * part).toFixed(part === 1 ? 0 : 3)} %`;
}

/** A whole number with its thousands apart. */
export function whole(value: number): string {
  return Math.round(value).toLocaleString('en');
}

/** The same for an axis, without decimals that say nothing. */
export function short(text: string): string {
  return text.replace(/\.0+ /, ' ');
}

/** A limit's value or what came of it, by the limit's name. */
export function limitValue(name: string, value: number | undefined): string {
  if (value === undefined) return 'not reached';
  if (name === 'max-freezes') return whole(value);
  return name === 'min-joined' || name === 'max-loss' ? percentage(value) : time(value);
}
