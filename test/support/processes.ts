import { readdirSync, readFileSync } from 'node:fs';

/** A running process. */
export interface FoundProcess {
  readonly pid: number;
  /** The program's name, cut at 15 characters by Linux. */
  readonly name: string;
}

function read(path: string): string {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    // Gone meanwhile, or another user's.
    return '';
  }
}

/** Processes whose environment holds a variable with this value: a server's and all its children. Linux only. */
export function processesMarked(variable: string, value: string): FoundProcess[] {
  const wanted = `${variable}=${value}`;
  return readdirSync('/proc')
    .filter((entry) => /^\d+$/.test(entry))
    .filter((entry) => read(`/proc/${entry}/environ`).split('\0').includes(wanted))
    .map((entry) => ({ pid: Number(entry), name: read(`/proc/${entry}/comm`).trim() }));
}
