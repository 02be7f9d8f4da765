/** Where the zero of `performance.now()` lies on the machine's monotonic clock. Microseconds. */
const origin = Number(process.hrtime.bigint()) / 1000 - performance.now() * 1000;

/**
 * Microseconds of the machine's monotonic clock (CLOCK_MONOTONIC): all processes of a machine read the same one, and
 * nobody sets it. Allocates nothing.
 */
export function monotonicMicros(): number {
  return origin + performance.now() * 1000;
}
