import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

/** What a process has taken so far and holds now. */
export interface ProcessUsage {
  /** CPU time of all threads, user and system. Seconds. */
  readonly cpuSeconds: number;
  /** Resident memory. Bytes. */
  readonly memory: number;
}

/**
 * CPU and memory of a process, as the kernel counts them. CPU time comes from the scheduler, in nanoseconds; the fields of
 * `/proc/PID/stat` are in hundredths of a second.
 *
 * @throws when the process is gone
 */
export function usageOf(pid: number): ProcessUsage {
  return { cpuSeconds: cpuSecondsOf(pid), memory: residentBytes(read(pid, 'status')) };
}

function cpuSecondsOf(pid: number): number {
  let nanoseconds = 0;
  for (const thread of readdirSync(`/proc/${pid}/task`)) {
    try {
      nanoseconds += Number(read(pid, `task/${thread}/schedstat`).split(' ')[0]);
    } catch {
      // A thread that has ended since.
    }
  }
  return nanoseconds / 1e9;
}

/** `VmRSS` of the text of `/proc/PID/status`, in bytes. */
export function residentBytes(status: string): number {
  return 1024 * Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1] ?? Number.NaN);
}

/** File descriptors that a process holds, and how many of them are sockets. */
export function descriptorsOf(pid: number): { readonly all: number; readonly sockets: number } {
  const links = readdirSync(`/proc/${pid}/fd`).flatMap((name) => {
    try {
      return readlinkSync(`/proc/${pid}/fd/${name}`);
    } catch {
      return [];
    }
  });
  return { all: links.length, sockets: links.filter((link) => link.startsWith('socket:')).length };
}

/** Process ids of a process's children of a name, as the kernel cuts it off (15 characters). */
export function childrenOf(pid: number, name: string): number[] {
  return read(pid, `task/${pid}/children`)
    .split(' ')
    .filter(Boolean)
    .map(Number)
    .filter((child) => read(child, 'comm').trim() === name.slice(0, 15));
}

function read(pid: number, file: string): string {
  return readFileSync(`/proc/${pid}/${file}`, 'utf8');
}
