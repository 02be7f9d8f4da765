import { readFileSync } from 'node:fs';

/** Linux counts processor time in hundredths of a second, whatever the kernel's own tick is (proc(5), sysconf(3)). */
const TICKS_PER_SECOND = 100;
/** Readings closer than that say nothing. Milliseconds. */
const MIN_SPAN = 500;

/** Measures the processor cores that a process takes. Linux only; elsewhere there is no answer. */
export class ProcessUsage {
  #last: { pid: number; at: number; seconds: number } | undefined;
  #cores: number | undefined;

  /** Cores since the reading before; undefined at the first one of a process and without one. */
  read(pid: number | undefined, now = performance.now()): number | undefined {
    const seconds = pid === undefined ? undefined : processorSeconds(pid);
    if (pid === undefined || seconds === undefined) {
      this.#last = undefined;
      this.#cores = undefined;
      return undefined;
    }
    const last = this.#last;
    if (last?.pid === pid && now - last.at < MIN_SPAN) return this.#cores;
    this.#cores = last?.pid === pid ? (1000 * (seconds - last.seconds)) / (now - last.at) : undefined;
    this.#last = { pid, at: now, seconds };
    return this.#cores;
  }
}

/** Processor time that a process has taken so far, in seconds. */
function processorSeconds(pid: number): number | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    // The name in parentheses may hold anything, also spaces; utime and stime are fields 14 and 15.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const ticks = Number(fields[11]) + Number(fields[12]);
    return Number.isFinite(ticks) ? ticks / TICKS_PER_SECOND : undefined;
  } catch {
    return undefined;
  }
}
