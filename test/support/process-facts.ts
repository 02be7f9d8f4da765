import { readFileSync } from 'node:fs';
import type { TestServer } from './server.ts';

/** A program that the server runs. */
export interface RunningProgram {
  readonly pid: number;
  readonly name: string;
  /** Its command line, as every user of the machine can read it. */
  readonly args: readonly string[];
  /** The most memory that it has had in use so far. Megabytes. */
  readonly megabytes: number;
}

function readProc(pid: number, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8');
  } catch {
    // Gone meanwhile.
    return '';
  }
}

/** The programs of one name that the server runs now, such as `ffmpeg`. Default: all, and the server itself. */
export function programsOf(server: TestServer, wanted?: string): RunningProgram[] {
  return server.processes
    .filter((each) => wanted === undefined || each.name === wanted)
    .map(({ pid, name }) => ({
      pid,
      name,
      args: readProc(pid, 'cmdline').split('\0').slice(0, -1),
      megabytes: Number(/^VmHWM:\s+(\d+) kB$/m.exec(readProc(pid, 'status'))?.[1] ?? 0) / 1024,
    }));
}
