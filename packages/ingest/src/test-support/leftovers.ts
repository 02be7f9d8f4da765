import { readdirSync, readFileSync } from 'node:fs';

/** A process that this one has started. */
export interface ChildProcessFacts {
  readonly pid: number;
  /** As every user of the machine can read it. */
  readonly commandLine: string;
}

/** The children of this process that run; those that have ended and are not yet reaped do not. Linux only. */
export function childProcesses(): ChildProcessFacts[] {
  return readdirSync('/proc')
    .filter((entry) => /^\d+$/.test(entry))
    .flatMap((entry) => {
      try {
        const stat = readFileSync(`/proc/${entry}/stat`, 'latin1');
        const [state, parent] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
        if (state === 'Z' || Number(parent) !== process.pid) return [];
        const commandLine = readFileSync(`/proc/${entry}/cmdline`, 'latin1').replaceAll('\0', ' ').trim();
        return [{ pid: Number(entry), commandLine }];
      } catch {
        // Gone meanwhile.
        return [];
      }
    });
}

/** Timers, sockets and pipes that keep this process alive, by kind. */
export function openHandles(): Record<string, number> {
  const kinds = process.getActiveResourcesInfo();
  return Object.fromEntries(
    [...new Set(kinds)].sort().map((kind) => [kind, kinds.filter((each) => each === kind).length]),
  );
}
